// The easel in the browser: one picture, a mask over it, and the tools mask, draw and point.
// What goes to and fro is described in easel.py.

import { partsOf, whenResized, whenSeen } from "../kit/dom.js";
import { decode, encode } from "../kit/png.js";
import { sameBytes } from "./brush.js";
import { buildControls, renderControls } from "./controls.js";
import { cellAt, useHand } from "./hand.js";
import { useKeys } from "./keyboard.js";
import { drawMarks, drawMaskLayer, drawPicture, layOut } from "./layers.js";
import { renderWords } from "./words.js";
import { History, merged, sameShape, worn } from "./work.js";

/** @typedef {import("../kit/dom.js").Mounted} Mounted */
/** @typedef {import("./brush.js").Cell} Cell */
/** @typedef {import("./brush.js").Place} Place */
/** @typedef {import("./work.js").Work} Work */

/** @param {Mounted} mounted */
export function mount(mounted) {
  const easel = new Easel(mounted);
  whenResized(easel.root, easel.part.box, () => easel.render());
  whenSeen(easel.root, () => mounted.trigger("expand"));
  mounted.watch("value", () => easel.receive(mounted.props.value));
  easel.render();
  easel.receive(mounted.props.value);
}

export class Easel {
  /** @param {Mounted} mounted */
  constructor({ element, props, trigger }) {
    this.part = partsOf(element);
    this.root = /** @type {HTMLElement} */ (this.part.root);
    this.props = props;
    this.trigger = trigger;
    /** @type {string[]} */
    this.tools = props.tools;
    this.tool = this.tools[0];
    this.history = new History();
    this.alt = "";
    /** @type {Cell | null} */
    this.marked = null;
    /** @type {{ bytes: Uint8Array, name: string, stops: string } | null} */
    this.overlay = null;
    this.overlayShown = true;
    /** @type {import("./hand.js").Stroke | null} */
    this.stroke = null;
    /** @type {object[]} messages that arrived during a stroke */
    this.waiting = [];
    /** @type {Place | null} where the mouse is */
    this.hover = null;
    /** @type {Cell | null} that of the keyboard */
    this.cursor = null;
    this.byKeyboard = false; // whether the cursor is on show
    this.scale = 1; // screen pixels a pixel
    buildControls(this);
    useHand(this);
    useKeys(this);
  }

  // ── messages from Python ───────────────────────────────────────────────────────────────────────────────────────

  /** @param {any} message */
  receive(message) {
    if (!message || typeof message !== "object") return;
    if (this.stroke) return void this.waiting.push(message);
    const next = merged(this.work, message);
    if (this.history.changes(next)) this.replace(next);
    if (message.alt !== undefined) this.alt = message.alt ?? "";
    if (message.marked !== undefined) this.marked = message.marked;
    this.marked ??= message.unless_marked ?? null;
    if (message.overlay !== undefined) this.overlay = this.readOverlay(message);
    this.publish();
    this.render();
  }

  catchUp() {
    this.waiting.splice(0).forEach((message) => this.receive(message));
  }

  /** @param {{ overlay: string | null, overlay_name?: string, overlay_colours?: number[][] }} message */
  readOverlay({ overlay, overlay_name: name = "", overlay_colours: colours = [] }) {
    const bytes = overlay && decode(overlay), { height, width } = this.sides;
    if (!bytes || !this.work.shape || bytes.length !== 4 * height * width) return null;
    return { bytes, name, stops: colours.map(([r, g, b, a]) => `rgb(${r} ${g} ${b} / ${a / 255})`).join(", ") };
  }

  // ── to Python ──────────────────────────────────────────────────────────────────────────────────────────────────

  publish() {
    const { work: { shape, picture, mask }, alt, marked } = this;
    this.props.value = { picture: picture && encode(picture), shape, alt, mask: mask && encode(mask), marked };
  }

  /**
   * What the visitor did: it can be undone, and Python hears of it.
   * @param {Partial<Work>} change
   */
  commit(change) {
    const next = { ...this.work, ...change };
    next.mask = worn(next.mask);
    if (!this.history.changes(next)) return this.render();
    this.replace(next);
    this.announce();
  }

  announce() {
    this.publish();
    this.trigger("input");
    this.render();
  }

  ask() {
    if (!this.marked) return;
    this.publish();
    this.trigger("select");
    this.render();
  }

  // ── what stands here ───────────────────────────────────────────────────────────────────────────────────────────

  get work() {
    return this.history.work;
  }

  get sides() {
    const [channels, height, width] = this.work.shape ?? [1, 0, 0];
    return { channels, height, width };
  }

  get background() {
    return this.sides.channels === 1 ? [0] : [255, 255, 255];
  }

  get penColour() {
    const { grey, colour } = this.part;
    if (this.sides.channels === 1) return [Number(grey.value)];
    return [1, 3, 5].map((i) => parseInt(colour.value.slice(i, i + 2), 16));
  }

  get able() {
    return Boolean(this.work.picture || (this.tool === "draw" && this.work.shape));
  }

  get shownPicture() {
    return this.stroke?.picture ?? this.work.picture;
  }

  get shownMask() {
    return this.stroke?.mask ?? this.work.mask;
  }

  /** Where the brush is, by hand or by keyboard. */
  get place() {
    if (!this.byKeyboard) return this.hover;
    return this.cursor && { x: this.cursor[1] + 0.5, y: this.cursor[0] + 0.5 };
  }

  /** The pixel to talk about. */
  get cellOfInterest() {
    if (this.byKeyboard) return this.cursor;
    if (this.hover) return this.cellAt(this.hover);
    return this.tool === "point" ? this.marked : null;
  }

  /** @param {Place} place */
  cellAt(place) {
    return cellAt(place, this.sides);
  }

  /** @param {"mask" | "draw"} kind */
  sized(kind) {
    return Number(this.part[kind === "mask" ? "brushSize" : "penSize"].value);
  }

  // ── changes ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @param {Work} next */
  replace(next) {
    this.forget(next);
    this.history.replace(next);
  }

  /**
   * Takes away what is about the picture before.
   * @param {Work} next
   */
  forget(next) {
    if (!sameShape(next, this.work)) this.hover = this.cursor = this.marked = null;
    if (!sameBytes(next.picture, this.work.picture)) this.overlay = this.marked = null;
  }

  undo() {
    this.travel(this.history.past.at(-1), () => this.history.undo());
  }

  redo() {
    this.travel(this.history.future.at(-1), () => this.history.redo());
  }

  /**
   * @param {Work | undefined} next
   * @param {() => void} go
   */
  travel(next, go) {
    if (this.stroke || !next) return;
    this.forget(next);
    go();
    this.announce();
  }

  /** @param {string} tool */
  choose(tool) {
    this.tool = tool;
    this.render();
  }

  toggleOverlay() {
    this.overlayShown = !this.overlayShown;
    this.render();
  }

  /** @param {boolean} on */
  useKeyboard(on) {
    const { height, width } = this.sides, middle = /** @type {Cell} */ ([Math.floor(height / 2), Math.floor(width / 2)]);
    this.byKeyboard = on;
    if (on && this.work.shape) this.cursor = (this.tool === "point" && this.marked) || this.cursor || middle;
    this.render();
  }

  render() {
    this.root.dataset.state = this.shownPicture ? "ready" : "empty";
    this.root.dataset.tool = this.tool;
    this.root.classList.toggle("keyboard", this.byKeyboard);
    layOut(this);
    drawPicture(this);
    drawMaskLayer(this);
    drawMarks(this);
    renderControls(this);
    this.renderWords();
  }

  renderWords() {
    renderWords(this);
  }
}
