// The four canvases of an easel, one over the other: picture, what lies over it, mask, marks.

import { fresh, picture } from "../kit/png.js";
import { disc } from "./brush.js";
import { drawGrid, drawMask, frameCell, outlineCells, outlineRound } from "./drawing.js";

/** @typedef {import("./easel.js").Easel} Easel */

/** @param {Easel} easel */
export function layOut(easel) {
  const { part, work } = easel, side = part.box.clientWidth;
  if (!work.shape || !side) return;
  const [, height, width] = work.shape;
  easel.scale = Math.max(1, Math.floor((side * devicePixelRatio) / Math.max(height, width)));
  part.board.style.width = `${(width * easel.scale) / devicePixelRatio}px`;
  part.board.style.height = `${(height * easel.scale) / devicePixelRatio}px`;
}

/** @param {Easel} easel */
export function drawPicture({ part, work, shownPicture, overlay, overlayShown, stroke }) {
  if (!work.shape) return;
  const [, height, width] = work.shape, context = fresh(part.picture, width, height);
  if (shownPicture) context.putImageData(picture(shownPicture, [1, ...work.shape], 0), 0, 0);
  const above = fresh(part.overlay, width, height);
  if (!overlay || !overlayShown || stroke?.picture) return;
  above.putImageData(new ImageData(new Uint8ClampedArray(overlay.bytes), width, height), 0, 0);
}

/** @param {Easel} easel */
export function drawMaskLayer({ part, root, work, shownMask, scale }) {
  if (!work.shape) return;
  const [, height, width] = work.shape, colour = getComputedStyle(root).getPropertyValue("--color-accent");
  drawMask(part.mask, shownMask, height, width, scale, colour);
}

/** @param {Easel} easel */
export function drawMarks(easel) {
  const { part, work, scale, marked, place } = easel;
  if (!work.shape) return;
  const [, height, width] = work.shape, context = fresh(part.marks, width * scale, height * scale);
  if (easel.shownPicture) drawGrid(context, height, width, scale);
  if (marked) frameCell(context, marked, scale);
  if (!place || !easel.able) return;
  if (easel.tool === "mask") outlineCells(context, disc(place, easel.sized("mask"), height, width), scale);
  else if (easel.tool === "draw") outlineRound(context, place, easel.sized("draw"), scale);
  else outlineCells(context, [easel.cellAt(place)], scale);
}
