// What a visitor's mouse, finger or pen does to an easel.

import { clamp, cover, filled, mixed, sweep } from "./brush.js";
import { drawMarks, drawMaskLayer, drawPicture } from "./layers.js";

const LEFT = 0, RIGHT = 2, PEN_ERASER = 5; // buttons of a mouse and of a pen's other end

/** @typedef {import("./easel.js").Easel} Easel */
/** @typedef {import("./brush.js").Place} Place */
/** @typedef {import("./brush.js").Cell} Cell */

/**
 * @typedef {object} Stroke what is under way: on a mask, on a picture, or towards a mark
 * @property {number | null} pointer
 * @property {boolean} erase
 * @property {Place} last
 * @property {Uint8Array} [mask] so far
 * @property {Uint8Array} [picture] so far
 * @property {Uint8Array} [base] the picture before
 * @property {Float32Array} [coverage]
 * @property {Cell | null} [before] the mark before
 */

/** @param {Easel} easel */
export function useHand(easel) {
  const { board } = easel.part;
  board.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => down(easel, event));
  board.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => moved(easel, event));
  board.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => {
    if (easel.stroke?.pointer === event.pointerId) finish(easel);
  });
  board.addEventListener("pointercancel", (/** @type {PointerEvent} */ event) => cancelled(easel, event));
  board.addEventListener("pointerleave", () => left(easel));
  board.addEventListener("contextmenu", (/** @type {Event} */ event) => event.preventDefault());
}

/**
 * @param {Easel} easel
 * @param {{ shiftKey: boolean, button?: number }} event
 */
export const erases = ({ tool, part }, { shiftKey, button = LEFT }) =>
  (tool === "mask" && part.eraser.checked) || shiftKey || [RIGHT, PEN_ERASER].includes(button);

/**
 * @param {Easel} easel
 * @param {PointerEvent} event
 * @returns {Place}
 */
function placeOf({ part, sides: { height, width } }, { clientX, clientY }) {
  const box = part.picture.getBoundingClientRect();
  return { x: ((clientX - box.left) / box.width) * width, y: ((clientY - box.top) / box.height) * height };
}

/**
 * @param {Easel} easel
 * @param {Place} place
 * @param {boolean} erase
 * @param {number | null} pointer
 */
export function begin(easel, place, erase, pointer) {
  const { tool, work, marked } = easel, { height, width } = easel.sides;
  /** @type {Stroke} */
  const stroke = (easel.stroke = { pointer, erase, last: place });
  if (tool === "mask") stroke.mask = work.mask?.slice() ?? new Uint8Array(height * width);
  else if (tool === "draw") {
    stroke.base = work.picture ?? filled(easel.background, height, width);
    stroke.coverage = new Float32Array(height * width);
  } else stroke.before = marked;
  extend(easel, place);
}

/**
 * @param {Easel} easel
 * @param {Place} place
 */
function extend(easel, place) {
  const { stroke } = easel, { height, width } = easel.sides;
  if (!stroke) return;
  const { mask, base, coverage, last, erase } = stroke;
  if (mask) sweep(mask, last, place, easel.sized("mask"), erase ? 0 : 1, height, width);
  else if (base && coverage) {
    cover(coverage, last, place, easel.sized("draw"), height, width);
    stroke.picture = mixed(base, coverage, erase ? easel.background : easel.penColour);
  } else easel.marked = easel.cellAt(place);
  stroke.last = place;
}

/** @param {Easel} easel */
export function finish(easel) {
  const { mask, picture } = easel.stroke ?? {};
  easel.stroke = null;
  if (mask) easel.commit({ mask });
  else if (picture) easel.commit({ picture });
  else easel.ask();
  easel.catchUp();
}

/**
 * @param {Easel} easel
 * @param {PointerEvent} event
 */
function down(easel, event) {
  const { board } = easel.part;
  if (easel.stroke || !easel.able || ![LEFT, RIGHT, PEN_ERASER].includes(event.button)) return;
  event.preventDefault();
  board.focus({ preventScroll: true });
  board.setPointerCapture(event.pointerId);
  easel.byKeyboard = false;
  easel.hover = placeOf(easel, event);
  easel.cursor = easel.cellAt(easel.hover);
  begin(easel, easel.hover, erases(easel, event), event.pointerId);
  easel.render();
}

/**
 * @param {Easel} easel
 * @param {PointerEvent} event
 */
function moved(easel, event) {
  if (!easel.work.shape || (easel.stroke && easel.stroke.pointer !== event.pointerId)) return;
  if (easel.byKeyboard) easel.useKeyboard(false);
  easel.hover = placeOf(easel, event);
  if (easel.stroke) paint(easel, event);
  drawMarks(easel);
  easel.renderWords();
}

/**
 * @param {Easel} easel
 * @param {PointerEvent} event
 */
function paint(easel, event) {
  const passed = event.getCoalescedEvents?.() ?? [];
  for (const moment of passed.length ? passed : [event]) extend(easel, placeOf(easel, moment));
  if (easel.hover) easel.cursor = easel.cellAt(easel.hover);
  easel.root.dataset.state = "ready";
  drawPicture(easel);
  if (easel.tool === "mask") drawMaskLayer(easel);
}

/**
 * @param {Easel} easel
 * @param {PointerEvent} event
 */
function cancelled(easel, event) {
  const { stroke } = easel;
  if (stroke?.pointer !== event.pointerId) return;
  if (easel.tool !== "point") return finish(easel); // what was painted stays
  easel.marked = stroke.before ?? null; // the finger scrolled the page
  easel.stroke = null;
  easel.render();
  easel.catchUp();
}

/** @param {Easel} easel */
function left(easel) {
  easel.hover = null;
  if (!easel.work.shape) return;
  drawMarks(easel);
  easel.renderWords();
}

/**
 * The pixel at a place, the nearest one for a place outside.
 * @param {Place} place
 * @param {{ height: number, width: number }} sides
 * @returns {Cell}
 */
export const cellAt = ({ x, y }, { height, width }) =>
  [clamp(Math.floor(y), 0, height - 1), clamp(Math.floor(x), 0, width - 1)];
