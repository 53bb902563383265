// The buttons, sliders and menus around an easel.

import { findAll, make, radio, unique } from "../kit/dom.js";
import { filled, maskAtOneClick } from "./brush.js";

const SWATCHES = {
  black: "#000000", white: "#ffffff", skin: "#e3b088", brown: "#6d4126", red: "#d8483e", yellow: "#f1c232", blue: "#3c78d8",
};
/** @type {Record<string, string>} */
const TOOL_TITLES = { mask: "Mask", draw: "Draw", point: "Point" };

/** @typedef {import("./easel.js").Easel} Easel */

/** @param {Easel} easel */
export function buildControls(easel) {
  const { part, root, tools } = easel;
  offerTools(easel);
  for (const panel of findAll(root, "[data-for]")) if (!tools.includes(panel.dataset.for)) panel.remove();
  root.classList.toggle("several", tools.length > 1);
  part.history.hidden = tools.join() === "point"; // nothing to undo
  part.help.id = unique("help");
  part.board.setAttribute("aria-describedby", part.help.id);
  offerBrushes(easel);
  offerColours(part);
  offerActions(easel);
}

/** @param {Easel} easel */
function offerTools(easel) {
  const { part, tools } = easel, name = unique("tool");
  for (const tool of tools) {
    const label = make("label"), choice = radio(make("input"), name, () => easel.choose(tool));
    choice.checked = tool === easel.tool;
    label.append(choice, make("span", "", TOOL_TITLES[tool]));
    part.tools.append(label);
  }
  part.tools.hidden = tools.length < 2;
}

/** @param {Easel} easel */
function offerBrushes(easel) {
  const { part } = easel, name = unique("brush");
  for (const node of [part.brush, part.eraser]) radio(node, name, () => easel.render());
  for (const node of [part.brushSize, part.penSize]) node.addEventListener("input", () => easel.renderWords());
}

/** @param {any} part */
function offerColours(part) {
  for (const [name, colour] of Object.entries(SWATCHES)) {
    const swatch = make("button", "swatch");
    swatch.title = name;
    swatch.ariaLabel = `Pen colour ${name}`;
    swatch.style.background = colour;
    swatch.addEventListener("click", () => { part.colour.value = colour; });
    part.colours.append(swatch);
  }
}

/** @param {Easel} easel */
function offerActions(easel) {
  const { part, root } = easel;
  for (const button of findAll(root, "[data-mask]")) {
    button.addEventListener("click", () => maskBy(easel, button.dataset.mask));
  }
  part.blank.addEventListener("click", () => {
    const { height, width } = easel.sides;
    easel.commit({ picture: filled(easel.background, height, width) });
  });
  part.undo.addEventListener("click", () => easel.undo());
  part.redo.addEventListener("click", () => easel.redo());
  part.overlayShown.addEventListener("click", () => easel.toggleOverlay());
}

/**
 * @param {Easel} easel
 * @param {string} kind
 */
function maskBy(easel, kind) {
  const { height, width } = easel.sides;
  easel.commit({ mask: maskAtOneClick(kind, easel.work.mask, height, width) });
}

/** @param {Easel} easel */
export function renderControls({ part, root, tool, work, history, overlay, overlayShown }) {
  const grey = work.shape?.[0] !== 3;
  for (const panel of findAll(root, "[data-for]")) panel.classList.toggle("away", panel.dataset.for !== tool);
  for (const button of findAll(root, "[data-mask]")) button.disabled = !work.picture;
  part.blank.disabled = !work.shape;
  part.undo.disabled = !history.past.length;
  part.redo.disabled = !history.future.length;
  part.greys.hidden = !grey;
  part.colours.hidden = grey;
  part.legend.hidden = !overlay;
  root.classList.toggle("overlaid", Boolean(overlay));
  part.overlayShown.setAttribute("aria-pressed", String(overlayShown));
  if (!overlay) return;
  part.overlayName.textContent = part.overlayName.title = overlay.name;
  part.gradient.style.setProperty("--stops", overlay.stops);
}
