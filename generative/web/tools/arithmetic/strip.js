// Under an equation: what all amounts of one attribute make of the picture, and where between them the result is.

import { make } from "../../widgets/kit/dom.js";
import { decode, ink, newCanvas, picture } from "../../widgets/kit/png.js";

/** @typedef {{ pixels: string, shape: number[], amounts: number[], name: string, title: string }} Strip */

/**
 * @param {any} part
 * @param {Strip | null} strip
 * @param {(name: string, amount: number) => void} choose
 */
export function buildStrip(part, strip, choose) {
  part.strip.hidden = !strip;
  if (!strip) return;
  const bytes = decode(strip.pixels);
  part.stripTitle.textContent = strip.title;
  part.cells.setAttribute("aria-label", strip.title);
  part.cells.replaceChildren(...strip.amounts.map((amount, i) => {
    const button = cell(strip, bytes, i);
    button.addEventListener("click", () => choose(strip.name, amount));
    return button;
  }));
}

/**
 * @param {Strip} strip
 * @param {Uint8Array} bytes
 * @param {number} index
 */
function cell({ shape, amounts, name }, bytes, index) {
  const [, , height, width] = shape, amount = amounts[index], words = signed(amount);
  const button = make("button"), canvas = newCanvas(width, height);
  ink(canvas).putImageData(picture(bytes, shape, index), 0, 0);
  button.classList.toggle("half", amount % 1 !== 0);
  button.title = `Take ${words}`;
  button.ariaLabel = `${name} ${words}`;
  button.append(canvas, make("span", "", words));
  return button;
}

/** @param {number} amount */
export const signed = (amount) => `${amount > 0 ? "+" : amount < 0 ? "−" : ""}${Math.abs(amount)}`;

/**
 * Marks where between its first and its last picture the amount on show is.
 * @param {any} part
 * @param {Strip | null} strip
 * @param {number | null} at
 */
export function mark(part, strip, at) {
  const cells = /** @type {HTMLElement[]} */ ([...part.cells.children]).filter((one) => one.offsetParent);
  part.marker.hidden = at === null || cells.length < 2;
  if (at === null || cells.length < 2 || !strip) return;
  const low = strip.amounts[0], high = strip.amounts[strip.amounts.length - 1];
  const [from, to] = [cells[0], cells[cells.length - 1]].map(
    (one) => one.offsetLeft + one.offsetWidth / 2 - part.cells.offsetLeft,
  );
  part.marker.style.left = `${from + ((to - from) * (at - low)) / (high - low)}px`;
}
