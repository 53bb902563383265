// The equation in the browser: a picture, its reconstruction, the result of a formula, and what one attribute does.
// Gradio runs nodes.js + png.js + tiles.js + equation.js once per equation, as the body of one function of (element, trigger,
// props, server, upload, watch). What Python sends is described in equation.py.

const part = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const root = part.root, SMALL = 192, LARGE = 340, NARROW = 560, BETWEEN = 260; // CSS pixels; the last: signs and formula
const shown = { picture: null, start: null, result: null, formula: "", strip: null, at: null, seed: null };
const SETTLED_MS = 300;
let publishing = null, model = null;

function receive(message) {
  if (!message || typeof message !== "object") return;
  model = message.model ?? model;
  clearTimeout(publishing);
  publishing = setTimeout(publish, SETTLED_MS);
  if (message.of !== undefined && message.of !== model) return; // another model was chosen meanwhile
  for (const key of Object.keys(shown)) if (message[key] !== undefined) shown[key] = message[key];
  if (message.error !== undefined || message.busy !== undefined) showMessage(part.message, message.error, message.busy);
  if (message.strip !== undefined) buildStrip();
  render();
}

// What a model that is chosen next may go on from; the picture as an easel would say it. Not while a slider moves: Gradio
// builds its template anew for every value.
function publish() {
  const { picture: from, seed } = shown;
  props.value = { picture: from?.pixels ?? null, shape: from?.shape ?? null, alt: from?.note ?? "", seed };
}

function render() {
  root.dataset.state = shown.result ? "ready" : "empty";
  for (const name of ["picture", "start", "result"]) showTile(part[name], shown[name]);
  part.about.hidden = !shown.picture;
  part.equals.hidden = !shown.result;
  part.start.classList.toggle("alone", !shown.picture);
  part.formula.replaceChildren(...shown.formula.split(/ (?=[+-] )/).filter(Boolean).map((words) => {
    const line = document.createElement("span");
    line.textContent = line.title = words.replace(/^-/, "−");
    return line;
  }));
  layOut();
}

function layOut() {
  const width = part.sum.clientWidth, narrow = root.clientWidth <= NARROW;
  if (!width) return;
  fitTile(part.result.querySelector("canvas"), narrow ? Math.min(width, LARGE) : LARGE);
  const count = shown.picture ? 2 : 1;
  const small = narrow ? Math.min((width - 40) / 2, 150) : Math.min(SMALL, Math.max(96, (width - LARGE - BETWEEN) / count));
  for (const name of ["picture", "start"]) fitTile(part[name].querySelector("canvas"), small);
  mark();
}

// ── the strip ────────────────────────────────────────────────────────────────────────────────────────────────────

function buildStrip() {
  const strip = shown.strip;
  part.strip.hidden = !strip;
  if (!strip) return;
  const bytes = decode(strip.pixels), [, , height, width] = strip.shape;
  part.stripTitle.textContent = strip.title;
  part.cells.setAttribute("aria-label", strip.title);
  part.cells.replaceChildren(...strip.amounts.map((amount, i) => {
    const button = document.createElement("button"), canvas = newCanvas(width, height), words = document.createElement("span");
    canvas.getContext("2d").putImageData(picture(bytes, strip.shape, i), 0, 0);
    words.textContent = `${amount > 0 ? "+" : amount < 0 ? "−" : ""}${Math.abs(amount)}`;
    button.type = "button";
    button.classList.toggle("half", amount % 1 !== 0);
    button.title = `Take ${words.textContent}`;
    button.setAttribute("aria-label", `${strip.name} ${words.textContent}`);
    button.addEventListener("click", () => trigger("select", { name: strip.name, amount }));
    button.append(canvas, words);
    return button;
  }));
}

// Under the strip, where between its first and its last picture the amount on show is.
function mark() {
  const cells = [...part.cells.children].filter((cell) => cell.offsetParent);
  part.marker.hidden = shown.at === null || cells.length < 2;
  if (part.marker.hidden || !shown.strip) return;
  const { amounts } = shown.strip, low = amounts[0], high = amounts.at(-1);
  const [from, to] = [cells[0], cells.at(-1)].map((cell) => cell.offsetLeft + cell.offsetWidth / 2 - part.cells.offsetLeft);
  part.marker.style.left = `${from + ((to - from) * (shown.at - low)) / (high - low)}px`;
}

part.save.addEventListener("click", async () => {
  saveAs(await png(part.result.querySelector("canvas")), `${fileName(shown.start?.note ?? "", shown.formula)}.png`);
});

whenResized(root, root, layOut);
watch("value", () => receive(props.value));
receive(props.value);
