// What an easel says: its state in words, for the line under the picture and for who cannot see it.

/** @typedef {import("./easel.js").Easel} Easel */
/** @typedef {import("./brush.js").Cell} Cell */

/** @type {Record<string, string>} */
const HELP = {
  mask: "Arrow keys move the brush, Space paints, Shift and Space erase. Control and Z undo.",
  draw: "Arrow keys move the pen, Space draws a dot, Shift and Space put background there. Control and Z undo.",
  point: "Arrow keys choose a pixel, Enter asks about it.",
};

/** @param {Easel} easel */
export function renderWords(easel) {
  const { part, alt, tools, work } = easel, [, height, width] = work.shape ?? [];
  part.brushWords.textContent = `${easel.sized("mask")} px`;
  part.penWords.textContent = `${easel.sized("draw")} px`;
  part.name.textContent = part.name.title = alt;
  part.status.textContent = statusWords(easel);
  part.empty.textContent = `Choose a picture${tools.includes("draw") && work.shape ? ", or draw one here" : ""}`;
  part.help.textContent = HELP[easel.tool];
  part.board.setAttribute("aria-label", `${alt || "Picture"}${height ? `, ${width} by ${height} pixels` : ""}`);
}

/** @param {Easel} easel */
export function statusWords(easel) {
  const { tool, work } = easel;
  if (!work.shape || !easel.able) return "";
  const [channels, height, width] = work.shape;
  if (tool === "mask") {
    const count = easel.shownMask?.reduce((sum, value) => sum + value, 0) ?? 0;
    return count ? `${count} of ${height * width} pixels to invent` : "Paint over what is to be invented";
  }
  const cell = easel.cellOfInterest;
  if (cell) return cellWords(easel, cell);
  return tool === "draw" ? `${width} × ${height} pixels, ${channels === 1 ? "grey" : "colour"}` : "";
}

/**
 * @param {Easel} easel
 * @param {Cell} cell
 */
export function cellWords(easel, [row, column]) {
  const [channels, , width] = easel.work.shape ?? [0, 0, 0], at = row * width + column;
  const values = [...(easel.shownPicture?.subarray(at * channels, (at + 1) * channels) ?? [])];
  const words = easel.shownMask?.[at] ? "to invent" : values.map((value) => (value / 255).toFixed(2)).join(", ");
  return `Row ${row}, column ${column}${words ? `: ${words}` : ""}`;
}
