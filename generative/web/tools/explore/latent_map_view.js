// How places of the map become points of the board and back, and what is drawn there. No state.
// A place is [x, y] in units of the map; a point is [across, down], both from 0 to 1. Inlined after png.js.

// Ten hues that differ in lightness too, for colour-blind eyes (eight of them after Okabe & Ito, "Color Universal Design",
// 2008), darker on a light ground and lighter on a dark one. Shapes go round at another pace: 30 values differ.
const HUES = {
  light: ["#0072b2", "#d55e00", "#009e73", "#c2559d", "#4aa8e0", "#c98a00", "#555b66", "#8f9a00", "#5b2a86", "#7a3b10"],
  dark: ["#4ea3e0", "#ff8a3d", "#27c795", "#e59ac2", "#a5dcff", "#ffc04d", "#b9bec9", "#f0e442", "#b48cf2", "#c98d66"],
};
const SHAPES = ["M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z", "M0-3.8 3.6 2.6H-3.6z", "M-2.7-2.7H2.7V2.7H-2.7z"];

function look(index, dark) {
  return { colour: HUES[dark ? "dark" : "light"][index % 10], shape: SHAPES[index % 3] };
}

// Whether the page is dark, told from the colour of its text.
function isDark(node) {
  const [red, green, blue] = getComputedStyle(node).color.match(/[\d.]+/g).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128;
}

// ── the share of N(0, 1) below x, and its inverse ────────────────────────────────────────────────────────────────────

// Abramowitz & Stegun, Handbook of Mathematical Functions, 26.2.17: off by less than 1e-7.
function shareBelow(x) {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}

function quantile(share) {
  let low = -5, high = 5;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (shareBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// ── places and points ────────────────────────────────────────────────────────────────────────────────────────────────

// `extent`: how far the board reaches, evenly; null for a board of equal shares of N(0, 1).
function pointOf([x, y], extent) {
  const share = extent === null ? shareBelow : (value) => (value + extent) / (2 * extent);
  return [share(x), 1 - share(y)];
}

function placeOf([across, down], extent) {
  const value = extent === null ? quantile : (share) => (2 * share - 1) * extent;
  return [value(across), value(1 - down)];
}

const inside = (point) => point.map((share) => Math.min(1, Math.max(0, share)));

// Column and row of the tile at a point of a sheet of side × side.
const tileAt = (point, side) => inside(point).map((share) => Math.min(side - 1, Math.floor(share * side)));

// ── layers ───────────────────────────────────────────────────────────────────────────────────────────────────────────

// The context of an empty square canvas that is `side` CSS pixels wide.
function square(canvas, side) {
  canvas.width = canvas.height = Math.round(side * devicePixelRatio); // setting a size clears
  return canvas.getContext("2d");
}

function drawSheet(context, image) {
  const side = context.canvas.width;
  context.imageSmoothingEnabled = image.naturalWidth > side;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, side, side);
}

function drawAxes(context, extent, colour) {
  const side = context.canvas.width, [across, down] = pointOf([0, 0], extent).map((share) => Math.round(share * side) + 0.5);
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke(new Path2D(`M${across} 0V${side}M0 ${down}H${side}`));
}

// `lit`: the one value that is to stand out, or null.
function drawPoints(context, points, labels, lit, dark) {
  const side = context.canvas.width, scale = devicePixelRatio;
  const looks = Array.from({ length: Math.max(...labels) + 1 }, (_, i) => look(i, dark));
  const paths = looks.map(({ shape }) => new Path2D(shape));
  const order = [...labels.keys()].sort((a, b) => (labels[a] === lit) - (labels[b] === lit)); // what stands out on top
  for (const i of order) {
    const [across, down] = points[i], away = lit !== null && labels[i] !== lit;
    context.setTransform(scale, 0, 0, scale, across * side, down * side);
    context.globalAlpha = away ? 0.1 : 0.8;
    context.fillStyle = looks[labels[i]].colour;
    context.fill(paths[labels[i]]);
  }
  context.resetTransform();
  context.globalAlpha = 1;
}

// Lines that can be seen on anything: dark, with light beside them.
function drawLine(context, path, width = 1.5) {
  for (const [colour, more] of [["white", 3], ["#111827", 0]]) {
    context.strokeStyle = colour;
    context.lineWidth = (width + more) * devicePixelRatio;
    context.stroke(path);
  }
}

function drawRing(context, point) {
  const [across, down] = inside(point).map((share) => share * context.canvas.width), path = new Path2D();
  path.arc(across, down, 8 * devicePixelRatio, 0, 2 * Math.PI);
  drawLine(context, path, 2);
}

function drawCross(context, point) {
  const side = context.canvas.width, [across, down] = point.map((share) => share * side), arm = 12 * devicePixelRatio;
  drawLine(context, new Path2D(`M${across - arm} ${down}h${2 * arm}M${across} ${down - arm}v${2 * arm}`));
}

function drawTile(context, [column, row], count) {
  const step = context.canvas.width / count, path = new Path2D();
  path.rect(column * step, row * step, step, step);
  drawLine(context, path);
}

function swatch(index, dark) {
  const { colour, shape } = look(index, dark), name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg"), path = document.createElementNS(name, "path");
  svg.setAttribute("viewBox", "-5 -5 10 10");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shape);
  path.setAttribute("fill", colour);
  svg.append(path);
  return svg;
}
