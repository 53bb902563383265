// The stage in the browser: keeps the frames of the current run, draws them, scrubs, opens one picture large.
// Gradio runs nodes.js + png.js + stage.js + stage_files.js, once per stage, as the body of one function of
// (element, trigger, props, server, upload, watch). What Python sends is described in stage.py; text goes in as textContent, never as HTML.

const part = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const root = part.root;
const uid = Math.random().toString(36).slice(2);
const compact = element.closest(".compact") !== null; // beside other stages: results only, no views, no files

const titleOf = (view) => (view === "image" ? "Result" : run.views[view]?.title ?? view);
const helpOf = (view) => run.views[view]?.help ?? "";
const FRAME_SECONDS = 0.08;

let run = newRun("");
let shown = 0; // index of the frame on show
let chosenView = null; // null until the user chooses one
let playing = null;
let panels = []; // [{view, cells: [{button, context}]}], in the order on show
let opened = null; // {index, view} of the picture in the dialog
let spokenAt = 0;

function newRun(id) {
  const facts = { views: {}, seeds: [], captions: [], recipe: [], grid_recipe: null, alt: "", title: "", duration: null };
  return { id, frames: [], done: false, stopped: false, ...facts };
}

// ── messages from Python ─────────────────────────────────────────────────────────────────────────────────────────

function receive(message) {
  if (!message || typeof message !== "object") return;
  if (message.run !== undefined && message.run !== run.id) {
    run = newRun(message.run);
    shown = 0;
    pause();
  }
  const following = shown >= run.frames.length - 1 && !playing;
  const { frames = [], error, notice, ...facts } = message;
  for (const [name, value] of Object.entries(facts)) {
    if (name === "done" || name === "stopped") run[name] ||= Boolean(value); // a late frame does not revive a run
    else if (value != null && name in run) run[name] = value;
  }
  for (const frame of frames) {
    const last = run.frames.at(-1);
    if (last?.step === frame.step) run.frames.pop();
    run.frames.push({ ...frame, bytes: {} });
    if (following) shown = run.frames.length - 1;
  }
  if (error || notice) say(error ?? notice, error ? "error" : "notice");
  else if (frames.length) say("");
  render();
}

function say(text, kind = "error") {
  part.message.hidden = !text;
  part.message.dataset.kind = kind;
  part.message.textContent = text;
}

const finished = () => run.done || run.stopped;
const currentFrame = () => run.frames[shown];
const extraViews = () => compact ? [] : [...new Set(run.frames.flatMap((frame) => Object.keys(frame.views)))].filter((v) => v !== "image");

function viewsOf(frame, final) {
  const extras = extraViews();
  const view = chosenView ?? (extras.length === 2 && !final ? "both" : "image");
  const wanted = view === "both" ? extras : [view];
  return wanted.length && wanted.every((name) => name in frame.views) ? wanted : ["image"];
}

function bytesOf(frame, view) {
  return (frame.bytes[view] ??= decode(frame.views[view] ?? frame.views.image));
}

// ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────────

const CAPTION = 20, PANEL_TITLE = 28, PANEL_GAP = 24;
const gapFor = (count) => (count > 36 ? 4 : count > 9 ? 6 : 10);

// Full rows where the grid stays no wider than 2.5 : 1, else as square as it gets. 2 → 2, 8 → 4, 12 → 4, 64 → 8.
function balancedColumns(count) {
  for (let c = Math.ceil(Math.sqrt(count)); c * c <= 2.5 * count; c++) if (count % c === 0) return c;
  return count === 3 ? 3 : Math.ceil(Math.sqrt(count));
}

// The widest picture, in CSS pixels, so that `columns` columns of `count` pictures fit into the box.
function cellWidth(count, shape, columns, width, height) {
  const gap = gapFor(count), rows = Math.ceil(count / columns);
  const across = (width - gap * (columns - 1)) / columns;
  const down = ((height - gap * (rows - 1)) / rows - CAPTION) * (shape[3] / shape[2]);
  return Math.max(8, Math.min(across, down));
}

// From three screen pixels a pixel on, whole numbers of screen pixels: all pixels of a picture are then equally large.
function snap(cell, pixels) {
  const scale = (cell * devicePixelRatio) / pixels;
  return scale >= 3 ? (Math.floor(scale) * pixels) / devicePixelRatio : Math.floor(cell);
}

function layOut() {
  const frame = currentFrame();
  const width = part.pictures.clientWidth;
  if (!frame || !width) return;
  const shape = frame.shape, count = shape[0], gap = gapFor(count);
  let columns = balancedColumns(count);
  let cell = cellWidth(count, shape, columns, width, count > 36 ? 640 : 548);
  const rows = Math.ceil(count / columns);
  let reserved = Math.ceil(rows * (cell * (shape[2] / shape[3]) + CAPTION) + gap * (rows - 1));
  if (width < 480 && extraViews().length === 2) reserved *= 1.5; // room for two panels on top of each other
  part.pictures.style.minHeight = `${reserved}px`;
  const stacked = panels.length > 1 && width < 480;
  if (panels.length > 1) {
    const boxWidth = stacked ? width : (width - PANEL_GAP) / 2;
    const boxHeight = stacked ? (reserved - PANEL_GAP) / 2 - PANEL_TITLE : reserved - PANEL_TITLE;
    let best = 0;
    for (let c = 1; c <= count; c++) {
      const candidate = cellWidth(count, shape, c, boxWidth, boxHeight);
      const score = candidate * (count % c ? 1 : 1.25); // full rows are worth somewhat smaller pictures
      if (score > best) [best, cell, columns] = [score, candidate, c];
    }
  }
  cell = snap(cell, shape[3]);
  part.pictures.classList.toggle("stacked", stacked);
  part.pictures.classList.toggle("narrow", cell < 72);
  part.pictures.classList.toggle("wide", cell >= 150);
  part.pictures.style.setProperty("--cell", `${cell}px`);
  part.pictures.style.setProperty("--ratio", shape[3] / shape[2]);
  part.pictures.style.setProperty("--columns", columns);
  part.pictures.style.setProperty("--gap", `${gap}px`);
  if (opened) layOutLarge(shape);
}

function layOutLarge(shape) {
  const room = Math.min(innerWidth - 64, (innerHeight - 190) * (shape[3] / shape[2]), 12 * 64);
  part.large.style.width = `${snap(Math.max(room, 64), shape[3])}px`;
}

// ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────

function buildPanels(views, shape) {
  const focused = panels.flatMap(({ cells }) => cells).findIndex(({ button }) => button === document.activeElement);
  panels = views.map((view) => {
    const cells = Array.from({ length: shape[0] }, (_, index) => {
      const button = make("button", "cell"), canvas = newCanvas(shape[3], shape[2]);
      const caption = make("span", "caption"), name = make("span", "name"), seed = make("span", "seed");
      button.type = "button";
      button.addEventListener("click", () => openPicture(index, view));
      caption.append(name, seed);
      button.append(canvas, caption);
      return { button, name, seed, context: canvas.getContext("2d") };
    });
    return { view, cells };
  });
  part.pictures.replaceChildren(...panels.map(({ view, cells }) => {
    const panel = make("div", "panel"), grid = make("div", "grid");
    if (views.length > 1) panel.append(Object.assign(make("h4", "", titleOf(view)), { title: helpOf(view) }));
    grid.append(...cells.map(({ button }) => button));
    panel.append(grid);
    return panel;
  }));
  if (focused >= 0) panels[0].cells[focused % shape[0]]?.button.focus();
}

function describe(index) {
  const name = run.captions[index] || run.alt || "Picture";
  return { name, seed: run.seeds[index], words: [name, ...run.seeds.slice(index, index + 1).map((seed) => `seed ${seed}`)].join(", ") };
}

function render() {
  const frame = currentFrame();
  part.title.textContent = run.title;
  root.dataset.state = !frame ? "empty" : finished() ? "done" : "running";
  root.dataset.run = run.id;
  if (!frame) { // nothing of the run before stays
    panels = [];
    delete part.pictures.dataset.key;
    part.pictures.replaceChildren(part.empty);
    part.status.textContent = "";
    return;
  }
  const views = viewsOf(frame, finished() && shown === run.frames.length - 1);
  const key = JSON.stringify([views, frame.shape]);
  if (part.pictures.dataset.key !== key) {
    buildPanels(views, frame.shape);
    part.pictures.dataset.key = key;
  }
  layOut();
  for (const { view, cells } of panels) {
    const bytes = bytesOf(frame, view);
    cells.forEach((cell, index) => {
      const { name, seed, words } = describe(index);
      cell.context.putImageData(picture(bytes, frame.shape, index), 0, 0);
      cell.name.textContent = run.captions[index] ?? "";
      cell.seed.textContent = seed ?? "";
      cell.button.title = words;
      const alt = run.alt && run.alt !== name ? `${run.alt}, ` : "";
      cell.button.setAttribute("aria-label", `${alt}${words}, ${titleOf(view)}. Open large`);
    });
  }
  renderViews(views);
  renderProgress();
  renderTimeline(frame);
  if (opened) drawLarge();
}

function renderViews(views) {
  const extras = extraViews();
  const options = extras.length ? [...(extras.length === 2 ? ["both"] : []), "image", ...extras] : [];
  part.views.hidden = !options.length;
  if (part.views.dataset.options !== options.join()) {
    part.views.dataset.options = options.join();
    part.views.querySelectorAll("label").forEach((label) => label.remove());
    for (const option of options) {
      const label = make("label", ""), radio = make("input", "");
      Object.assign(radio, { type: "radio", name: `view-${uid}`, value: option });
      label.title = helpOf(option);
      radio.addEventListener("change", () => { chosenView = option; render(); });
      label.append(radio, make("span", "", option === "both" ? "Side by side" : titleOf(option)));
      part.views.append(label);
    }
    if (!options.includes(chosenView)) chosenView = null;
  }
  const on = views.length > 1 ? "both" : views[0];
  part.views.querySelectorAll("input").forEach((radio) => { radio.checked = radio.value === on; });
}

function renderProgress() {
  const { step, total, label, seconds_left: left } = run.frames.at(-1);
  const steps = total > 1 ? `${total} steps` : "";
  let words;
  if (run.stopped) words = `Stopped at step ${step}; what was drawn is kept.`;
  else if (run.done) words = [run.duration != null ? `Drawn in ${duration(run.duration)}` : "", steps].filter(Boolean).join(" · ");
  else words = [`step ${step} of ${total}`, label, left != null ? `${duration(left)} left` : ""].filter(Boolean).join(" · ");
  part.status.textContent = words;
  part.bar.firstElementChild.style.transform = `scaleX(${Math.min(1, step / Math.max(1, total))})`;
  part.bar.setAttribute("aria-valuemax", total);
  part.bar.setAttribute("aria-valuenow", step);
  if (finished() || Date.now() - spokenAt > 3000) {
    spokenAt = Date.now();
    part.live.textContent = words;
  }
}

function duration(seconds) {
  if (seconds < 1) return `${Math.max(seconds, 0.01).toFixed(2)} s`;
  if (seconds < 10) return `${seconds.toFixed(1).replace(".0", "")} s`;
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function renderTimeline(frame) {
  part.timeline.classList.toggle("reserved", run.frames.length < 2);
  part.range.max = run.frames.length - 1;
  part.range.value = shown;
  const words = [`${frame.step} / ${frame.total}`, frame.label].filter(Boolean).join(" · ");
  part.moment.textContent = words;
  part.range.setAttribute("aria-valuetext", words);
  part.play.classList.toggle("playing", playing !== null);
  part.play.setAttribute("aria-label", playing ? "Pause" : "Play");
  part.gif.disabled = part.webp.disabled = run.frames.length < 2;
}

// ── timeline ─────────────────────────────────────────────────────────────────────────────────────────────────────

function pause() {
  clearInterval(playing);
  playing = null;
}

part.range.addEventListener("input", () => { pause(); shown = Number(part.range.value); render(); });
part.play.addEventListener("click", () => {
  if (playing) pause();
  else {
    if (shown >= run.frames.length - 1) shown = 0;
    playing = setInterval(() => {
      if (shown < run.frames.length - 1) shown++;
      if (shown >= run.frames.length - 1) pause();
      render();
    }, FRAME_SECONDS * 1000);
  }
  render();
});

// ── one picture, large ───────────────────────────────────────────────────────────────────────────────────────────

function openPicture(index, view) {
  opened = { index, view };
  drawLarge();
  part.dialog.showModal();
}

function drawLarge() {
  const frame = currentFrame(), count = frame.shape[0];
  const { name, seed } = describe((opened.index = Math.min(opened.index, count - 1)));
  Object.assign(part.large, { width: frame.shape[3], height: frame.shape[2] });
  const view = opened.view in frame.views ? opened.view : "image";
  part.large.getContext("2d").putImageData(picture(bytesOf(frame, view), frame.shape, opened.index), 0, 0);
  part.about.textContent = [name, view === "image" ? "" : titleOf(view), seed != null ? `seed ${seed}` : "", `${opened.index + 1} of ${count}`].filter(Boolean).join(" · ");
  part.previous.disabled = part.next.disabled = count < 2;
  part.reuse.disabled = seed == null;
  layOutLarge(frame.shape);
}

function turn(by) {
  const count = currentFrame().shape[0];
  opened.index = (opened.index + by + count) % count;
  drawLarge();
}

part.previous.addEventListener("click", () => turn(-1));
part.next.addEventListener("click", () => turn(1));
part.close.addEventListener("click", () => part.dialog.close());
part.dialog.addEventListener("click", (event) => { if (event.target === part.dialog) part.dialog.close(); });
part.dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") turn(-1);
  else if (event.key === "ArrowRight") turn(1);
});
part.dialog.addEventListener("close", () => {
  const { index, view } = opened;
  opened = null;
  (panels.find((panel) => panel.view === view) ?? panels[0])?.cells[index]?.button.focus();
});
part.reuse.addEventListener("click", () => {
  const { index } = opened;
  part.dialog.close();
  trigger("select", { seed: run.seeds[index], index });
});

whenResized(root, part.pictures, layOut);
watch("value", () => receive(props.value));
receive(props.value);
