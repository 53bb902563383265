// The board of a latent map: what lies on it, the hand and the keys that move over it, its legend.

import { make, radio, unique } from "../../widgets/kit/dom.js";
import {
  drawAxes, drawCross, drawPoints, drawRing, drawSheet, drawTile, isDark, square, swatch,
} from "./drawing.js";
import { inside, pointOf, tileAt } from "./geometry.js";

const STILL = 5; // CSS pixels that a hand may move after a click before it looks elsewhere
const STEP = 1 / 48, LEAP = 1 / 8; // of a key, in shares of the board; the second with Shift

/** @typedef {import("./latent_map.js").LatentMap} LatentMap */
/** @typedef {import("./geometry.js").Pair} Pair */

/** @type {Record<string, Pair>} */
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export class Board {
  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.part = map.part;
    this.decoded = false; // the background
    this.attribute = 0; // that the points are coloured by
    /** @type {number | null} the value that stands out */
    this.lit = null;
    /** @type {Pair | null} the point that is looked at */
    this.pointing = null;
    /** @type {Pair | null} that of the keyboard */
    this.cursor = null;
    /** @type {Pair | null} where on the screen a click was */
    this.resting = null;
    this.useHand();
    this.offerGrounds();
  }

  offerGrounds() {
    const { part } = this, name = unique("ground");
    radio(part.known, name, () => this.turn(false));
    radio(part.decoded, name, () => this.turn(true));
    part.attribute.addEventListener("change", () => {
      this.attribute = Number(part.attribute.value);
      this.lit = null;
      this.map.render();
    });
    part.help.id = unique("help");
    part.board.setAttribute("aria-describedby", part.help.id);
  }

  useHand() {
    const { board } = this.part;
    board.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.moved(event));
    board.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.down(event));
    board.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => this.up(event));
    for (const end of ["pointerleave", "pointercancel"]) board.addEventListener(end, () => this.left());
    board.addEventListener("blur", () => {
      if (this.cursor) this.lookAt((this.cursor = null));
    });
    board.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.pressed(event));
  }

  forget() {
    this.pointing = this.cursor = this.lit = null;
  }

  /** @param {boolean} decoded */
  turn(decoded) {
    this.decoded = decoded;
    this.pointing = this.cursor = null;
    this.map.render();
  }

  /** @param {PointerEvent} event */
  pointAt({ clientX, clientY }) {
    const box = this.part.board.getBoundingClientRect();
    return inside([(clientX - box.left) / box.width, (clientY - box.top) / box.height]);
  }

  /** @param {Pair | null} point */
  lookAt(point) {
    this.pointing = point;
    this.drawMarks();
    this.map.renderPicture();
    this.map.renderWords();
  }

  /** @param {PointerEvent} event */
  moved(event) {
    if (!this.map.plan) return;
    const [x, y] = this.resting ?? [-Infinity, -Infinity];
    if (this.resting && Math.hypot(event.clientX - x, event.clientY - y) < STILL) return;
    this.resting = this.cursor = null;
    this.lookAt(this.pointAt(event));
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (!this.map.plan || event.button !== 0) return;
    this.part.board.setPointerCapture(event.pointerId);
    this.lookAt(this.pointAt(event));
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (!this.map.plan || event.button !== 0) return;
    this.resting = [event.clientX, event.clientY];
    this.map.go(this.pointAt(event));
  }

  left() {
    this.resting = null;
    if (this.pointing && !this.cursor) this.lookAt(null);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { map, part } = this;
    if (!map.plan || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ARROWS[event.key], here = this.cursor ?? (map.spot ? inside(pointOf(map.spot, map.extent)) : [0.5, 0.5]);
    if (way) {
      const step = event.shiftKey ? LEAP : STEP;
      this.lookAt((this.cursor = inside([here[0] + step * way[0], here[1] + step * way[1]])));
      part.live.textContent = `${part.spot.textContent}. ${part.name.textContent}`;
    } else if (event.key !== "Enter" && event.key !== " ") return;
    else if (this.cursor) map.go(this.cursor);
    else this.lookAt((this.cursor = /** @type {Pair} */ (here)));
    event.preventDefault();
  }

  render() {
    const { map, part } = this, { plan, sheet } = map, dark = isDark(map.root);
    if (!plan) return;
    const { attributes } = plan, clear = map.ready(sheet);
    part.by.hidden = this.decoded || attributes.length < 2;
    part.legend.hidden = this.decoded;
    part.wait.hidden = map.ready(map.sheets.even);
    const key = [map.model, this.decoded, this.attribute, this.lit, dark, part.board.clientWidth, clear].join();
    if (part.ground.dataset.key !== key) this.drawGround(dark);
    part.ground.dataset.key = key;
    this.renderLegend(attributes[this.attribute]?.values ?? [], dark);
    this.drawMarks();
  }

  /** @param {boolean} dark */
  drawGround(dark) {
    const { map, part } = this, { plan, sheet, extent } = map, context = square(part.ground, part.board.clientWidth);
    if (!plan) return;
    if (this.decoded) return void (sheet && map.ready(sheet) && drawSheet(context, sheet.image));
    drawAxes(context, extent, dark ? "#ffffff30" : "#00000020");
    const labels = plan.attributes[this.attribute]?.labels ?? plan.points.map(() => 0);
    drawPoints(context, plan.points.map((place) => pointOf(place, extent)), labels, this.lit, dark);
  }

  /**
   * @param {string[]} values
   * @param {boolean} dark
   */
  renderLegend(values, dark) {
    const { legend } = this.part, key = `${dark} ${values}`;
    if (legend.dataset.key !== key) legend.replaceChildren(...values.map((value, index) => this.value(value, index, dark)));
    legend.dataset.key = key;
    [...legend.children].forEach((item, index) => item.firstChild.setAttribute("aria-pressed", index === this.lit));
  }

  /**
   * @param {string} value
   * @param {number} index
   * @param {boolean} dark
   */
  value(value, index, dark) {
    const item = make("li"), button = make("button");
    button.title = "Show these alone";
    button.append(swatch(index, dark), value);
    button.addEventListener("click", () => {
      this.lit = this.lit === index ? null : index;
      this.map.render();
    });
    item.append(button);
    return item;
  }

  drawMarks() {
    const { map, part } = this, context = square(part.marks, part.board.clientWidth), { sheet, passing, extent } = map;
    if (this.decoded && sheet && passing) drawTile(context, tileAt(passing, sheet.side), sheet.side);
    const place = map.wish.place ?? map.spot;
    if (place && map.plan) drawRing(context, pointOf(place, extent));
    if (this.cursor) drawCross(context, this.cursor);
  }
}
