// The layers of an easel that are drawn at the screen's resolution: the mask's hatch, the grid, outlines. No state.
// `scale` is the number of screen pixels a pixel of the picture has.

import { fresh, ink, newCanvas } from "../kit/png.js";

/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {import("./brush.js").Place} Place */
/** @typedef {import("./brush.js").Cell} Cell */

const GRID_FROM = 10; // CSS pixels a pixel, from which on a grid helps more than it disturbs

/**
 * A tile of diagonal lines; it covers what is below nearly whole, since the model does not see that either.
 * @param {Context} context
 * @param {string} colour
 */
function hatch(context, colour) {
  const side = Math.max(6, Math.round(8 * devicePixelRatio)), tile = newCanvas(side, side), pen = ink(tile);
  pen.globalAlpha = 0.94;
  pen.fillStyle = colour;
  pen.fillRect(0, 0, side, side);
  pen.globalAlpha = 0.42;
  pen.strokeStyle = "white";
  pen.lineWidth = devicePixelRatio;
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 1, side + 1);
    pen.lineTo(shift + side + 1, -1);
  }
  pen.stroke();
  return /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
}

/**
 * The path around a set of pixels: every edge between one of `cells` and a pixel that is not in the set.
 * @param {Cell[]} cells
 * @param {(row: number, column: number) => boolean} has
 * @param {number} scale
 */
function border(cells, has, scale) {
  const path = new Path2D();
  for (const [row, column] of cells) {
    const [left, top, right, bottom] = [column, row, column + 1, row + 1].map((place) => place * scale);
    const edges = [
      [-1, 0, left, top, right, top], [1, 0, left, bottom, right, bottom],
      [0, -1, left, top, left, bottom], [0, 1, right, top, right, bottom],
    ];
    for (const [down, across, x1, y1, x2, y2] of edges) {
      if (has(row + down, column + across)) continue;
      path.moveTo(x1, y1);
      path.lineTo(x2, y2);
    }
  }
  return path;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array | null | undefined} mask
 * @param {number} height
 * @param {number} width
 * @param {number} scale
 * @param {string} colour
 */
export function drawMask(canvas, mask, height, width, scale, colour) {
  const context = fresh(canvas, width * scale, height * scale);
  if (!mask) return;
  const shape = new ImageData(width, height), small = newCanvas(width, height);
  mask.forEach((value, i) => { shape.data[4 * i + 3] = value * 255; });
  ink(small).putImageData(shape, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = hatch(context, colour);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-over";
  if (scale >= 4 * devicePixelRatio) drawEdges(context, mask, height, width, scale);
}

/**
 * A darker seam along the inside of the mask's edge; the edge of the picture is none.
 * @param {Context} context
 * @param {Uint8Array} mask
 * @param {number} height
 * @param {number} width
 * @param {number} scale
 */
function drawEdges(context, mask, height, width, scale) {
  const thick = Math.max(1, Math.round(devicePixelRatio)), far = scale - thick;
  context.fillStyle = "rgb(0 0 0 / 45%)";
  mask.forEach((value, i) => {
    const row = Math.floor(i / width), column = i % width, x = column * scale, y = row * scale;
    if (!value) return;
    if (row > 0 && !mask[i - width]) context.fillRect(x, y, scale, thick);
    if (row < height - 1 && !mask[i + width]) context.fillRect(x, y + far, scale, thick);
    if (column > 0 && !mask[i - 1]) context.fillRect(x, y, thick, scale);
    if (column < width - 1 && !mask[i + 1]) context.fillRect(x + far, y, thick, scale);
  });
}

/**
 * @param {Context} context
 * @param {number} height
 * @param {number} width
 * @param {number} scale
 */
export function drawGrid(context, height, width, scale) {
  if (scale / devicePixelRatio < GRID_FROM) return;
  context.fillStyle = "rgb(128 128 128 / 22%)";
  for (let row = 1; row < height; row++) context.fillRect(0, row * scale, width * scale, 1);
  for (let column = 1; column < width; column++) context.fillRect(column * scale, 0, 1, height * scale);
}

/**
 * A line that stands out from black, white and every colour.
 * @param {Context} context
 * @param {Path2D} path
 */
function twoTone(context, path) {
  context.lineJoin = context.lineCap = "round";
  context.lineWidth = 3.5 * devicePixelRatio;
  context.strokeStyle = "rgb(0 0 0 / 65%)";
  context.stroke(path);
  context.lineWidth = 1.5 * devicePixelRatio;
  context.strokeStyle = "white";
  context.stroke(path);
}

/**
 * @param {Context} context
 * @param {Cell[]} cells
 * @param {number} scale
 */
export function outlineCells(context, cells, scale) {
  const keys = new Set(cells.map(String));
  twoTone(context, border(cells, (row, column) => keys.has(String([row, column])), scale));
}

/**
 * @param {Context} context
 * @param {Place} place
 * @param {number} size
 * @param {number} scale
 */
export function outlineRound(context, { x, y }, size, scale) {
  const path = new Path2D();
  path.arc(x * scale, y * scale, (size / 2) * scale, 0, 2 * Math.PI);
  twoTone(context, path);
}

/**
 * Two frames around one pixel; the pixel itself stays free.
 * @param {Context} context
 * @param {Cell} cell
 * @param {number} scale
 */
export function frameCell(context, [row, column], scale) {
  const unit = Math.max(1, Math.round(1.5 * devicePixelRatio));
  const frames = /** @type {[number, string][]} */ ([[1, "black"], [3, "white"], [5, "black"]]);
  for (const [distance, colour] of frames) {
    context.lineWidth = distance === 5 ? unit / 2 : unit;
    context.strokeStyle = colour;
    const grown = (distance * unit) / 2;
    context.strokeRect(column * scale - grown, row * scale - grown, scale + 2 * grown, scale + 2 * grown);
  }
}
