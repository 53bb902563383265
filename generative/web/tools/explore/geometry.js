// How places of the map become points of the board and back. No page.
// A place is [x, y] in units of the map; a point is [across, down], both from 0 to 1.

/** @typedef {[number, number]} Pair a place or a point */

// ── the share of N(0, 1) below x, and its inverse ────────────────────────────────────────────────────────────────────

/**
 * Abramowitz & Stegun, Handbook of Mathematical Functions, 26.2.17: off by less than 1e-7.
 * @param {number} x
 */
export function shareBelow(x) {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}

/** @param {number} share */
export function quantile(share) {
  let low = -5, high = 5;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (shareBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// ── places and points ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * @param {Pair} place
 * @param {number | null} extent how far the board reaches, evenly; null for a board of equal shares of N(0, 1)
 * @returns {Pair}
 */
export function pointOf([x, y], extent) {
  const share = extent === null ? shareBelow : (/** @type {number} */ value) => (value + extent) / (2 * extent);
  return [share(x), 1 - share(y)];
}

/**
 * @param {Pair} point
 * @param {number | null} extent as in pointOf
 * @returns {Pair}
 */
export function placeOf([across, down], extent) {
  const value = extent === null ? quantile : (/** @type {number} */ share) => (2 * share - 1) * extent;
  return [value(across), value(1 - down)];
}

/**
 * The nearest point of the board.
 * @param {Pair} point
 * @returns {Pair}
 */
export const inside = ([across, down]) => [Math.min(1, Math.max(0, across)), Math.min(1, Math.max(0, down))];

/**
 * Column and row of the tile at a point of a sheet of side × side.
 * @param {Pair} point
 * @param {number} side
 * @returns {Pair}
 */
export function tileAt(point, side) {
  const [across, down] = inside(point);
  return [Math.min(side - 1, Math.floor(across * side)), Math.min(side - 1, Math.floor(down * side))];
}

/**
 * Which of the places is nearest to one.
 * @param {Pair[]} places
 * @param {Pair} place
 */
export function nearestOf(places, [x, y]) {
  const far = places.map(([a, b]) => (a - x) ** 2 + (b - y) ** 2);
  return far.indexOf(Math.min(...far));
}

/** @param {number} value */
export const signed = (value) => value.toFixed(2).replace("-", "−");

/**
 * A place in words. plane: whether its coordinates are the latent itself.
 * @param {Pair} place
 * @param {boolean} [plane]
 */
export const placeWords = ([x, y], plane) => (plane ? `z₁ ${signed(x)}, z₂ ${signed(y)}` : `x ${signed(x)}, y ${signed(y)}`);
