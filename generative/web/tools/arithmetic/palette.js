// The palette that the chips of a formula bar come from.

import { findAll, make } from "../../widgets/kit/dom.js";

/** @typedef {import("./formula_bar.js").FormulaBar} FormulaBar */

/**
 * @param {FormulaBar} bar
 * @param {[string, [string, string][]][]} groups attribute → names and the values in them
 */
export function buildPalette(bar, groups) {
  bar.part.palette.replaceChildren(...groups.map(([attribute, names]) => {
    const row = make("div", "group"), values = make("div", "values");
    values.append(...names.map(([name, value]) => choice(bar, name, value)));
    row.append(make("span", "", attribute), values);
    return row;
  }));
}

/**
 * @param {FormulaBar} bar
 * @param {string} name
 * @param {string} value
 */
function choice(bar, name, value) {
  const button = make("button", "value", value || "any");
  button.dataset.name = name;
  if (!value) button.title = `${name}: any value but none`;
  button.ariaLabel = value ? name : `${name}, of any kind`;
  button.addEventListener("click", () => (bar.has(name) ? bar.remove(name) : bar.add(name)));
  return button;
}

/** @param {FormulaBar} bar */
export function renderPalette(bar) {
  for (const button of findAll(bar.part.palette, "button")) {
    button.setAttribute("aria-pressed", String(bar.has(button.dataset.name)));
  }
}

/**
 * @param {any} part
 * @param {boolean} open
 */
export function openPalette(part, open) {
  part.palette.hidden = !open;
  part.add.setAttribute("aria-expanded", String(open));
  part.add.textContent = open ? "Close" : "Add an attribute…";
}
