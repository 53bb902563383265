// Where the boxes of a diagram stand, and which of them are at work. No page.

export const WIDE = 124, HIGH = 112, APART = 32; // a box; what lies between two
const LINES = 28; // between two rows of boxes, where a way leads back

/**
 * @typedef {object} Part as mechanism.py describes it
 * @property {string} title
 * @property {string} help
 * @property {string} shows
 * @property {string} lit
 */

/**
 * The corner of each box, in rows that fit into `width`, and how high all of them are.
 * @param {number} count
 * @param {number} width
 */
export function placed(count, width) {
  const across = Math.max(1, Math.min(count, Math.floor((width + APART) / (WIDE + APART))));
  const corners = Array.from({ length: count }, (_, index) => ({
    x: (index % across) * (WIDE + APART) + 2, y: Math.floor(index / across) * (HIGH + LINES) + 2,
  }));
  return { corners, across, height: Math.ceil(count / across) * (HIGH + LINES) };
}

/**
 * Whether a part is at work: at the first moment, at the last, or in between.
 * @param {Part} part
 * @param {{ step: number, total: number }} moment
 */
export function atWork({ lit }, { step, total }) {
  if (lit === "last") return step === total;
  if (lit === "first") return step === 1;
  return step < total;
}
