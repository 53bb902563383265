// The formula bar in the browser: chips with a slider each, the palette they come from, and the formula as text.
// What goes to and fro is described in formula_bar.py.

import { LONGEST_FORMULA } from "../../widgets/kit/constants.js";
import { findAll, partsOf, radio, unique, whenSeen } from "../../widgets/kit/dom.js";
import { renderChips } from "./formula_chips.js";
import { changedLast, hundredths, written } from "./formula_terms.js";
import { buildPalette, openPalette, renderPalette } from "./palette.js";

const OPENING_MS = 400, COPIED_MS = 1500;

/** @typedef {import("../../widgets/kit/dom.js").Mounted} Mounted */
/** @typedef {import("./formula_terms.js").Term} Term */

/** @param {Mounted} mounted */
export function mount(mounted) {
  const bar = new FormulaBar(mounted), first = mounted.props.value;
  // Nobody asks for a picture before the bar is seen; by then, a model chosen elsewhere may be arriving.
  whenSeen(bar.root, () => setTimeout(() => { if (!bar.start) mounted.trigger("expand"); }, OPENING_MS));
  mounted.watch("value", () => bar.receive(mounted.props.value));
  bar.publish();
  bar.render();
  bar.receive(first);
}

export class FormulaBar {
  /** @param {Mounted} mounted */
  constructor({ element, props, trigger }) {
    this.part = partsOf(element);
    this.root = /** @type {HTMLElement} */ (this.part.root);
    this.props = props;
    this.trigger = trigger;
    /** @type {HTMLInputElement[]} */
    this.methods = findAll(this.part.methods, "input");
    /** @type {string | null} the id of the one in use */
    this.model = null;
    /** @type {{ model: string, latent: string, name: string } | null} what the formula is added to */
    this.start = null;
    /** @type {Term[]} */
    this.terms = [];
    this.moved = ""; // the name of the chip that was moved last
    /** @type {string | null} what was typed and not understood yet; null while the chips say the formula */
    this.typed = null;
    this.surroundings = ""; // what the strip on show is about
    this.listen();
  }

  listen() {
    const { part, methods } = this, name = unique("method");
    part.text.maxLength = LONGEST_FORMULA;
    part.text.addEventListener("change", () => this.read());
    part.text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") part.text.blur();
    });
    for (const node of methods) radio(node, name, () => this.announce());
    part.add.addEventListener("click", () => openPalette(part, part.palette.hidden));
    part.copy.addEventListener("click", () => this.copy());
  }

  // ── messages from Python ───────────────────────────────────────────────────────────────────────────────────────

  /** @param {any} message */
  receive(message) {
    if (!message || typeof message !== "object") return;
    const { start, groups, terms, error, missing, method, formula } = message;
    this.model = message.model ?? this.model;
    if (start && start.model !== this.model) return this.publish(); // another model was chosen meanwhile
    if (message.opening && this.start) return this.publish(); // or another start, by a link
    const answers = formula === undefined || formula === this.typed; // not to what was typed before
    if (start !== undefined) this.start = start;
    if (groups !== undefined) buildPalette(this, groups);
    if (method) for (const node of this.methods) node.checked = node.value === method;
    if (terms !== undefined && answers) this.take(terms);
    if (error !== undefined && answers) this.say(error);
    if (missing !== undefined) this.miss(missing);
    this.publish();
    this.render();
    if (start) this.trigger("input"); // what the formula makes of it
    this.lookAround();
  }

  /** @param {Term[]} terms */
  take(terms) {
    const changed = changedLast(this.terms, terms);
    this.terms = terms.map(([name, amount]) => [name, amount]);
    this.typed = null;
    if (changed) this.moved = changed;
    this.keepMoved();
  }

  keepMoved() {
    if (!this.terms.some(([name]) => name === this.moved)) this.moved = this.terms.at(-1)?.[0] ?? "";
  }

  /** @param {string} error */
  say(error) {
    const { part } = this;
    part.error.hidden = !error;
    part.error.textContent = error;
    part.text.setAttribute("aria-invalid", String(Boolean(error && this.typed !== null)));
  }

  /** @param {string} words why there is nothing to add; "" where there is */
  miss(words) {
    this.part.missing.hidden = !words;
    this.part.missing.textContent = words;
    this.root.classList.toggle("unknown", Boolean(words));
  }

  // ── to Python ──────────────────────────────────────────────────────────────────────────────────────────────────

  get method() {
    return this.methods.find((node) => node.checked)?.value;
  }

  get formula() {
    return this.typed ?? written(this.terms);
  }

  publish() {
    const { model, start, formula, typed, moved, method } = this;
    this.props.value = { model, start, formula, typed: typed !== null, moved, method };
  }

  announce() {
    this.say("");
    this.publish();
    this.render();
    this.trigger("input");
    this.lookAround();
  }

  /** The strip shows all amounts of one chip: it is asked for again when anything else has changed. */
  lookAround() {
    const { start, method, moved, terms } = this;
    if (!start || this.typed !== null) return;
    const key = JSON.stringify([start, method, moved, terms.filter(([name]) => name !== moved)]);
    if (key === this.surroundings) return;
    this.surroundings = key;
    this.trigger("select");
  }

  // ── what a visitor does ────────────────────────────────────────────────────────────────────────────────────────

  /**
   * @param {string} name
   * @param {number} amount
   */
  set(name, amount) {
    const term = /** @type {Term} */ ([name, hundredths(amount)]);
    if (!this.has(name)) this.terms = [...this.terms, term];
    else this.terms = this.terms.map((old) => (old[0] === name ? term : old));
    this.moved = name;
    this.typed = null;
    this.announce();
  }

  /** @param {string} name */
  has(name) {
    return this.terms.some(([known]) => known === name);
  }

  /** @param {string} name */
  remove(name) {
    const { chips, add } = this.part, at = this.terms.findIndex(([known]) => known === name);
    const inside = chips.contains(document.activeElement);
    this.terms = this.terms.filter(([known]) => known !== name);
    this.keepMoved();
    this.typed = null;
    this.announce();
    if (inside) (chips.children[Math.min(at, this.terms.length - 1)]?.querySelector("input") ?? add).focus();
  }

  /** @param {string} name */
  add(name) {
    this.set(name, 1);
    openPalette(this.part, false);
    this.part.chips.lastElementChild.querySelector("input").focus();
  }

  /** The text has been changed. */
  read() {
    const text = this.part.text.value;
    if (text.trim() !== written(this.terms)) {
      this.typed = text;
      this.publish();
      this.trigger("input");
    } else if (this.typed !== null) {
      this.typed = null; // back to what the chips say
      this.announce();
    }
  }

  async copy() {
    const { copy, text } = this.part;
    try {
      await navigator.clipboard.writeText(this.formula);
    } catch { // not on a page without https
      text.select();
      document.execCommand("copy");
    }
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, COPIED_MS);
  }

  render() {
    const { root, part, start } = this;
    root.dataset.state = start ? "ready" : "asleep";
    part.start.title = start ? `What the formula is added to: ${start.name}` : "";
    renderChips(this);
    renderPalette(this);
    if (this.typed === null && document.activeElement !== part.text) part.text.value = written(this.terms);
  }
}
