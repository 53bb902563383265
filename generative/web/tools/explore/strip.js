// Pictures along one dimension of a latent, all else as it is.

import { make } from "../../widgets/kit/dom.js";
import { decode, ink, newCanvas, picture } from "../../widgets/kit/png.js";
import { signed } from "./geometry.js";
import { symbol } from "./sliders.js";

/** @typedef {import("./latent_map.js").LatentMap} LatentMap */

/**
 * @typedef {object} Strip
 * @property {number} dim
 * @property {number[]} values of that dimension
 * @property {string} pictures base64
 * @property {number[]} base the latent that it was made for
 */

/**
 * Whether a strip is still about a latent and a dimension of it.
 * @param {Strip | null} strip
 * @param {number} dim
 * @param {number[]} latent
 */
export const stripFits = (strip, dim, latent) =>
  strip !== null && strip.dim === dim && strip.base.every((value, i) => i === dim || value === latent[i]);

/** @param {LatentMap} map */
export function buildStrip(map) {
  const { part, strip, chart } = map;
  part.stripName.hidden = !strip || !chart; // an empty heading says nothing
  if (!strip || !chart) return [part.stripName, part.strip].forEach((node) => node.replaceChildren());
  const { dim, values, pictures } = strip, bytes = decode(pictures), shape = [values.length, ...chart.shape];
  part.stripName.replaceChildren(symbol(dim), " from one end to the other, all else as it is");
  part.strip.replaceChildren(...values.map((value, index) => {
    const button = make("button"), canvas = newCanvas(shape[3], shape[2]), words = value.toFixed(1).replace("-", "−");
    button.title = `z${dim + 1} = ${signed(value)}`;
    button.ariaLabel = `Dimension ${dim + 1} at ${words}`; // with the words that are seen
    ink(canvas).putImageData(picture(bytes, shape, index), 0, 0);
    button.addEventListener("click", () => map.change(dim, value));
    button.append(canvas, make("span", "", words));
    return button;
  }));
}

/** @param {LatentMap} map */
export function renderStrip({ part, strip, latent }) {
  const far = strip && latent ? strip.values.map((value) => Math.abs(value - latent[strip.dim])) : [];
  [...part.strip.children].forEach((button, index) => {
    button.setAttribute("aria-pressed", String(far[index] === Math.min(...far)));
  });
}
