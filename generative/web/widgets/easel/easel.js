// The easel in the browser: one picture, a mask over it, and the tools mask, draw and point.
// Gradio runs nodes.js + png.js + easel_brush.js + easel_view.js + easel.js + easel_hand.js, once per easel, as the body of one
// function of (element, trigger, props, server, upload, watch). What goes to and fro is described in easel.py.

const part = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const root = part.root;
const tools = root.dataset.tools.split(" ");
const uid = Math.random().toString(36).slice(2);

const HISTORY = 100;
const SWATCHES = {
  black: "#000000", white: "#ffffff", skin: "#e3b088", brown: "#6d4126", red: "#d8483e", yellow: "#f1c232", blue: "#3c78d8",
};
const TOOL_TITLES = { mask: "Mask", draw: "Draw", point: "Point" };
const HELP = {
  mask: "Arrow keys move the brush, Space paints, Shift and Space erase. Control and Z undo.",
  draw: "Arrow keys move the pen, Space draws a dot, Shift and Space put background there. Control and Z undo.",
  point: "Arrow keys choose a pixel, Enter asks about it.",
};

let tool = tools[0];
let work = { shape: null, picture: null, mask: null }; // replaced as a whole, never changed in place: the history keeps it
let past = [], future = [];
let alt = "", marked = null, overlay = null, overlayShown = true;
let stroke = null; // {pointer, erase, last, and what it has made so far: picture or mask, or the mark before it}
const waiting = []; // messages that arrived during a stroke
let hover = null; // where the mouse is, {x, y}
let cursor = null, byKeyboard = false; // [row, column], and whether it is on show
let scale = 1; // screen pixels a pixel

// ── messages from Python ─────────────────────────────────────────────────────────────────────────────────────────

function receive(message) {
  if (!message || typeof message !== "object") return;
  if (stroke) return void waiting.push(message);
  const next = merged(message), same = (kind) => sameBytes(next[kind], work[kind]);
  if (!same("picture") || !same("mask") || String(next.shape) !== String(work.shape)) replaceBy(next);
  if (message.alt !== undefined) alt = message.alt ?? "";
  if (message.marked !== undefined) marked = message.marked;
  if (message.overlay !== undefined) overlay = readOverlay(message);
  publish();
  render();
}

function merged({ shape = work.shape, picture: pixels, mask }) {
  const kept = String(shape) === String(work.shape), [channels, height, width] = shape ?? [0, 0, 0];
  const bytes = (text, old, count) => {
    const found = text === undefined ? (kept ? old : null) : text && decode(text);
    return found?.length === count ? found : null;
  };
  const area = height * width;
  return { shape, picture: bytes(pixels, work.picture, channels * area), mask: worn(bytes(mask, work.mask, area)) };
}

const worn = (mask) => (mask?.includes(1) ? mask : null); // a mask of no pixel is none

function readOverlay({ overlay: text, overlay_name: name = "", overlay_colours: colours = [] }) {
  const bytes = text && decode(text);
  if (!work.shape || bytes?.length !== 4 * work.shape[1] * work.shape[2]) return null;
  return { bytes, name, stops: colours.map(([r, g, b, a]) => `rgb(${r} ${g} ${b} / ${a / 255})`).join(", ") };
}

// ── to Python ────────────────────────────────────────────────────────────────────────────────────────────────────

function publish() {
  const { shape, picture: pixels, mask } = work;
  props.value = { picture: pixels && encode(pixels), shape, alt, mask: mask && encode(mask), marked };
}

function replaceBy(next) {
  if (work.shape) past = [...past, work].slice(-HISTORY);
  future = [];
  show(next);
}

function show(next) {
  if (String(next.shape) !== String(work.shape)) hover = cursor = marked = null;
  if (!sameBytes(next.picture, work.picture)) overlay = marked = null; // they were about the one before
  work = next;
}

// What the visitor did: it can be undone, and Python hears of it.
function commit(change) {
  const next = { ...work, ...change };
  next.mask = worn(next.mask);
  if (sameBytes(next.picture, work.picture) && sameBytes(next.mask, work.mask)) return render();
  replaceBy(next);
  announce();
}

function announce() {
  publish();
  trigger("input");
  render();
}

function travel(from, to) {
  if (stroke || !from.length) return;
  const next = from.pop();
  to.push(work);
  show(next);
  announce();
}
const undo = () => travel(past, future), redo = () => travel(future, past);

// ── what is on show ──────────────────────────────────────────────────────────────────────────────────────────────

const shownPicture = () => stroke?.picture ?? work.picture;
const shownMask = () => stroke?.mask ?? work.mask;
const able = () => Boolean(work.picture || (tool === "draw" && work.shape));
const sized = (kind) => Number(part[kind === "mask" ? "brushSize" : "penSize"].value);
const background = (channels) => (channels === 1 ? [0] : [255, 255, 255]);
const hexColour = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
const penColour = (channels) => (channels === 1 ? [Number(part.grey.value)] : hexColour(part.colour.value));

function layOut() {
  const side = part.box.clientWidth;
  if (!work.shape || !side) return;
  const [, height, width] = work.shape;
  scale = Math.max(1, Math.floor((side * devicePixelRatio) / Math.max(height, width)));
  part.board.style.width = `${(width * scale) / devicePixelRatio}px`;
  part.board.style.height = `${(height * scale) / devicePixelRatio}px`;
}

function drawPicture() {
  const pixels = shownPicture(), [, height, width] = work.shape;
  const context = fresh(part.picture, width, height);
  if (pixels) context.putImageData(picture(pixels, [1, ...work.shape], 0), 0, 0);
  const above = fresh(part.overlay, width, height);
  if (!overlay || !overlayShown || stroke?.picture) return;
  above.putImageData(new ImageData(new Uint8ClampedArray(overlay.bytes), width, height), 0, 0);
}

function drawMaskLayer() {
  const [, height, width] = work.shape;
  const colour = getComputedStyle(root).getPropertyValue("--color-accent");
  drawMask(part.mask, shownMask(), height, width, scale, colour);
}

function drawMarks() {
  const [, height, width] = work.shape;
  const context = fresh(part.marks, width * scale, height * scale);
  if (shownPicture()) drawGrid(context, height, width, scale);
  if (marked) frameCell(context, marked, scale);
  const place = byKeyboard ? cursor && { x: cursor[1] + 0.5, y: cursor[0] + 0.5 } : hover;
  if (!place || !able()) return;
  if (tool === "mask") outlineCells(context, disc(place, sized("mask"), height, width), scale);
  else if (tool === "draw") outlineRound(context, place, sized("draw"), scale);
  else outlineCells(context, [cellAt(place)], scale);
}

function render() {
  root.dataset.state = shownPicture() ? "ready" : "empty";
  root.dataset.tool = tool;
  root.classList.toggle("keyboard", byKeyboard);
  layOut();
  if (work.shape) {
    drawPicture();
    drawMaskLayer();
    drawMarks();
  }
  renderControls();
  renderWords();
}

function renderControls() {
  const grey = work.shape?.[0] !== 3;
  root.querySelectorAll("[data-for]").forEach((panel) => panel.classList.toggle("away", panel.dataset.for !== tool));
  root.querySelectorAll("[data-mask]").forEach((button) => { button.disabled = !work.picture; });
  part.blank.disabled = !work.shape;
  part.undo.disabled = !past.length;
  part.redo.disabled = !future.length;
  part.greys.hidden = !grey;
  part.colours.hidden = grey;
  part.legend.hidden = !overlay;
  root.classList.toggle("overlaid", Boolean(overlay));
  part.overlayShown.setAttribute("aria-pressed", overlayShown);
  if (!overlay) return;
  part.overlayName.textContent = part.overlayName.title = overlay.name;
  part.gradient.style.setProperty("--stops", overlay.stops);
}

function renderWords() {
  part.brushWords.textContent = `${sized("mask")} px`;
  part.penWords.textContent = `${sized("draw")} px`;
  part.name.textContent = part.name.title = alt;
  part.status.textContent = statusWords();
  part.empty.textContent = `Choose a picture${tools.includes("draw") && work.shape ? ", or draw one here" : ""}`;
  part.help.textContent = HELP[tool];
  const [, height, width] = work.shape ?? [];
  part.board.setAttribute("aria-label", `${alt || "Picture"}${height ? `, ${width} by ${height} pixels` : ""}`);
}

function statusWords() {
  if (!work.shape || !able()) return "";
  const [channels, height, width] = work.shape;
  if (tool === "mask") {
    const count = shownMask()?.reduce((sum, value) => sum + value, 0) ?? 0;
    return count ? `${count} of ${height * width} pixels to invent` : "Paint over what is to be invented";
  }
  const cell = byKeyboard ? cursor : hover ? cellAt(hover) : tool === "point" ? marked : null;
  if (cell) return cellWords(cell);
  return tool === "draw" ? `${width} × ${height} pixels, ${channels === 1 ? "grey" : "colour"}` : "";
}

function cellWords([row, column]) {
  const [channels, , width] = work.shape, at = row * width + column, pixels = shownPicture();
  const values = [...(pixels?.subarray(at * channels, (at + 1) * channels) ?? [])];
  const words = shownMask()?.[at] ? "to invent" : values.map((value) => (value / 255).toFixed(2)).join(", ");
  return `Row ${row}, column ${column}${words ? `: ${words}` : ""}`;
}
