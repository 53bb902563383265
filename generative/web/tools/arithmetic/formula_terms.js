// The terms of a formula and how they are written. No page.

/** @typedef {[string, number]} Term a name and its amount */

/**
 * As Python writes them: + 0.5 smile - 1 hat.
 * @param {Term[]} terms
 */
export const written = (terms) =>
  terms.map(([name, amount]) => `${amount < 0 ? "-" : "+"} ${Math.abs(amount)} ${name}`).join(" ");

/** @param {number} amount */
export const hundredths = (amount) => Math.round(amount * 100) / 100;

/**
 * The amount of a chip: + 0.5, − 1.25, + 2.0.
 * @param {number} amount
 */
export const amountWords = (amount) =>
  `${amount < 0 ? "−" : "+"} ${Math.abs(amount).toFixed(2).replace(/0$/, "")}`;

/**
 * The last name of `after` whose amount is another, or that is new; "" for none.
 * @param {Term[]} before
 * @param {Term[]} after
 */
export function changedLast(before, after) {
  const known = new Map(before);
  return after.filter(([name, amount]) => known.get(name) !== amount).at(-1)?.[0] ?? "";
}

/**
 * "glasses: sun" → ["glasses", "sun"]; a name without a value has no attribute.
 * @param {string} name
 */
export function parted(name) {
  const at = name.indexOf(": ");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 2)];
}
