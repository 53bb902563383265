// Bytes from Python → canvases → PNG files that carry their recipe.

import { GAP, LARGEST_PICTURE, PANEL_GAP, SCALES } from "./constants.js";
import { make } from "./dom.js";

/**
 * @param {string} base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function decode(base64) {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/**
 * The RGBA bytes of picture `index` of a batch of raw bytes in the order N, H, W, C.
 * @param {Uint8Array} bytes
 * @param {number[]} shape [N, C, H, W]
 * @param {number} index
 */
export function rgba(bytes, [, channels, height, width], index) {
  const area = height * width, start = index * area * channels, out = new Uint8ClampedArray(4 * area);
  const [green, blue] = channels === 3 ? [1, 2] : [0, 0];
  for (let p = 0; p < area; p++) {
    const from = start + p * channels;
    out[4 * p] = bytes[from];
    out[4 * p + 1] = bytes[from + green];
    out[4 * p + 2] = bytes[from + blue];
    out[4 * p + 3] = 255;
  }
  return out;
}

/**
 * @param {Uint8Array} bytes
 * @param {number[]} shape [N, C, H, W]
 * @param {number} index
 */
export const picture = (bytes, shape, index) => new ImageData(rgba(bytes, shape, index), shape[3], shape[2]);

/**
 * @param {number} width
 * @param {number} height
 */
export function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
export const ink = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/**
 * The context of an empty canvas of this size.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function fresh(canvas, width, height) {
  canvas.width = width; // setting a size clears
  canvas.height = height;
  return ink(canvas);
}

/**
 * All pictures of each panel in `columns` columns, panels next to each other, on white.
 * @param {Uint8Array[]} panels
 * @param {number[]} shape [N, C, H, W]
 * @param {number} columns
 */
export function gridCanvas(panels, shape, columns) {
  const [count, , height, width] = shape, rows = Math.ceil(count / columns);
  const across = columns * (width + GAP) - GAP;
  const canvas = newCanvas(panels.length * (across + PANEL_GAP) - PANEL_GAP, rows * (height + GAP) - GAP);
  const context = ink(canvas);
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  panels.forEach((bytes, panel) => {
    for (let i = 0; i < count; i++) {
      const x = panel * (across + PANEL_GAP) + (i % columns) * (width + GAP);
      context.putImageData(picture(bytes, shape, i), x, Math.floor(i / columns) * (height + GAP));
    }
  });
  return canvas;
}

/**
 * Each pixel as a square of `factor` × `factor`; null where that would be more than a browser can hold.
 * @param {HTMLCanvasElement} canvas
 * @param {number} factor
 */
export function enlarged(canvas, factor) {
  if (factor === 1) return canvas;
  if (canvas.width * canvas.height * factor ** 2 > LARGEST_PICTURE) return null;
  const large = newCanvas(canvas.width * factor, canvas.height * factor), context = ink(large);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, large.width, large.height);
  return large;
}

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/**
 * An uncompressed iTXt chunk (PNG specification, 11.3.3.4) with the keyword "generative".
 * @param {string} text
 */
export function textChunk(text) {
  const body = new TextEncoder().encode(`iTXtgenerative\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(body.length + 8), view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(4 + body.length, crc32(body));
  return chunk;
}

/**
 * The canvas as a PNG; the recipe, if there is one, goes right after the signature (8 bytes) and IHDR (25 bytes).
 * @param {HTMLCanvasElement} canvas
 * @param {string | null} [recipe]
 * @returns {Promise<Blob>}
 */
export async function png(canvas, recipe) {
  /** @type {Blob} */
  const blob = await new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no PNG was made"))), "image/png");
  });
  if (!recipe) return blob;
  return new Blob([blob.slice(0, 33), textChunk(recipe), blob.slice(33)], { type: "image/png" });
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function saveAs(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {...(string | number)} words */
export function fileName(...words) {
  return words.join(" ").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "generated";
}

// ── how large a picture is saved ─────────────────────────────────────────────────────────────────────────────────

/**
 * Fills a menu with the sizes that a picture can be saved in. Each pixel stays a square, so nothing is made up.
 * @param {HTMLSelectElement} menu
 */
export function offerScales(menu) {
  const options = SCALES.map((factor) => {
    const option = make("option", "", `${factor}×`);
    option.value = String(factor);
    return option;
  });
  menu.replaceChildren(...options);
  menu.title = "How many pixels wide each pixel of the picture is saved; 1× is the model's own resolution";
  menu.setAttribute("aria-label", "Size of the saved picture");
}

/**
 * Saves a canvas in the size that a menu says; false where that would be too large.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLSelectElement} menu
 * @param {string} name without ending
 * @param {string | null} [recipe]
 */
export async function savePicture(canvas, menu, name, recipe) {
  const large = enlarged(canvas, Number(menu.value));
  if (large) saveAs(await png(large, recipe), `${name}.png`);
  return large !== null;
}
