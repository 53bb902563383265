// Pictures with a title over and a note under them, and what is waited for or went wrong.

import { find } from "./dom.js";
import { decode, fresh, picture } from "./png.js";

/** @typedef {{ pixels: string, shape: number[], title: string, note: string }} Tile as equation.py makes it */

/**
 * Puts a tile into a figure with canvas, title and note; without a tile the figure is away.
 * @param {HTMLElement} figure
 * @param {Tile | null | undefined} tile
 */
export function showTile(figure, tile) {
  figure.hidden = !tile;
  if (!tile) return;
  const [channels, height, width] = tile.shape, canvas = find(figure, "canvas");
  fresh(canvas, width, height).putImageData(picture(decode(tile.pixels), [1, channels, height, width], 0), 0, 0);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", [tile.title, tile.note].filter(Boolean).join(": "));
  const title = find(figure, "[data-title]"), note = find(figure, "[data-note]");
  if (title) title.textContent = tile.title;
  if (note) note.textContent = note.title = tile.note;
}

/**
 * As wide as there is room for, in whole screen pixels a pixel, so that all pixels of a picture are equally large.
 * @param {HTMLCanvasElement} canvas
 * @param {number} room CSS pixels
 */
export function fitTile(canvas, room) {
  const scale = (room * devicePixelRatio) / canvas.width;
  canvas.style.width = `${scale < 1 ? room : (Math.floor(scale) * canvas.width) / devicePixelRatio}px`;
}

/**
 * @param {HTMLElement} node
 * @param {string} [error]
 * @param {string} [busy]
 */
export function showMessage(node, error, busy) {
  node.hidden = !error && !busy;
  node.dataset.kind = error ? "error" : "busy";
  node.textContent = error || busy || "";
}
