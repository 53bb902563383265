// Texts by how surprising each character was, and the attention back over the first. Its value is described in text.py.

import { make, partsOf } from "../../widgets/kit/dom.js";

const MOST = 8; // bits of the darkest

/** @typedef {{ seed: number, characters: [string, number][], begun: number, mean: number }} Row */

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, props, watch }) {
  /** @type {Record<string, any>} */
  const parts = partsOf(element);
  /** @type {Row[]} */
  let rows = [];
  let shares = new Uint8Array();

  const look = () => {
    if (!rows.length) return;
    const { characters } = rows[0], at = Number(parts.at.value);
    const seen = looked(shares, Number(props.value.layers), characters.length, parts.layer.value, at);
    parts.line.replaceChildren(...backwards(characters, seen, at));
    parts.said.textContent = inWords(characters, seen, at);
    parts.at.setAttribute("aria-valuetext", spoken(characters[at][0]));
  };
  const point = (/** @type {number} */ at) => {
    parts.at.value = String(at);
    look();
  };
  const receive = () => {
    rows = props.value?.texts ?? [];
    shares = Uint8Array.from(atob(props.value?.attention ?? ""), (byte) => byte.charCodeAt(0));
    parts.texts.replaceChildren(...rows.map((row, number) => drawn(row, number ? null : point)));
    parts.look.hidden = !rows.length;
    if (!rows.length) return;
    offerLayers(parts.layer, Number(props.value.layers));
    parts.at.max = String(rows[0].characters.length - 1);
    point(Math.min(rows[0].begun, rows[0].characters.length - 1));
  };
  parts.at.addEventListener("input", look);
  parts.layer.addEventListener("change", look);
  watch("value", receive);
  receive();
}

/**
 * The shares of attention of the character `at`: of the start, then of every character before it. They add up to 1.
 * @param {Uint8Array} shares (layers, T, T), out of 255
 * @param {number} layers
 * @param {number} length T
 * @param {string} layer its number, or "all" for their mean
 * @param {number} at
 */
export function looked(shares, layers, length, layer, at) {
  const chosen = layer === "all" ? [...Array(layers).keys()] : [Number(layer)];
  const row = (/** @type {number} */ one, /** @type {number} */ i) => shares[(one * length + at) * length + i];
  const sums = Array.from({ length: at + 1 }, (_, i) => chosen.reduce((sum, one) => sum + row(one, i), 0));
  const all = sums.reduce((a, b) => a + b, 0) || 1;
  return sums.map((sum) => sum / all);
}

/** @param {string} character as it is spoken of */
export const spoken = (character) => ({ " ": "the space", "↵": "the end" })[character] ?? `“${character}”`;

/**
 * A text; where `point` is given, a click on a character calls it.
 * @param {Row} row
 * @param {((at: number) => void) | null} point
 */
function drawn(row, point) {
  const made = make("figure"), text = make("p", "text");
  row.characters.forEach(([character, bits], i) => {
    const one = make("span", i < row.begun ? "begun" : "", character);
    one.style.setProperty("--share", String(Math.min(1, bits / MOST)));
    one.title = `${spoken(character)}: ${bits.toFixed(2)} bits`;
    if (point) one.addEventListener("click", () => point(i));
    text.append(one);
  });
  made.append(text, make("figcaption", "", `seed ${row.seed} · ${row.mean.toFixed(2)} bits/character`));
  return made;
}

/**
 * @param {HTMLSelectElement} list
 * @param {number} layers
 */
function offerLayers(list, layers) {
  if (list.options.length === layers + 1) return;
  const numbers = Array.from({ length: layers }, (_, i) => new Option(String(i + 1), String(i)));
  list.replaceChildren(new Option("all", "all"), ...numbers);
}

/**
 * The start and the text, as light as they were looked at; what was not yet written is quiet.
 * @param {[string, number][]} characters
 * @param {number[]} seen
 * @param {number} at
 */
function backwards(characters, seen, at) {
  const most = Math.max(...seen, 1e-9), before = ["start ", ...characters.map(([character]) => character)];
  return before.map((character, i) => {
    const one = make("span", i > at + 1 ? "later" : i === at + 1 ? "here" : "", character);
    if (i <= at) {
      one.style.setProperty("--share", String(seen[i] / most));
      one.title = `${(100 * seen[i]).toFixed(0)} %`;
    }
    return one;
  });
}

/**
 * @param {[string, number][]} characters
 * @param {number[]} seen
 * @param {number} at
 */
function inWords(characters, seen, at) {
  const most = seen.indexOf(Math.max(...seen)), [character, bits] = characters[at];
  const what = most ? `${spoken(characters[most - 1][0])}, ${at - most + 1} before it` : "the start";
  return `${spoken(character)} cost ${bits.toFixed(2)} bits. Most of the attention, ${(100 * seen[most]).toFixed(0)} %, went to ${what}.`;
}
