// What a brush, a pen and the masks at one click do to bytes: no page, no state.
// Places are {x, y} in pixels of the picture: the middle of its first pixel is at 0.5, 0.5.

/** @typedef {{ x: number, y: number }} Place */
/** @typedef {[number, number]} Cell row and column of a pixel */

/**
 * @param {Uint8Array | null | undefined} a
 * @param {Uint8Array | null | undefined} b
 */
export const sameBytes = (a, b) =>
  a === b || Boolean(a && b && a.length === b.length && a.every((value, i) => value === b[i]));

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// ── the brush of the mask ────────────────────────────────────────────────────────────────────────────────────────

/**
 * The pixels under a round brush `size` pixels across that is put down at a place: crisp and symmetric.
 * @param {Place} place
 * @param {number} size
 * @param {number} height
 * @param {number} width
 * @returns {Cell[]}
 */
export function disc({ x, y }, size, height, width) {
  const nearest = (/** @type {number} */ at) => (size % 2 ? Math.floor(at) + 0.5 : Math.round(at));
  const [middleX, middleY] = [nearest(x), nearest(y)];
  /** @type {Cell[]} */
  const cells = [];
  for (let row = Math.max(0, Math.floor(middleY - size / 2)); row < Math.min(height, middleY + size / 2); row++) {
    for (let column = Math.max(0, Math.floor(middleX - size / 2)); column < Math.min(width, middleX + size / 2); column++) {
      if (Math.hypot(column + 0.5 - middleX, row + 0.5 - middleY) <= size / 2) cells.push([row, column]);
    }
  }
  return cells;
}

/**
 * Sets all pixels that the brush passes on a straight way to `value`.
 * @param {Uint8Array} mask
 * @param {Place} from
 * @param {Place} to
 * @param {number} size
 * @param {number} value
 * @param {number} height
 * @param {number} width
 */
export function sweep(mask, from, to, size, value, height, width) {
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
  for (let i = 0; i <= steps; i++) {
    const place = { x: from.x + ((to.x - from.x) * i) / steps, y: from.y + ((to.y - from.y) * i) / steps };
    for (const [row, column] of disc(place, size, height, width)) mask[row * width + column] = value;
  }
}

// ── masks at one click ───────────────────────────────────────────────────────────────────────────────────────────

/** @type {Record<string, (row: number, column: number, height: number, width: number) => boolean>} */
const MASKS = {
  lower: (row, column, height) => row + 0.5 >= height / 2,
  right: (row, column, height, width) => column + 0.5 >= width / 2,
  middle: (row, column, height, width) =>
    Math.abs(row + 0.5 - height / 2) < height / 4 && Math.abs(column + 0.5 - width / 2) < width / 4,
  everything: () => true,
  clear: () => false,
};

/**
 * @param {string} kind one of MASKS, "random" or "invert"
 * @param {Uint8Array | null} old
 * @param {number} height
 * @param {number} width
 */
export function maskAtOneClick(kind, old, height, width) {
  if (kind === "random") return randomHalf(height * width);
  if (kind === "invert") return Uint8Array.from({ length: height * width }, (_, i) => 1 - (old?.[i] ?? 0));
  const chosen = MASKS[kind];
  const value = (/** @type {number} */ i) => Number(chosen(Math.floor(i / width), i % width, height, width));
  return Uint8Array.from({ length: height * width }, (_, i) => value(i));
}

/**
 * Exactly half of the pixels, each half as likely as any other (Fisher and Yates).
 * @param {number} count
 */
export function randomHalf(count) {
  const mask = new Uint8Array(count).fill(1, 0, Math.floor(count / 2));
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(Math.random() * (i + 1));
    [mask[i], mask[other]] = [mask[other], mask[i]];
  }
  return mask;
}

// ── the pen ──────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * How much of each pixel a round pen covers on a straight way. `coverage` keeps the most of the whole stroke, so that
 * its soft edge stays soft where the pen passes twice.
 * @param {Float32Array} coverage
 * @param {Place} from
 * @param {Place} to
 * @param {number} size
 * @param {number} height
 * @param {number} width
 */
export function cover(coverage, from, to, size, height, width) {
  const reach = size / 2 + 0.5, dx = to.x - from.x, dy = to.y - from.y, squared = dx * dx + dy * dy;
  const [top, bottom] = reached(from.y, to.y, reach, height), [left, right] = reached(from.x, to.x, reach, width);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const x = column + 0.5 - from.x, y = row + 0.5 - from.y;
      const along = squared ? clamp((x * dx + y * dy) / squared, 0, 1) : 0;
      const much = clamp(reach - Math.hypot(x - along * dx, y - along * dy), 0, 1);
      coverage[row * width + column] = Math.max(coverage[row * width + column], much);
    }
  }
}

/**
 * From which to which pixel a pen reaches along one axis.
 * @param {number} a
 * @param {number} b
 * @param {number} reach
 * @param {number} side
 */
const reached = (a, b, reach, side) =>
  [Math.max(0, Math.floor(Math.min(a, b) - reach)), Math.min(side, Math.ceil(Math.max(a, b) + reach))];

/**
 * `base`, in the order H, W, C, with `colour` laid over it.
 * @param {Uint8Array} base
 * @param {Float32Array} coverage
 * @param {number[]} colour
 */
export function mixed(base, coverage, colour) {
  return base.map((value, i) => {
    const much = coverage[Math.floor(i / colour.length)];
    return much ? Math.round(value + (colour[i % colour.length] - value) * much) : value;
  });
}

/**
 * @param {number[]} colour
 * @param {number} height
 * @param {number} width
 */
export function filled(colour, height, width) {
  return Uint8Array.from({ length: height * width * colour.length }, (_, i) => colour[i % colour.length]);
}
