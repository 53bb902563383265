// What is drawn on the board of a latent map: points in colours and shapes, a sheet of pictures, marks. No state.

import { ink } from "../../widgets/kit/png.js";
import { inside, pointOf } from "./geometry.js";

/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {import("./geometry.js").Pair} Pair */

// Ten hues that differ in lightness too, for colour-blind eyes (eight of them after Okabe & Ito, "Color Universal Design",
// 2008), darker on a light ground and lighter on a dark one. Shapes go round at another pace: 30 values differ.
const HUES = {
  light: ["#0072b2", "#d55e00", "#009e73", "#c2559d", "#4aa8e0", "#c98a00", "#555b66", "#8f9a00", "#5b2a86", "#7a3b10"],
  dark: ["#4ea3e0", "#ff8a3d", "#27c795", "#e59ac2", "#a5dcff", "#ffc04d", "#b9bec9", "#f0e442", "#b48cf2", "#c98d66"],
};
const SHAPES = ["M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z", "M0-3.8 3.6 2.6H-3.6z", "M-2.7-2.7H2.7V2.7H-2.7z"];

/**
 * @param {number} index
 * @param {boolean} dark
 */
function look(index, dark) {
  return { colour: HUES[dark ? "dark" : "light"][index % 10], shape: SHAPES[index % 3] };
}

/**
 * Whether the page is dark, told from the colour of its text.
 * @param {Element} node
 */
export function isDark(node) {
  const [red, green, blue] = (getComputedStyle(node).color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128;
}

// ── layers ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The context of an empty square canvas that is `side` CSS pixels wide.
 * @param {HTMLCanvasElement} canvas
 * @param {number} side
 */
export function square(canvas, side) {
  canvas.width = canvas.height = Math.round(side * devicePixelRatio); // setting a size clears
  return ink(canvas);
}

/**
 * @param {Context} context
 * @param {HTMLImageElement} image
 */
export function drawSheet(context, image) {
  const side = context.canvas.width;
  context.imageSmoothingEnabled = image.naturalWidth > side;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, side, side);
}

/**
 * @param {Context} context
 * @param {number | null} extent
 * @param {string} colour
 */
export function drawAxes(context, extent, colour) {
  const side = context.canvas.width, [across, down] = pointOf([0, 0], extent).map((share) => Math.round(share * side) + 0.5);
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke(new Path2D(`M${across} 0V${side}M0 ${down}H${side}`));
}

/**
 * @param {Context} context
 * @param {Pair[]} points
 * @param {number[]} labels
 * @param {number | null} lit the one value that is to stand out
 * @param {boolean} dark
 */
export function drawPoints(context, points, labels, lit, dark) {
  const side = context.canvas.width, scale = devicePixelRatio;
  const looks = Array.from({ length: Math.max(...labels) + 1 }, (_, i) => look(i, dark));
  const paths = looks.map(({ shape }) => new Path2D(shape));
  const order = [...labels.keys()].sort((a, b) => Number(labels[a] === lit) - Number(labels[b] === lit)); // what stands out on top
  for (const i of order) {
    const [across, down] = points[i], away = lit !== null && labels[i] !== lit;
    context.setTransform(scale, 0, 0, scale, across * side, down * side);
    context.globalAlpha = away ? 0.1 : 0.8;
    context.fillStyle = looks[labels[i]].colour;
    context.fill(paths[labels[i]]);
  }
  context.resetTransform();
  context.globalAlpha = 1;
}

/**
 * Lines that can be seen on anything: dark, with light beside them.
 * @param {Context} context
 * @param {Path2D} path
 * @param {number} [width]
 */
function drawLine(context, path, width = 1.5) {
  const lines = /** @type {[string, number][]} */ ([["white", 3], ["#111827", 0]]);
  for (const [colour, more] of lines) {
    context.strokeStyle = colour;
    context.lineWidth = (width + more) * devicePixelRatio;
    context.stroke(path);
  }
}

/**
 * @param {Context} context
 * @param {Pair} point
 */
export function drawRing(context, point) {
  const [across, down] = inside(point).map((share) => share * context.canvas.width), path = new Path2D();
  path.arc(across, down, 8 * devicePixelRatio, 0, 2 * Math.PI);
  drawLine(context, path, 2);
}

/**
 * @param {Context} context
 * @param {Pair} point
 */
export function drawCross(context, point) {
  const side = context.canvas.width, [across, down] = point.map((share) => share * side), arm = 12 * devicePixelRatio;
  drawLine(context, new Path2D(`M${across - arm} ${down}h${2 * arm}M${across} ${down - arm}v${2 * arm}`));
}

/**
 * @param {Context} context
 * @param {Pair} tile
 * @param {number} count
 */
export function drawTile(context, [column, row], count) {
  const step = context.canvas.width / count, path = new Path2D();
  path.rect(column * step, row * step, step, step);
  drawLine(context, path);
}

/**
 * @param {number} index
 * @param {boolean} dark
 */
export function swatch(index, dark) {
  const { colour, shape } = look(index, dark), name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg"), path = document.createElementNS(name, "path");
  svg.setAttribute("viewBox", "-5 -5 10 10");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shape);
  path.setAttribute("fill", colour);
  svg.append(path);
  return svg;
}
