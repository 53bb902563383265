// What a visitor's keyboard does to an easel.

import { begin, erases, finish } from "./hand.js";
import { drawMarks } from "./layers.js";
import { cellWords, statusWords } from "./words.js";

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @typedef {import("./easel.js").Easel} Easel */
/** @typedef {import("./brush.js").Cell} Cell */

/** @param {Easel} easel */
export function useKeys(easel) {
  const { part, root } = easel, { board } = part;
  board.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => pressed(easel, event));
  board.addEventListener("focus", () => easel.useKeyboard(board.matches(":focus-visible")));
  board.addEventListener("blur", () => easel.useKeyboard(false));
  root.addEventListener("keydown", (event) => travelled(easel, event));
}

/**
 * @param {Easel} easel
 * @param {KeyboardEvent} event
 */
function pressed(easel, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || easel.stroke || !easel.able) return;
  const way = ARROWS[event.key];
  if (!way && event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  easel.useKeyboard(true);
  const [row, column] = easel.cursor ?? [0, 0], [down, across] = way ?? [0, 0];
  const place = { x: column + across + 0.5, y: row + down + 0.5 };
  if (way) move(easel, easel.cellAt(place));
  else {
    begin(easel, place, erases(easel, event), null);
    finish(easel);
  }
  easel.part.live.textContent = way && easel.cursor ? cellWords(easel, easel.cursor) : statusWords(easel);
}

/**
 * @param {Easel} easel
 * @param {Cell} cell
 */
function move(easel, cell) {
  easel.cursor = cell;
  if (easel.tool === "point") {
    easel.marked = cell;
    easel.publish();
  }
  drawMarks(easel);
  easel.renderWords();
}

/**
 * @param {Easel} easel
 * @param {KeyboardEvent} event
 */
function travelled(easel, event) {
  const key = event.key.toLowerCase(), back = key === "z" && !event.shiftKey;
  const again = key === "y" || (key === "z" && event.shiftKey);
  if (!(event.ctrlKey || event.metaKey) || !(back || again)) return;
  event.preventDefault();
  if (back) easel.undo();
  else easel.redo();
  easel.part.live.textContent = `${back ? "Undone" : "Done again"}. ${statusWords(easel)}`;
}
