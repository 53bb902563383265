// What each of the three sets is made of, and the pictures that can be picked for one.

import { ACROSS } from "../../widgets/kit/constants.js";
import { find, make } from "../../widgets/kit/dom.js";

const NAMES = ["A", "B", "C"];

/** @typedef {import("./triplet.js").Triplet} Triplet */

/**
 * @param {Triplet} triplet
 * @param {number} index
 */
export function renderChoice(triplet, index) {
  const choice = find(triplet.panels[index], ".choice"), set = triplet.sets[index];
  const focused = choice.contains(document.activeElement) ? (document.activeElement?.className ?? "") : null;
  const chosen = make("div", "labels"), button = pickButton(triplet, index);
  chosen.append(...set.labels.map((name) => label(triplet, index, name)));
  chosen.append(...set.picked.map((number) => picked(triplet, index, number)));
  choice.replaceChildren(chosen, ...(triplet.groups.length ? [menu(triplet, index)] : []), button);
  if (focused !== null) (focused === "pick" ? button : find(choice, "select") ?? button).focus();
}

/** @param {Triplet} triplet */
export function renderPool(triplet) {
  const { part, picking, pictures, sets } = triplet;
  part.pool.hidden = picking === null;
  if (picking === null) return;
  part.poolTitle.textContent = `Pictures for ${NAMES[picking]}: three or more of a kind do better than one`;
  const focused = [...part.pictures.children].indexOf(document.activeElement);
  part.pictures.replaceChildren(...pictures.names.map((name, number) => {
    const button = thumb(triplet, number, name);
    button.setAttribute("aria-pressed", String(sets[picking].picked.includes(number)));
    button.addEventListener("click", () => triplet.pick(picking, number));
    return button;
  }));
  part.pictures.children[focused]?.focus();
}

/**
 * @param {Triplet} triplet
 * @param {number} number
 * @param {string} words
 */
function thumb({ pictures: { sheet, names } }, number, words) {
  const button = make("button", "picture"), { style } = button;
  style.backgroundImage = `url(${sheet})`;
  style.setProperty("--rows", String(Math.ceil(names.length / ACROSS)));
  style.setProperty("--x", String(number % ACROSS));
  style.setProperty("--y", String(Math.floor(number / ACROSS)));
  button.title = button.ariaLabel = words;
  return button;
}

/**
 * @param {Triplet} triplet
 * @param {number} index
 * @param {string} name
 */
function label(triplet, index, name) {
  const { labels } = triplet.sets[index], button = make("button", "label", name);
  button.title = button.ariaLabel = `Remove ${name} from ${NAMES[index]}`;
  button.addEventListener("click", () => {
    triplet.change(index, { labels: labels.filter((one) => one !== name), picked: [] });
  });
  return button;
}

/**
 * @param {Triplet} triplet
 * @param {number} index
 * @param {number} number
 */
function picked(triplet, index, number) {
  const button = thumb(triplet, number, `Remove from ${NAMES[index]}: ${triplet.pictures.names[number] ?? ""}`);
  button.addEventListener("click", () => triplet.pick(index, number));
  return button;
}

/**
 * @param {Triplet} triplet
 * @param {number} index
 */
function pickButton(triplet, index) {
  const button = make("button", "pick", "Pick pictures");
  button.setAttribute("aria-pressed", String(triplet.picking === index));
  button.addEventListener("click", () => triplet.pickFor(index));
  return button;
}

/**
 * @param {Triplet} triplet
 * @param {number} index
 */
function menu(triplet, index) {
  const list = make("select"), { labels } = triplet.sets[index];
  list.ariaLabel = `What the examples of ${NAMES[index]} are to have`;
  list.title = "Several values of one attribute: any of them. Several attributes: all of them";
  list.append(new Option("Add an attribute…", ""), ...triplet.groups.map(([attribute, names]) => {
    const group = make("optgroup");
    group.label = attribute;
    group.append(...names.filter(([name]) => !labels.includes(name)).map(([name, value]) => new Option(value, name)));
    return group;
  }));
  list.addEventListener("change", () => triplet.change(index, { labels: [...labels, list.value], picked: [] }));
  return list;
}
