// Bytes from Python → canvases → PNG files that carry their recipe. Inlined in front of stage.js.

const GAP = 2; // pixels between the pictures of a saved grid; stage_animation.py uses the same

function decode(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// Picture `index` of a batch of raw bytes in the order N, H, W, C.
function picture(bytes, [, channels, height, width], index) {
  const image = new ImageData(width, height);
  const start = index * height * width * channels;
  for (let p = 0; p < height * width; p++) {
    const from = start + p * channels;
    image.data[4 * p] = bytes[from];
    image.data[4 * p + 1] = bytes[from + (channels === 3 ? 1 : 0)];
    image.data[4 * p + 2] = bytes[from + (channels === 3 ? 2 : 0)];
    image.data[4 * p + 3] = 255;
  }
  return image;
}

function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

// All pictures of each panel in `columns` columns, panels next to each other, on white.
function gridCanvas(panels, shape, columns) {
  const [count, , height, width] = shape;
  const rows = Math.ceil(count / columns);
  const panelWidth = columns * (width + GAP) - GAP;
  const canvas = newCanvas(panels.length * (panelWidth + 4 * GAP) - 4 * GAP, rows * (height + GAP) - GAP);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  panels.forEach((bytes, panel) => {
    for (let i = 0; i < count; i++) {
      const x = panel * (panelWidth + 4 * GAP) + (i % columns) * (width + GAP);
      context.putImageData(picture(bytes, shape, i), x, Math.floor(i / columns) * (height + GAP));
    }
  });
  return canvas;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// An uncompressed iTXt chunk (PNG specification, 11.3.3.4) with the keyword "generative".
function textChunk(text) {
  const body = new TextEncoder().encode("iTXtgenerative\0\0\0\0\0" + text);
  const chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(4 + body.length, crc32(body));
  return chunk;
}

// The canvas as a PNG; `recipe`, if there is one, goes right after the signature (8 bytes) and IHDR (25 bytes).
async function png(canvas, recipe) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!recipe) return blob;
  return new Blob([blob.slice(0, 33), textChunk(recipe), blob.slice(33)], { type: "image/png" });
}

function saveAs(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function fileName(...words) {
  return words.join(" ").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "generated";
}
