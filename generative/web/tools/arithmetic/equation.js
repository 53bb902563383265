// The equation in the browser: a picture, its reconstruction, the result of a formula, and what one attribute does.
// What Python sends is described in equation.py.

import { find, make, partsOf, whenResized } from "../../widgets/kit/dom.js";
import { fileName, offerScales, savePicture } from "../../widgets/kit/png.js";
import { Kept } from "../../widgets/kit/made.js";
import { fitTile, showMessage, showTile } from "../../widgets/kit/tiles.js";
import { buildStrip, mark } from "./strip.js";

const SMALL = 192, LARGE = 340, NARROW = 560, BETWEEN = 260; // CSS pixels; the last: signs and formula
const PHONE = 150, LEAST = 96; // of the two small pictures on a phone, and elsewhere at least
const SETTLED_MS = 300;

/** @typedef {import("../../widgets/kit/dom.js").Mounted} Mounted */
/** @typedef {import("../../widgets/kit/tiles.js").Tile} Tile */

/**
 * @typedef {object} Shown
 * @property {Tile | null} picture
 * @property {Tile | null} start
 * @property {Tile | null} result
 * @property {string} formula
 * @property {import("./strip.js").Strip | null} strip
 * @property {number | null} at the amount on show
 * @property {number | null} seed
 */

/** @param {Mounted} mounted */
export function mount(mounted) {
  const equation = new Equation(mounted);
  whenResized(equation.root, equation.root, () => {
    equation.layOut();
    equation.address.onWidth();
  });
  mounted.watch("value", () => equation.receive(mounted.props.value));
  equation.receive(mounted.props.value);
}

class Equation {
  /** @param {Mounted} mounted */
  constructor({ element, props, trigger }) {
    this.part = partsOf(element);
    this.root = /** @type {HTMLElement} */ (this.part.root);
    this.props = props;
    this.trigger = trigger;
    this.address = new Kept(this.root);
    /** @type {Shown} */
    this.shown = { picture: null, start: null, result: null, formula: "", strip: null, at: null, seed: null };
    /** @type {string | null} */
    this.model = null;
    offerScales(this.part.size);
    this.part.save.addEventListener("click", () => this.save());
  }

  /** @param {any} message */
  receive(message) {
    if (!message || typeof message !== "object") return;
    const { model, of, opening, error, busy, strip, link } = message, shown = /** @type {Record<string, any>} */ (this.shown);
    if (model !== undefined && model !== this.model) this.address.forget();
    this.model = model ?? this.model;
    clearTimeout(this.publishing);
    this.publishing = setTimeout(() => this.publish(), SETTLED_MS);
    if (of !== undefined && of !== this.model) return; // another model was chosen meanwhile
    if (opening && this.shown.start) return; // or another start, by a link
    for (const key of Object.keys(shown)) if (message[key] !== undefined) shown[key] = message[key];
    if (error !== undefined || busy !== undefined) showMessage(this.part.message, error, busy);
    if (strip !== undefined) buildStrip(this.part, strip, (name, amount) => this.trigger("select", { name, amount }));
    this.render();
    this.address.take(link);
  }

  /**
   * What a model that is chosen next may go on from; the picture as an easel would say it. Not while a slider moves:
   * Gradio builds its template anew for every value.
   */
  publish() {
    const { picture, seed } = this.shown;
    this.props.value = { picture: picture?.pixels ?? null, shape: picture?.shape ?? null, alt: picture?.note ?? "", seed };
  }

  render() {
    const { part, shown } = this;
    this.root.dataset.state = shown.result ? "ready" : "empty";
    showTile(part.picture, shown.picture);
    showTile(part.start, shown.start);
    showTile(part.result, shown.result);
    part.about.hidden = !shown.picture;
    part.equals.hidden = !shown.result;
    part.start.classList.toggle("alone", !shown.picture);
    part.formula.replaceChildren(...shown.formula.split(/ (?=[+-] )/).filter(Boolean).map(termLine));
    this.layOut();
  }

  layOut() {
    const { part, root, shown } = this, width = part.sum.clientWidth, narrow = root.clientWidth <= NARROW;
    if (!width) return;
    fitTile(find(part.result, "canvas"), narrow ? Math.min(width, LARGE) : LARGE);
    const room = (width - LARGE - BETWEEN) / (shown.picture ? 2 : 1);
    const small = narrow ? Math.min((width - 40) / 2, PHONE) : Math.min(SMALL, Math.max(LEAST, room));
    for (const name of ["picture", "start"]) fitTile(find(part[name], "canvas"), small);
    mark(part, shown.strip, shown.at);
  }

  async save() {
    const { part, shown } = this, name = fileName(shown.start?.note ?? "", shown.formula);
    await savePicture(find(part.result, "canvas"), part.size, name);
  }
}

/** @param {string} words of one term */
function termLine(words) {
  const line = make("span", "", words.replace(/^-/, "−"));
  line.title = line.textContent ?? "";
  return line;
}
