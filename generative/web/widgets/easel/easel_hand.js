// What a visitor's hand does to an easel: strokes, keys, buttons. Inlined after easel.js.

// ── strokes ──────────────────────────────────────────────────────────────────────────────────────────────────────

function placeOf(event) {
  const box = part.picture.getBoundingClientRect(), [, height, width] = work.shape;
  return { x: ((event.clientX - box.left) / box.width) * width, y: ((event.clientY - box.top) / box.height) * height };
}

function cellAt({ x, y }) {
  const [, height, width] = work.shape;
  return [clamp(Math.floor(y), 0, height - 1), clamp(Math.floor(x), 0, width - 1)];
}

function begin(place, erase, pointer) {
  const [channels, height, width] = work.shape;
  stroke = { pointer, erase, last: place };
  if (tool === "mask") stroke.mask = work.mask?.slice() ?? new Uint8Array(height * width);
  else if (tool === "draw") {
    stroke.base = work.picture ?? filled(background(channels), height, width);
    stroke.coverage = new Float32Array(height * width);
  } else stroke.before = marked;
  extend(place);
}

function extend(place) {
  const [channels, height, width] = work.shape;
  if (tool === "mask") sweep(stroke.mask, stroke.last, place, sized("mask"), stroke.erase ? 0 : 1, height, width);
  else if (tool === "draw") {
    cover(stroke.coverage, stroke.last, place, sized("draw"), height, width);
    stroke.picture = mixed(stroke.base, stroke.coverage, stroke.erase ? background(channels) : penColour(channels));
  } else marked = cellAt(place);
  stroke.last = place;
}

function finish() {
  const { mask, picture: pixels } = stroke;
  stroke = null;
  if (mask) commit({ mask });
  else if (pixels) commit({ picture: pixels });
  else ask();
  catchUp();
}

const catchUp = () => waiting.splice(0).forEach(receive);

function ask() {
  if (!marked) return;
  publish();
  trigger("select");
  render();
}

const LEFT = 0, RIGHT = 2, PEN_ERASER = 5; // buttons of a mouse and of a pen's other end
const erasing = (event) =>
  (tool === "mask" && part.eraser.checked) || event.shiftKey || [RIGHT, PEN_ERASER].includes(event.button);

part.board.addEventListener("pointerdown", (event) => {
  if (stroke || !able() || ![LEFT, RIGHT, PEN_ERASER].includes(event.button)) return;
  event.preventDefault();
  part.board.focus({ preventScroll: true });
  part.board.setPointerCapture(event.pointerId);
  byKeyboard = false;
  hover = placeOf(event);
  cursor = cellAt(hover);
  begin(hover, erasing(event), event.pointerId);
  render();
});

part.board.addEventListener("pointermove", (event) => {
  if (!work.shape || (stroke && stroke.pointer !== event.pointerId)) return;
  if (byKeyboard) useKeyboard(false);
  hover = placeOf(event);
  if (stroke) {
    const passed = event.getCoalescedEvents?.() ?? [];
    (passed.length ? passed : [event]).forEach((moment) => extend(placeOf(moment)));
    cursor = cellAt(hover);
    root.dataset.state = "ready";
    drawPicture();
    if (tool === "mask") drawMaskLayer();
  }
  drawMarks();
  renderWords();
});

part.board.addEventListener("pointerup", (event) => { if (stroke?.pointer === event.pointerId) finish(); });
part.board.addEventListener("pointercancel", (event) => {
  if (stroke?.pointer !== event.pointerId) return;
  if (tool !== "point") return finish(); // what was painted stays
  marked = stroke.before; // the finger scrolled the page
  stroke = null;
  render();
  catchUp();
});
part.board.addEventListener("pointerleave", () => {
  hover = null;
  if (!work.shape) return;
  drawMarks();
  renderWords();
});
part.board.addEventListener("contextmenu", (event) => event.preventDefault());

// ── keyboard ─────────────────────────────────────────────────────────────────────────────────────────────────────

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const middle = () => [Math.floor(work.shape[1] / 2), Math.floor(work.shape[2] / 2)];

part.board.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || stroke || !able()) return;
  const way = ARROWS[event.key];
  if (!way && event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  useKeyboard(true);
  const [row, column] = cursor;
  if (way) move(cellAt({ x: column + way[1] + 0.5, y: row + way[0] + 0.5 }));
  else {
    begin({ x: column + 0.5, y: row + 0.5 }, erasing(event), null);
    finish();
  }
  part.live.textContent = way ? cellWords(cursor) : statusWords();
});

function move(cell) {
  cursor = cell;
  if (tool === "point") {
    marked = cell;
    publish();
  }
  drawMarks();
  renderWords();
}

function useKeyboard(on) {
  byKeyboard = on;
  if (on && work.shape) cursor = (tool === "point" && marked) || cursor || middle();
  render();
}
part.board.addEventListener("focus", () => useKeyboard(part.board.matches(":focus-visible")));
part.board.addEventListener("blur", () => useKeyboard(false));

root.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase(), back = key === "z" && !event.shiftKey;
  const again = key === "y" || (key === "z" && event.shiftKey);
  if (!(event.ctrlKey || event.metaKey) || !(back || again)) return;
  event.preventDefault();
  if (back) undo();
  else redo();
  part.live.textContent = `${back ? "Undone" : "Done again"}. ${statusWords()}`;
});

// ── controls ─────────────────────────────────────────────────────────────────────────────────────────────────────

function radio(node, name, action) {
  Object.assign(node, { type: "radio", name: `${name}-${uid}` });
  node.addEventListener("change", action);
  return node;
}

for (const name of tools) {
  const label = document.createElement("label"), title = document.createElement("span");
  const choice = radio(document.createElement("input"), "tool", () => { tool = name; render(); });
  choice.checked = name === tool;
  title.textContent = TOOL_TITLES[name];
  label.append(choice, title);
  part.tools.append(label);
}
root.querySelectorAll("[data-for]").forEach((panel) => { if (!tools.includes(panel.dataset.for)) panel.remove(); });
part.tools.hidden = tools.length < 2;
root.classList.toggle("several", tools.length > 1);
part.history.hidden = tools.join() === "point"; // nothing to undo
part.help.id = `help-${uid}`;
part.board.setAttribute("aria-describedby", part.help.id);

for (const node of [part.brush, part.eraser]) radio(node, "brush", render);
for (const node of [part.brushSize, part.penSize]) node.addEventListener("input", renderWords);
for (const [name, colour] of Object.entries(SWATCHES)) {
  const swatch = document.createElement("button");
  Object.assign(swatch, { type: "button", className: "swatch", title: name, ariaLabel: `Pen colour ${name}` });
  swatch.style.background = colour;
  swatch.addEventListener("click", () => { part.colour.value = colour; });
  part.colours.append(swatch);
}
root.querySelectorAll("[data-mask]").forEach((button) => button.addEventListener("click", () => {
  const [, height, width] = work.shape;
  commit({ mask: maskAtOneClick(button.dataset.mask, work.mask, height, width) });
}));
part.blank.addEventListener("click", () => {
  const [channels, height, width] = work.shape;
  commit({ picture: filled(background(channels), height, width) });
});
part.undo.addEventListener("click", undo);
part.redo.addEventListener("click", redo);
part.overlayShown.addEventListener("click", () => { overlayShown = !overlayShown; render(); });

// ── start ────────────────────────────────────────────────────────────────────────────────────────────────────────

whenResized(root, part.box, render);
new IntersectionObserver(([entry], observer) => {
  if (!entry.isIntersecting) return;
  observer.disconnect();
  trigger("expand");
}).observe(root);
watch("value", () => receive(props.value));
render();
receive(props.value);
