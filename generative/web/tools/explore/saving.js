// What leaves a latent map as a file: the picture on show, and the decoded places as one grid.

import { decode, fileName, ink, newCanvas, offerScales, picture, saveAs, savePicture } from "../../widgets/kit/png.js";

/** @typedef {import("./latent_map.js").LatentMap} LatentMap */

/** @param {LatentMap} map */
export function offerSaving(map) {
  const { part } = map;
  offerScales(part.size);
  part.saveGrid.addEventListener("click", () => saveGrid(map));
  part.savePicture.addEventListener("click", () => saveShown(map));
}

/** @param {LatentMap} map */
function saveGrid({ sheet, chart }) {
  if (!sheet || !chart) return;
  const file = new Blob([decode(sheet.png.split(",")[1])], { type: "image/png" });
  saveAs(file, `${fileName(chart.dataset, chart.title, "grid")}.png`);
}

/** @param {LatentMap} map */
async function saveShown({ chart, pixels, part, title }) {
  if (!chart || !pixels) return;
  const [, height, width] = chart.shape, canvas = newCanvas(width, height);
  ink(canvas).putImageData(picture(pixels, [1, ...chart.shape], 0), 0, 0);
  await savePicture(canvas, part.size, fileName(chart.dataset, chart.title, title));
}
