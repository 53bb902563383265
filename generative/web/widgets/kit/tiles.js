// Pictures with a title over and a note under them, and what is waited for or went wrong. Inlined after png.js.

// Puts a tile of equation.py into a figure with canvas, title and note; without a tile the figure is away.
function showTile(figure, tile) {
  figure.hidden = !tile;
  if (!tile) return;
  const [channels, height, width] = tile.shape, canvas = figure.querySelector("canvas");
  canvas.width = width; // setting a size clears
  canvas.height = height;
  canvas.getContext("2d").putImageData(picture(decode(tile.pixels), [1, channels, height, width], 0), 0, 0);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", [tile.title, tile.note].filter(Boolean).join(": "));
  const title = figure.querySelector("[data-title]"), note = figure.querySelector("[data-note]");
  if (title) title.textContent = tile.title;
  if (note) note.textContent = note.title = tile.note;
}

// As wide as there is room for, in whole screen pixels a pixel, so that all pixels of a picture are equally large.
function fitTile(canvas, room) {
  const scale = (room * devicePixelRatio) / canvas.width;
  canvas.style.width = `${scale < 1 ? room : (Math.floor(scale) * canvas.width) / devicePixelRatio}px`;
}

function showMessage(node, error, busy) {
  node.hidden = !error && !busy;
  node.dataset.kind = error ? "error" : "busy";
  node.textContent = error || busy || "";
}
