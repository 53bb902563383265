// The modes of stacked digits as a cube of 10 × 10 × 10 dots, red to the right, green to the back, blue upwards.

import { make } from "../../widgets/kit/dom.js";

const SIDE = 10, SIZE = 180, SCALE = 2;
const DIM = 60, BRIGHT = 255; // a channel's value for its digits 0 and 9

/** @typedef {{ title: string, kind: string, of: number, moments: number[], drawn: string[] }} Told */
/** @typedef {{ yaw: number, pitch: number }} View */
/** @typedef {{ mode: number, x: number, y: number, depth: number }} Dot */

/**
 * Which modes a moment's hexadecimal digits name: bit m, the highest of each digit first.
 * @param {string} bits
 */
export function modesOf(bits) {
  return [...bits].flatMap((digit, i) => [8, 4, 2, 1].flatMap((bit, k) => (parseInt(digit, 16) & bit ? [4 * i + k] : [])));
}

/**
 * Where the dots are seen, those behind first, in units of the cube's side around its middle.
 * @param {View} view
 * @returns {Dot[]}
 */
export function dots({ yaw, pitch }) {
  const all = Array.from({ length: SIDE ** 3 }, (_, mode) => {
    const [r, g, b] = [Math.floor(mode / 100), Math.floor(mode / 10) % 10, mode % 10].map((d) => d / (SIDE - 1) - 0.5);
    const x = r * Math.cos(yaw) - g * Math.sin(yaw), back = r * Math.sin(yaw) + g * Math.cos(yaw);
    return { mode, x, y: -b * Math.cos(pitch) - back * Math.sin(pitch), depth: back * Math.cos(pitch) - b * Math.sin(pitch) };
  });
  return all.sort((one, other) => other.depth - one.depth);
}

/**
 * A figure with a cube that can be turned, a bar and a number.
 * @param {Told} told
 */
export function cube(told) {
  const made = make("figure", `cube ${told.kind}`), canvas = document.createElement("canvas");
  const said = make("p"), bar = make("i");
  canvas.width = canvas.height = SIZE * SCALE;
  canvas.setAttribute("role", "img");
  made.append(canvas, make("figcaption", told.kind, told.title), bar, said);
  const view = { yaw: 0.5, pitch: 0.42 };
  let at = 0;
  const draw = () => paint(canvas, new Set(modesOf(told.drawn[at])), dots(view));
  turning(canvas, view, draw);
  /** @param {number} moment */
  const show = (moment) => {
    at = moment;
    const count = modesOf(told.drawn[at]).length;
    said.textContent = `${count.toLocaleString("en")} of ${told.of.toLocaleString("en")} modes`;
    canvas.setAttribute("aria-label", `${told.title}: ${said.textContent}`);
    bar.style.setProperty("--share", String(count / told.of));
    draw();
  };
  return { made, show };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Set<number>} drawn
 * @param {Dot[]} places
 */
function paint(canvas, drawn, places) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const unit = canvas.width * 0.56, middle = canvas.width / 2;
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const { mode, x, y } of places) {
    const lit = drawn.has(mode);
    context.fillStyle = lit ? colour(mode) : "rgba(128, 128, 128, 0.35)";
    context.beginPath();
    context.arc(middle + unit * x, middle + unit * y, SCALE * (lit ? 2.6 : 0.8), 0, 2 * Math.PI);
    context.fill();
  }
}

/** @param {number} mode */
function colour(mode) {
  const channels = [Math.floor(mode / 100), Math.floor(mode / 10) % 10, mode % 10];
  return `rgb(${channels.map((digit) => Math.round(DIM + ((BRIGHT - DIM) * digit) / 9)).join(" ")})`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {View} view
 * @param {() => void} draw
 */
function turning(canvas, view, draw) {
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    view.yaw += event.movementX / 100;
    view.pitch = Math.max(-1.5, Math.min(1.5, view.pitch + event.movementY / 100));
    draw();
  });
}
