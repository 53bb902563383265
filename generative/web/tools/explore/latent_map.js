// The latent map in the browser: what is shown of a model, what is asked of Python, the board and the hand on it.
// Gradio runs nodes.js + png.js + latent_map_view.js + latent_sliders.js + latent_map.js + latent_map_hand.js, once per map, as the
// body of one function of (element, trigger, props, server, upload, watch). latent_map.py says what goes to and fro.

const part = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const root = part.root;
const uid = Math.random().toString(36).slice(2);

let model = "", chart = null, sheets = {}; // sheets: {even, masses} of {side, png, image}
let ask = 0, answered = 0, wish = {}, unseen = false; // what was asked for last; whether it waits for the map to be seen
let latent = null, start = null, name = "", spot = null, pixels = null; // what is on show, and where the sliders started
let dim = 0, strip = null; // the chosen dimension; the strip remembers the latent that it was made for
let decoded = false, attribute = 0, lit = null; // the background, the colours, the value that stands out
let pointing = null, cursor = null, resting = null; // points of the board: looked at, of the keyboard, just clicked
let words = null, shownAt = 0; // {text, kind} above the map; when Python made what is on show
let received = ""; // tells a message that Gradio delivers twice

// ── messages from Python ─────────────────────────────────────────────────────────────────────────────────────────────

function receive(message) {
  if (!message || typeof message !== "object") return;
  const key = `${message.at} ${"sheets" in message}`;
  if (message.at !== undefined && key === received) return publish();
  received = key;
  if (message.model !== undefined && message.ask === undefined && !message.latent) turnTo(message.model);
  else if (message.model === undefined || message.model === model) take(message);
  publish();
  render();
}

function turnTo(id) {
  if (id === model && (chart || !words)) return; // is shown already, or under way
  [model, sheets, wish] = [id, {}, {}];
  chart = latent = strip = spot = pixels = lit = words = null;
  pointing = cursor = null;
  ask++; // what is under way was about the model before
  unseen = true;
  askWhenSeen();
}

function take(message) {
  if (message.notice && message.at < shownAt) return; // was overtaken by what it announces
  if (message.chart) setUp(message.chart);
  for (const [kind, sheet] of Object.entries(message.sheets ?? {})) keep(kind, sheet);
  const late = message.ask !== undefined && message.ask !== ask, problem = message.error ?? message.notice;
  if (problem) words = { text: problem, kind: message.error ? "error" : "notice" };
  else if (message.latent) words = null;
  if (late) return void setTimeout(insist); // the wish made since may have been overwritten on its way
  if (message.ask !== undefined) answered = ask;
  if (!message.latent) return;
  if (message.ask === undefined) answered = ++ask; // a start that was chosen elsewhere
  show(message);
  if (message.error) return;
  if (!chart || !stripFits()) request();
}

function setUp(facts) {
  chart = facts;
  dim = chart.order[0];
  attribute = chart.map?.attribute ?? 0;
  part.knownName.textContent = chart.map?.known ?? "";
  const names = (chart.map?.attributes ?? []).map((one) => one.name);
  part.attribute.replaceChildren(...names.map((one, index) => new Option(one, index, false, index === attribute)));
  rows = [];
}

function show(message) {
  shownAt = message.at;
  latent = message.latent;
  spot = message.spot;
  pixels = decode(message.picture);
  wish = { latent };
  if (message.name !== null) {
    start = latent;
    name = message.name;
    rows = []; // their ends may have moved
  }
  if (message.strip) strip = { ...message.strip, base: latent };
  part.live.textContent = `${title()}. ${whereabouts()}`;
}

function keep(kind, { side, png: address }) {
  if (sheets[kind]) return;
  const sheet = (sheets[kind] = { side, png: address, image: new Image() });
  sheet.image.addEventListener("load", () => { if (sheets[kind] === sheet) render(); });
  sheet.image.src = address;
}

// ── to Python ────────────────────────────────────────────────────────────────────────────────────────────────────────

const stripFits = () =>
  strip?.dim === dim && strip.base.every((value, dimension) => dimension === dim || value === latent[dimension]);

function publish() {
  const wanted = latent && chart && !wish.place && !stripFits() ? dim : null;
  props.value = { model, ask, lacks: !chart, dim: wanted, ...wish };
  part.figure.setAttribute("aria-busy", answered !== ask);
}

function request() {
  ask++;
  insist();
}

function insist() {
  publish();
  trigger("input");
}

function askWhenSeen() {
  if (!unseen || !root.clientWidth) return;
  unseen = false;
  request();
}

function changeLatent(dimension, value) {
  dim = dimension;
  latent = latent.with(dimension, value);
  wish = { latent };
  pointing = null;
  request();
  renderRows();
  renderStrip();
  renderWords();
}

function chooseDimension(dimension) {
  if (dim === dimension) return;
  dim = dimension;
  request();
  renderRows();
}

function go(point) {
  wish = { place: placeOf(point, extent()) };
  pointing = null;
  request();
  render();
}

// ── what is on show ──────────────────────────────────────────────────────────────────────────────────────────────────

const sheetOnShow = () => (decoded && sheets.masses) || sheets.even;
const extent = () => (decoded && chart.map.plane ? null : chart.map.extent);
const ready = (sheet) => sheet?.image.complete && sheet.image.naturalWidth > 0;
const changed = () => latent.some((value, dimension) => value !== start[dimension]);
const title = () => (latent ? name + (changed() ? ", changed" : "") : "");
const placeWords = ([x, y]) => (chart.map.plane ? `z₁ ${signed(x)}, z₂ ${signed(y)}` : `x ${signed(x)}, y ${signed(y)}`);
const whereabouts = () => (spot && chart?.map ? placeWords(spot) : "");

// The point whose picture is taken from the sheet: looked at, or clicked and not decoded yet.
function passing() {
  if (pointing) return pointing;
  return wish.place && chart?.map ? pointOf(wish.place, extent()) : null;
}

// What is known nearest to a place: "Sneaker".
function nearest([x, y]) {
  const { points, attributes } = chart.map, far = ([a, b]) => (a - x) ** 2 + (b - y) ** 2;
  const closest = points.reduce((best, point, i) => (far(point) < far(points[best]) ? i : best), 0);
  const { values, labels } = attributes[attribute] ?? {};
  return values ? values[labels[closest]] : "";
}

function render() {
  root.dataset.state = chart && latent ? "ready" : "waiting";
  part.loading.hidden = chart !== null || words !== null;
  part.chart.hidden = !chart?.map;
  part.sliders.hidden = !chart || !latent;
  part.note.textContent = chart?.note ?? "";
  part.saveGrid.disabled = !ready(sheetOnShow());
  part.savePicture.disabled = !pixels;
  if (chart?.map) renderMap();
  renderPicture();
  renderWords();
  if (!chart || !latent) return;
  if (!rows.length) buildRows();
  if (strip !== builtStrip) buildStrip();
  renderRows();
  renderStrip();
}

function renderMap() {
  const { attributes } = chart.map, dark = isDark(root);
  part.by.hidden = decoded || attributes.length < 2;
  part.legend.hidden = decoded;
  part.wait.hidden = ready(sheets.even);
  const key = [model, decoded, attribute, lit, dark, part.board.clientWidth, ready(sheetOnShow())].join();
  if (part.ground.dataset.key !== key) drawGround(dark);
  part.ground.dataset.key = key;
  renderLegend(attributes[attribute]?.values ?? [], dark);
  drawMarks();
}

function drawGround(dark) {
  const { attributes, points } = chart.map, sheet = sheetOnShow(), context = square(part.ground, part.board.clientWidth);
  if (decoded) return void (ready(sheet) && drawSheet(context, sheet.image));
  drawAxes(context, extent(), dark ? "#ffffff30" : "#00000020");
  const labels = attributes[attribute]?.labels ?? points.map(() => 0);
  drawPoints(context, points.map((place) => pointOf(place, extent())), labels, lit, dark);
}

function renderLegend(values, dark) {
  const key = `${dark} ${values}`;
  if (part.legend.dataset.key !== key) {
    part.legend.dataset.key = key;
    part.legend.replaceChildren(...values.map((value, index) => {
      const item = make("li"), button = make("button");
      Object.assign(button, { type: "button", title: "Show these alone" });
      button.append(swatch(index, dark), value);
      button.addEventListener("click", () => { lit = lit === index ? null : index; render(); });
      item.append(button);
      return item;
    }));
  }
  [...part.legend.children].forEach((item, index) => item.firstChild.setAttribute("aria-pressed", index === lit));
}

function drawMarks() {
  const context = square(part.marks, part.board.clientWidth), sheet = sheetOnShow(), here = passing();
  if (decoded && sheet && here) drawTile(context, tileAt(here, sheet.side), sheet.side);
  const place = wish.place ?? spot;
  if (place) drawRing(context, pointOf(place, extent()));
  if (cursor) drawCross(context, cursor);
}

function renderPicture() {
  const here = passing(), sheet = sheetOnShow(), context = part.picture.getContext("2d");
  const taken = Boolean(here && ready(sheet));
  root.classList.toggle("passing", taken && Boolean(pointing));
  if (!chart || (!taken && !pixels)) return void (part.picture.width = part.picture.height = 1);
  const [, height, width] = chart.shape;
  Object.assign(part.picture, { width, height });
  if (!taken) return context.putImageData(picture(pixels, [1, ...chart.shape], 0), 0, 0);
  const [column, row] = tileAt(here, sheet.side);
  context.drawImage(sheet.image, column * width, row * height, width, height, 0, 0, width, height);
}

function renderWords() {
  const told = words ?? (chart && !chart.map ? { text: chart.note, kind: "notice" } : null);
  part.message.hidden = !told;
  part.message.textContent = told?.text ?? "";
  part.message.dataset.kind = told?.kind ?? "";
  const place = pointing && placeOf(pointing, extent()), known = place && nearest(place);
  part.name.textContent = part.name.title = place ? (known && `Nearest known: ${known}`) : title();
  part.spot.textContent = place ? placeWords(place) : whereabouts();
  part.picture.setAttribute("aria-label", [part.name.textContent, part.spot.textContent].filter(Boolean).join(", "));
  part.board.setAttribute("aria-label", chart ? `Map of the latent space of ${chart.title}` : "Map");
}
