// The diagram of how a family draws, whose parts light up with the frame on show. See mechanism.py.

import { make, partsOf, whenResized } from "../../widgets/kit/dom.js";
import { ink, newCanvas, picture } from "../../widgets/kit/png.js";
import { bytesOf } from "../../widgets/stage/run.js";
import { APART, HIGH, WIDE, atWork, placed } from "./placing.js";

const PICTURE = 64, LONGEST = 17; // CSS pixels; characters of a value

/** @typedef {import("../../widgets/stage/run.js").Moment} Moment */
/** @typedef {import("./placing.js").Part} Part */
/** @typedef {{ part: Part, group: SVGElement, image: SVGElement, value: SVGElement }} Box */

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, props, watch }) {
  const diagram = new Diagram(partsOf(element));
  const show = () => diagram.describe(props.value);
  watch("value", show);
  show();
  const around = element.closest(".built");
  around?.addEventListener("moment", (event) => diagram.follow(/** @type {CustomEvent} */ (event).detail));
}

class Diagram {
  /** @param {any} part */
  constructor(part) {
    this.part = part;
    /** @type {Box[]} */
    this.boxes = [];
    /** @type {{ parts: Part[], again: [number, number] | null, equation: [string, string][] } | null} */
    this.mechanism = null;
    /** @type {Moment | null} */
    this.moment = null;
    whenResized(part.root, part.root, () => this.draw());
  }

  /** @param {any} mechanism */
  describe(mechanism) {
    this.mechanism = mechanism;
    this.part.root.hidden = !mechanism;
    if (!mechanism) return;
    this.part.equation.replaceChildren(...mechanism.equation.map(symbol));
    this.draw();
  }

  draw() {
    const { part, mechanism } = this, width = part.drawing.clientWidth;
    if (!mechanism || !width) return;
    const { corners, across, height } = placed(mechanism.parts.length, width);
    part.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    part.drawing.style.height = `${height}px`;
    this.boxes = mechanism.parts.map((one, index) => box(one, corners[index]));
    const ways = corners.slice(1).map((to, index) => way(corners[index], to));
    const back = mechanism.again && across > mechanism.again[1] ? [wayBack(corners, mechanism.again)] : [];
    part.drawing.replaceChildren(...ways, ...back, ...this.boxes.map(({ group }) => group));
    if (this.moment) this.follow(this.moment);
  }

  /** @param {Moment} moment */
  follow(moment) {
    this.moment = moment;
    for (const { part, group, image, value } of this.boxes) {
      const lit = atWork(part, moment), shows = part.shows in moment.views;
      group.classList.toggle("lit", lit);
      if (shows && (lit || part.lit !== "last")) image.setAttribute("href", seen(moment, part.shows));
      else image.removeAttribute("href");
      value.textContent = lit ? valueOf(part, moment) : "";
    }
  }
}

/**
 * What a part that is at work says of the moment.
 * @param {Part} part
 * @param {Moment} moment
 */
function valueOf({ shows, lit }, { label, step, total }) {
  if (lit) return "";
  return (shows ? label : `${step} of ${total}`).slice(0, LONGEST);
}

/**
 * The first picture of a view, as an address.
 * @param {Moment} moment
 * @param {string} view
 */
function seen(moment, view) {
  const [, , height, width] = moment.shape, canvas = newCanvas(width, height);
  ink(canvas).putImageData(picture(bytesOf(moment, view), moment.shape, 0), 0, 0);
  return canvas.toDataURL();
}

/**
 * A symbol of the equation, with what it means.
 * @param {[string, string]} told
 */
function symbol([text, help]) {
  const node = make(help ? "abbr" : "span", "", text);
  if (help) Object.assign(node, { title: help, tabIndex: 0 });
  return node;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} facts
 * @param {string} [text]
 */
function svg(name, facts, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(facts)) node.setAttribute(key, String(value));
  if (text) node.textContent = text;
  return node;
}

/**
 * @param {Part} part
 * @param {{ x: number, y: number }} corner
 * @returns {Box}
 */
function box(part, { x, y }) {
  const group = svg("g", {}), middle = x + WIDE / 2, left = middle - PICTURE / 2;
  const image = svg("image", { x: left, y: y + 26, width: PICTURE, height: PICTURE });
  const value = svg("text", { class: "value", x: middle, y: y + 105 });
  group.append(svg("title", {}, part.help), svg("rect", { x, y, width: WIDE, height: HIGH, rx: 8 }));
  group.append(svg("text", { x: middle, y: y + 18 }, part.title), image, value);
  return { part, group, image, value };
}

/**
 * An arrow from a box to the next, which may stand in the row below.
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 */
function way(from, to) {
  const middle = from.y + HIGH / 2;
  if (from.y !== to.y) return svg("path", { class: "way", d: `M${from.x + WIDE / 2} ${from.y + HIGH} v14 H${to.x + WIDE / 2} v14` });
  return svg("path", { class: "way", d: `M${from.x + WIDE} ${middle} h${APART - 2} m-7 -6 l7 6 l-7 6` });
}

/**
 * The way from the last of the parts that are repeated to the first.
 * @param {{ x: number, y: number }[]} corners
 * @param {[number, number]} again
 */
function wayBack(corners, [first, last]) {
  const { x, y } = corners[last], to = corners[first].x + WIDE / 2;
  return svg("path", { class: "way", d: `M${x + WIDE / 2} ${y + HIGH} v16 H${to} v-14 m-6 7 l6 -7 l6 7` });
}
