// The hand on a latent map, by mouse, finger or keyboard, its buttons, and the start. Inlined after latent_map.js.

function eventPoint(event) {
  const box = part.board.getBoundingClientRect();
  return inside([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
}

function lookAt(point) {
  pointing = point;
  drawMarks();
  renderPicture();
  renderWords();
}

const STILL = 5; // CSS pixels that a hand may move after a click before it looks elsewhere

part.board.addEventListener("pointermove", (event) => {
  if (!chart?.map) return;
  if (resting && Math.hypot(event.clientX - resting[0], event.clientY - resting[1]) < STILL) return;
  resting = cursor = null;
  lookAt(eventPoint(event));
});
part.board.addEventListener("pointerdown", (event) => {
  if (!chart?.map || event.button !== 0) return;
  part.board.setPointerCapture(event.pointerId);
  lookAt(eventPoint(event));
});
part.board.addEventListener("pointerup", (event) => {
  if (!chart?.map || event.button !== 0) return;
  resting = [event.clientX, event.clientY];
  go(eventPoint(event));
});
for (const end of ["pointerleave", "pointercancel"]) {
  part.board.addEventListener(end, () => {
    resting = null;
    if (pointing && !cursor) lookAt(null);
  });
}
part.board.addEventListener("blur", () => {
  if (!cursor) return;
  cursor = null;
  lookAt(null);
});

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

part.board.addEventListener("keydown", (event) => {
  if (!chart?.map || event.ctrlKey || event.metaKey || event.altKey) return;
  const way = ARROWS[event.key], here = cursor ?? (spot ? inside(pointOf(spot, extent())) : [0.5, 0.5]);
  if (way) {
    const step = event.shiftKey ? 1 / 8 : 1 / 48;
    cursor = inside([here[0] + step * way[0], here[1] + step * way[1]]);
    lookAt(cursor);
    part.live.textContent = `${part.spot.textContent}. ${part.name.textContent}`;
  } else if (event.key !== "Enter" && event.key !== " ") return;
  else if (cursor) go(cursor);
  else lookAt((cursor = here));
  event.preventDefault();
});

// ── controls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

for (const [node, value] of [[part.known, false], [part.decoded, true]]) {
  Object.assign(node, { name: `ground-${uid}` });
  node.addEventListener("change", () => { decoded = value; pointing = cursor = null; render(); });
}
part.attribute.addEventListener("change", () => { attribute = Number(part.attribute.value); lit = null; render(); });
part.more.addEventListener("click", () => { all = !all; renderMore(); });
part.resetAll.addEventListener("click", () => {
  latent = start;
  wish = { latent };
  request();
  render();
});
part.saveGrid.addEventListener("click", () => {
  const file = new Blob([decode(sheetOnShow().png.split(",")[1])], { type: "image/png" });
  saveAs(file, `${fileName(chart.dataset, chart.title, "grid")}.png`);
});
part.savePicture.addEventListener("click", async () => {
  const [, height, width] = chart.shape, canvas = newCanvas(width, height);
  canvas.getContext("2d").putImageData(picture(pixels, [1, ...chart.shape], 0), 0, 0);
  saveAs(await png(canvas), `${fileName(chart.dataset, chart.title, title())}.png`);
});
part.help.id = `help-${uid}`;
part.board.setAttribute("aria-describedby", part.help.id);

// ── start ────────────────────────────────────────────────────────────────────────────────────────────────────────────

whenResized(root, root, () => {
  askWhenSeen();
  render();
});
watch("value", () => receive(props.value));
receive(props.value);
