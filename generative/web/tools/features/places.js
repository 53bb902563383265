// Where pictures lie on the map, without a page.

/** @typedef {[number, number]} Place both from 0 to 1, the second one downwards */

/**
 * Which place is nearest to a point; −1 where there are none.
 * @param {Place[]} places
 * @param {Place} point
 */
export function nearest(places, [x, y]) {
  let best = -1, least = Infinity;
  places.forEach(([px, py], i) => {
    const apart = (px - x) ** 2 + (py - y) ** 2;
    if (apart < least) [best, least] = [i, apart];
  });
  return best;
}

/**
 * The nearest place that lies in a direction, more along it than beside it; `from` itself where there is none.
 * @param {Place[]} places
 * @param {number} from
 * @param {Place} direction a step along one axis
 */
export function onward(places, from, [dx, dy]) {
  const [x, y] = places[from];
  let best = from, least = Infinity;
  places.forEach(([px, py], i) => {
    const along = (px - x) * dx + (py - y) * dy, beside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
    const apart = along + beside;
    if (i !== from && along > beside && apart < least) [best, least] = [i, apart];
  });
  return best;
}
