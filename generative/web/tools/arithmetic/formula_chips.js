// The chips of a formula bar, each with a slider.

import { STRONGEST } from "../../widgets/kit/constants.js";
import { find, make } from "../../widgets/kit/dom.js";
import { amountWords, parted } from "./formula_terms.js";

const STEP = 0.05;

/** @typedef {import("./formula_bar.js").FormulaBar} FormulaBar */

/** @param {FormulaBar} bar */
export function renderChips(bar) {
  const { chips } = bar.part, names = JSON.stringify(bar.terms.map(([name]) => name));
  if (chips.dataset.names !== names) chips.replaceChildren(...bar.terms.map(([name]) => chip(bar, name)));
  chips.dataset.names = names;
  bar.terms.forEach(([name, amount], i) => {
    const item = chips.children[i], slider = find(item, "input"), words = amountWords(amount);
    item.classList.toggle("moved", name === bar.moved && bar.terms.length > 1);
    find(item, "output").textContent = words;
    slider.setAttribute("aria-valuetext", words);
    if (Number(slider.value) !== amount) slider.value = amount;
  });
}

/**
 * @param {FormulaBar} bar
 * @param {string} name
 */
function chip(bar, name) {
  const item = make("li", "chip"), head = make("div");
  head.append(make("output"), label(name), removal(bar, name));
  item.append(head, slider(bar, name));
  return item;
}

/** @param {string} name */
function label(name) {
  const [attribute, value] = parted(name), node = make("span", "name");
  if (attribute) node.append(make("small", "", `${attribute} `));
  node.append(value);
  node.title = name;
  return node;
}

/**
 * @param {FormulaBar} bar
 * @param {string} name
 */
function removal(bar, name) {
  const node = make("button", "remove", "×");
  node.title = node.ariaLabel = `Remove ${name}`;
  node.addEventListener("click", () => bar.remove(name));
  return node;
}

/**
 * @param {FormulaBar} bar
 * @param {string} name
 */
function slider(bar, name) {
  const node = make("input"), title = "Double click: back to 0";
  Object.assign(node, { type: "range", min: -STRONGEST, max: STRONGEST, step: STEP, title, ariaLabel: `Amount of ${name}` });
  node.addEventListener("input", () => bar.set(name, Number(node.value)));
  node.addEventListener("dblclick", () => bar.set(name, 0));
  return node;
}
