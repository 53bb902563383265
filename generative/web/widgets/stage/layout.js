// Where the pictures of a stage stand and how large they are, in CSS pixels. No page.

const CAPTION = 20, PANEL_TITLE = 28, BETWEEN = 24; // under a picture, over a panel, between two panels
const LOW = 548, MORE = 92, MANY = 36; // height of all pictures; what is added for more than MANY
const BELOW = 140; // what stands under them: the status, the timeline, the buttons
const AROUND = 384; // what stands over and under them on a screen that is scrolled to them
const FINGER = 44; // what is smaller is hard to hit
const LEAST = 180, LOWEST = 300, HIGHEST = 1200; // as low as they may be on one screen with what is over them; at all
export const PHONE = 480; // width from which on panels stand side by side

/**
 * How high all pictures may be, so that they stand on one screen with their timeline: without scrolling where that is
 * possible and the screen is none that is held upright.
 * @param {number[]} screen [width, height]
 * @param {number} top where they begin on the page
 */
export function roomOn([width, height], top) {
  const room = height - top - BELOW;
  return Math.min(HIGHEST, width > height && room >= LEAST ? room : Math.max(LOWEST, height - AROUND));
}

/** @param {number} count */
const gapFor = (count) => (count > MANY ? 4 : count > 9 ? 6 : 10);

/**
 * Full rows where the grid stays no wider than 2.5 : 1, else as square as it gets. 2 → 2, 8 → 4, 12 → 4, 64 → 8.
 * @param {number} count
 */
export function balancedColumns(count) {
  const square = Math.ceil(Math.sqrt(count));
  for (let c = square; c * c <= 2.5 * count; c++) if (count % c === 0) return c;
  return count === 3 ? 3 : square;
}

/**
 * The widest picture so that `columns` columns of them fit into the box.
 * @param {number[]} shape [N, C, H, W]
 * @param {number} columns
 * @param {number} width
 * @param {number} height
 */
export function cellWidth([count, , rows, across], columns, width, height) {
  const gap = gapFor(count), lines = Math.ceil(count / columns);
  const byWidth = (width - gap * (columns - 1)) / columns;
  const byHeight = ((height - gap * (lines - 1)) / lines - CAPTION) * (across / rows);
  return Math.max(8, Math.min(byWidth, byHeight));
}

/**
 * From three screen pixels a pixel on, whole numbers of screen pixels: all pixels of a picture are then equally large.
 * @param {number} cell
 * @param {number} pixels
 * @param {number} density screen pixels a CSS pixel
 */
export function snap(cell, pixels, density) {
  const scale = (cell * density) / pixels;
  return scale >= 3 ? (Math.floor(scale) * pixels) / density : Math.floor(cell);
}

/**
 * The columns and the cell with which a panel is used best; full rows are worth somewhat smaller pictures.
 * @param {number[]} shape [N, C, H, W]
 * @param {number} width
 * @param {number} height
 */
function best(shape, width, height) {
  const tried = Array.from({ length: shape[0] }, (_, i) => {
    const cell = cellWidth(shape, i + 1, width, height);
    return { columns: i + 1, cell, score: cell * (shape[0] % (i + 1) ? 1 : 1.25) };
  });
  return tried.reduce((one, other) => (other.score > one.score ? other : one));
}

/**
 * @param {number[]} shape [N, C, H, W]
 * @param {number} width of all
 * @param {number} panels on show, 1 to 3
 * @param {number} density screen pixels a CSS pixel
 * @param {number} high how high all pictures may be
 */
export function arrange(shape, width, panels, density, high = LOW) {
  const [count, , height, across] = shape, gap = gapFor(count), stacked = panels > 1 && width < PHONE;
  let columns = balancedColumns(count);
  let cell = cellWidth(shape, columns, width, count > MANY ? high + MORE : high);
  const lines = Math.ceil(count / columns);
  let reserved = Math.ceil(lines * (cell * (height / across) + CAPTION) + gap * (lines - 1));
  if (stacked) reserved *= (1 + panels) / 2;
  if (panels === 1 && cell < FINGER) ({ columns, cell } = best(shape, width, reserved));
  if (panels > 1) {
    const between = BETWEEN * (panels - 1), side = stacked ? width : (width - between) / panels;
    ({ columns, cell } = best(shape, side, (stacked ? (reserved - between) / panels : reserved) - PANEL_TITLE));
  }
  return { columns, gap, reserved, stacked, cell: snap(cell, across, density), ratio: across / height };
}
