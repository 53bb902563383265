// Saves the sheet, a grid or a strip, as one picture.

import { find } from "../../widgets/kit/dom.js";
import { ink, newCanvas, savePicture } from "../../widgets/kit/png.js";

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element }) {
  element.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-name]") : null;
    if (button instanceof HTMLElement) save(element, button.dataset.name ?? "");
  });
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 */
async function save(element, name) {
  const figure = find(element, "figure"), image = new Image();
  image.src = find(figure, "img")?.src ?? figure.style.getPropertyValue("--sheet").slice(4, -1);
  await image.decode();
  const canvas = newCanvas(image.naturalWidth, image.naturalHeight);
  ink(canvas).drawImage(image, 0, 0);
  await savePicture(canvas, find(element, "select"), name);
}
