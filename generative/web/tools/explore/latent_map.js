// The latent map in the browser: what is shown of a model, and what is asked of Python.
// latent_map.py says what goes to and fro.

import { partsOf, whenResized } from "../../widgets/kit/dom.js";
import { teller } from "../../widgets/kit/made.js";
import { decode, ink, picture } from "../../widgets/kit/png.js";
import { Board } from "./board.js";
import { nearestOf, placeOf, placeWords, pointOf, tileAt } from "./geometry.js";
import { offerSaving } from "./saving.js";
import { Sliders } from "./sliders.js";
import { buildStrip, renderStrip, stripFits } from "./strip.js";

/** @typedef {import("../../widgets/kit/dom.js").Mounted} Mounted */
/** @typedef {import("./geometry.js").Pair} Pair */
/** @typedef {import("./strip.js").Strip} Strip */
/** @typedef {{ side: number, png: string, image: HTMLImageElement }} Sheet side × side decoded places */

/**
 * @typedef {object} Plan the map itself
 * @property {boolean} plane whether the map is the latent space, of two dimensions
 * @property {number} extent
 * @property {string} known what its points are
 * @property {Pair[]} points
 * @property {number} attribute that they are coloured by at first
 * @property {{ name: string, values: string[], labels: number[] }[]} attributes
 */

/**
 * @typedef {object} Chart what is known of a model
 * @property {string} title
 * @property {string} dataset
 * @property {number[]} shape [C, H, W]
 * @property {number[]} order of the dimensions
 * @property {number[]} low
 * @property {number[]} high
 * @property {number[] | null} importance
 * @property {Plan | null} map
 * @property {string} note
 */

/** @param {Mounted} mounted */
export function mount(mounted) {
  const map = new LatentMap(mounted);
  whenResized(map.root, map.root, () => {
    map.askWhenSeen();
    map.render();
  });
  mounted.watch("value", () => map.receive(mounted.props.value));
  map.receive(mounted.props.value);
}

export class LatentMap {
  /** @param {Mounted} mounted */
  constructor({ element, props, trigger }) {
    this.part = partsOf(element);
    this.root = /** @type {HTMLElement} */ (this.part.root);
    this.props = props;
    this.trigger = trigger;
    this.tell = teller(this.root);
    this.model = "";
    this.ask = this.answered = 0; // what was asked for last, and answered
    this.unseen = false; // whether a question waits for the map to be seen
    this.shownAt = 0; // when Python made what is on show
    this.received = ""; // tells a message that Gradio delivers twice
    /** @type {number[]} where the sliders started */
    this.start = [];
    this.name = "";
    this.dim = 0; // the chosen dimension
    /** @type {Chart | null} */
    this.chart = null;
    /** @type {Record<string, Sheet>} "even" and "masses" */
    this.sheets = {};
    /** @type {{ place?: Pair, latent?: number[] }} what was asked for last */
    this.wish = {};
    /** @type {number[] | null} on show */
    this.latent = null;
    /** @type {Pair | null} where it lies */
    this.spot = null;
    /** @type {Uint8Array | null} */
    this.pixels = null;
    /** @type {Strip | null} */
    this.strip = null;
    /** @type {Strip | null} whose pictures are on show */
    this.built = null;
    /** @type {{ text: string, kind: "error" | "notice" } | null} above the map */
    this.words = null;
    this.board = new Board(this);
    this.sliders = new Sliders(this);
    offerSaving(this);
  }

  /** Nothing is known of the model yet. */
  empty() {
    this.chart = this.latent = this.spot = this.pixels = this.strip = this.words = null;
    this.sheets = {};
    this.wish = {};
    this.board.forget();
  }

  // ── messages from Python ───────────────────────────────────────────────────────────────────────────────────────

  /** @param {any} message */
  receive(message) {
    if (!message || typeof message !== "object") return;
    const key = `${message.at} ${"sheets" in message}`, { model, ask } = message;
    if (message.at !== undefined && key === this.received) return this.publish();
    this.received = key;
    if (model !== undefined && ask === undefined) this.turnTo(model);
    if (model === undefined || model === this.model) this.take(message);
    this.publish();
    this.render();
  }

  /** @param {string} id */
  turnTo(id) {
    if (id === this.model && (this.chart || !this.words)) return; // is shown already, or under way
    this.model = id;
    this.empty();
    this.ask++; // what is under way was about the model before
    this.unseen = true;
    this.askWhenSeen();
  }

  /** @param {any} message about the model in use */
  take(message) {
    const { notice, error, latent, ask } = message;
    if (notice && message.at < this.shownAt) return; // was overtaken by what it announces
    if (message.chart && !this.chart) this.setUp(JSON.parse(message.chart)); // it comes again with the sheets
    for (const [kind, sheet] of Object.entries(message.sheets ?? {})) this.keep(kind, sheet);
    if (error ?? notice) this.words = { text: error ?? notice, kind: error ? "error" : "notice" };
    else if (latent) this.words = null;
    if (ask !== undefined && ask !== this.ask) {
      return void setTimeout(() => this.insist()); // the wish made since may have been overwritten on its way
    }
    if (ask !== undefined) this.answered = this.ask;
    if (latent) this.arrive(message);
  }

  /** @param {any} message with a latent */
  arrive(message) {
    if (message.ask === undefined) this.answered = ++this.ask; // a start that was chosen elsewhere
    this.show(message);
    if (!message.error && (!this.chart || !this.stripFits)) this.request();
  }

  /** @param {Chart} facts */
  setUp(facts) {
    const { part, board } = this, { map } = facts;
    this.chart = facts;
    this.dim = facts.order[0];
    board.attribute = map?.attribute ?? 0;
    part.knownName.textContent = map?.known ?? "";
    const names = (map?.attributes ?? []).map((one) => one.name);
    const options = names.map((one, index) => new Option(one, String(index), false, index === board.attribute));
    part.attribute.replaceChildren(...options);
    this.sliders.forget();
  }

  /** @param {any} message */
  show({ at, latent, spot, picture: pixels, name, strip, link }) {
    this.shownAt = at;
    this.latent = latent;
    this.spot = spot;
    this.pixels = decode(pixels);
    this.wish = { latent };
    if (name !== null) {
      this.start = latent;
      this.name = name;
      this.sliders.forget();
    }
    if (strip) this.strip = { ...strip, base: latent };
    this.tell(link);
    this.part.live.textContent = `${this.title}. ${this.whereabouts}`;
  }

  /**
   * @param {string} kind
   * @param {{ side: number, png: string }} sheet
   */
  keep(kind, { side, png }) {
    if (this.sheets[kind]) return;
    const sheet = (this.sheets[kind] = { side, png, image: new Image() });
    sheet.image.addEventListener("load", () => { if (this.sheets[kind] === sheet) this.render(); });
    sheet.image.src = png;
  }

  // ── to Python ──────────────────────────────────────────────────────────────────────────────────────────────────

  get stripFits() {
    return this.latent !== null && stripFits(this.strip, this.dim, this.latent);
  }

  publish() {
    const { model, ask, chart, latent, wish } = this;
    const dim = latent && chart && !wish.place && !this.stripFits ? this.dim : null;
    this.props.value = { model, ask, lacks: !chart, dim, ...wish };
    this.part.figure.setAttribute("aria-busy", String(this.answered !== ask));
  }

  request() {
    this.ask++;
    this.insist();
  }

  insist() {
    this.publish();
    this.trigger("input");
  }

  askWhenSeen() {
    if (!this.unseen || !this.root.clientWidth) return;
    this.unseen = false;
    this.request();
  }

  /**
   * @param {number} dimension
   * @param {number} value
   */
  change(dimension, value) {
    if (!this.latent) return;
    this.dim = dimension;
    this.latent = this.latent.with(dimension, value);
    this.wish = { latent: this.latent };
    this.board.pointing = null;
    this.request();
    this.sliders.render();
    renderStrip(this);
    this.renderWords();
  }

  /** @param {number} dimension */
  choose(dimension) {
    if (this.dim === dimension) return;
    this.dim = dimension;
    this.request();
    this.sliders.render();
  }

  /** @param {Pair} point of the board */
  go(point) {
    this.wish = { place: placeOf(point, this.extent) };
    this.board.pointing = null;
    this.request();
    this.render();
  }

  /** All dimensions back to where they started. */
  restart() {
    this.latent = this.start;
    this.wish = { latent: this.start };
    this.request();
    this.render();
  }

  // ── what is on show ────────────────────────────────────────────────────────────────────────────────────────────

  get plan() {
    return this.chart?.map ?? null;
  }

  /** @returns {Sheet | undefined} */
  get sheet() {
    return (this.board.decoded && this.sheets.masses) || this.sheets.even;
  }

  get extent() {
    return !this.plan || (this.board.decoded && this.plan.plane) ? null : this.plan.extent;
  }

  /** @param {Sheet | undefined} sheet */
  ready = (sheet) => Boolean(sheet?.image.complete && sheet.image.naturalWidth > 0);

  get changed() {
    return this.latent !== null && this.latent.some((value, dimension) => value !== this.start[dimension]);
  }

  get title() {
    return this.latent ? this.name + (this.changed ? ", changed" : "") : "";
  }

  get whereabouts() {
    return this.spot && this.plan ? placeWords(this.spot, this.plan.plane) : "";
  }

  /** The point whose picture is taken from the sheet: looked at, or clicked and not decoded yet. */
  get passing() {
    if (this.board.pointing) return this.board.pointing;
    return this.wish.place && this.plan ? pointOf(this.wish.place, this.extent) : null;
  }

  /**
   * What is known nearest to a place: "Sneaker".
   * @param {Pair} place
   */
  nearest(place) {
    const { values, labels } = this.plan?.attributes[this.board.attribute] ?? {};
    return this.plan && values && labels ? values[labels[nearestOf(this.plan.points, place)]] : "";
  }

  render() {
    const { part, chart, latent, words } = this;
    this.root.dataset.state = chart && latent ? "ready" : "waiting";
    part.loading.hidden = chart !== null || words !== null;
    part.chart.hidden = !this.plan;
    part.sliders.hidden = !chart || !latent;
    part.note.textContent = chart?.note ?? "";
    part.saveGrid.disabled = !this.ready(this.sheet);
    part.savePicture.disabled = !this.pixels;
    this.board.render();
    this.renderPicture();
    this.renderWords();
    if (chart && latent) this.renderDimensions();
  }

  renderDimensions() {
    this.sliders.render();
    if (this.strip !== this.built) buildStrip(this);
    this.built = this.strip;
    renderStrip(this);
  }

  renderPicture() {
    const { chart, sheet, passing, pixels, part } = this, context = ink(part.picture);
    const taken = passing && sheet && this.ready(sheet) ? { sheet, tile: tileAt(passing, sheet.side) } : null;
    this.root.classList.toggle("passing", Boolean(taken && this.board.pointing));
    if (!chart || (!taken && !pixels)) return void (part.picture.width = part.picture.height = 1);
    const [, height, width] = chart.shape;
    Object.assign(part.picture, { width, height });
    if (taken) {
      const [column, row] = taken.tile;
      context.drawImage(taken.sheet.image, column * width, row * height, width, height, 0, 0, width, height);
    } else if (pixels) context.putImageData(picture(pixels, [1, ...chart.shape], 0), 0, 0);
  }

  renderWords() {
    const { part, chart, plan, words } = this, { pointing } = this.board;
    const told = words ?? (chart && !plan ? { text: chart.note, kind: "notice" } : null);
    part.message.hidden = !told;
    part.message.textContent = told?.text ?? "";
    part.message.dataset.kind = told?.kind ?? "";
    const place = pointing && placeOf(pointing, this.extent), known = place && this.nearest(place);
    part.name.textContent = part.name.title = place ? (known && `Nearest known: ${known}`) : this.title;
    part.spot.textContent = place ? placeWords(place, plan?.plane) : this.whereabouts;
    part.picture.setAttribute("aria-label", [part.name.textContent, part.spot.textContent].filter(Boolean).join(", ") || "No picture yet");
    part.board.setAttribute("aria-label", chart ? `Map of the latent space of ${chart.title}` : "Map");
  }
}
