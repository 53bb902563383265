// A − B + C in the browser: what each set is made of, the mean of each and the result. Gradio runs nodes.js + png.js + tiles.js +
// triplet.js once per triplet, as the body of one function of (element, trigger, props, server, upload, watch). What
// goes to and fro is described in triplet.py; text goes in as textContent, never as HTML.

const part = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const root = part.root, panels = [...root.querySelectorAll(".set")], NAMES = ["A", "B", "C"], ACROSS = 10;
const LARGE = 260, BETWEEN = 150, NARROW = 640; // CSS pixels; the second: signs and gaps
const HELP = "The picture that the mean of their latents is decoded to";

let model = null, ready = false, groups = [], pictures = { sheet: "", names: [] };
let sets = []; // [{labels, picked}, …], replaced and never changed in place
let picking = null; // the index of the set that pictures are picked for
let means = [null, null, null], result = null;

function receive(message) {
  if (!message || typeof message !== "object") return;
  if (message.model !== undefined && message.model !== model) [model, ready, picking] = [message.model, false, null];
  if (message.of !== undefined && message.of !== model) return publish(); // another model was chosen meanwhile
  ready = message.ready ?? ready;
  groups = message.groups ?? groups;
  pictures = message.pictures ?? pictures;
  sets = message.sets ?? sets;
  const answers = message.for === undefined || JSON.stringify(message.for) === JSON.stringify(sets);
  if (answers && message.means !== undefined) [means, result] = [message.means, message.result];
  if (answers && (message.error !== undefined || message.busy !== undefined)) tell(message.error, message.busy);
  publish();
  render();
}

const tell = (error, busy) => showMessage(part.message, error, busy);

function publish() {
  props.value = { model, ready, sets };
}

function change(index, set) {
  sets = sets.map((old, i) => (i === index ? set : old));
  publish();
  tell("", "");
  render();
  root.classList.add("working");
  trigger("input");
}

// ── what is on show ──────────────────────────────────────────────────────────────────────────────────────────────

function thumb(index, words) {
  const button = make("button", "picture");
  button.style.backgroundImage = `url(${pictures.sheet})`;
  button.style.setProperty("--rows", Math.ceil(pictures.names.length / ACROSS));
  button.style.setProperty("--x", index % ACROSS);
  button.style.setProperty("--y", Math.floor(index / ACROSS));
  button.title = words;
  button.setAttribute("aria-label", words);
  return button;
}

function label(index, name) {
  const { labels } = sets[index], button = make("button", "label", name);
  button.title = `Remove ${name} from ${NAMES[index]}`;
  button.setAttribute("aria-label", button.title);
  button.addEventListener("click", () => change(index, { labels: labels.filter((l) => l !== name), picked: [] }));
  return button;
}

function picked(index, number) {
  const button = thumb(number, `Remove from ${NAMES[index]}: ${pictures.names[number] ?? ""}`);
  button.addEventListener("click", () => pick(index, number));
  return button;
}

function pick(index, number) {
  const { picked: old } = sets[index];
  change(index, { labels: [], picked: old.includes(number) ? old.filter((n) => n !== number) : [...old, number] });
}

function menu(index) {
  const list = make("select", ""), { labels } = sets[index], option = (text, value) => new Option(text, value);
  list.setAttribute("aria-label", `What the examples of ${NAMES[index]} are to have`);
  list.title = "Several values of one attribute: any of them. Several attributes: all of them";
  list.append(option("Add an attribute…", ""), ...groups.map(([attribute, names]) => {
    const group = make("optgroup", "");
    group.label = attribute;
    group.append(...names.filter(([name]) => !labels.includes(name)).map(([name, value]) => option(value, name)));
    return group;
  }));
  list.addEventListener("change", () => change(index, { labels: [...labels, list.value], picked: [] }));
  return list;
}

function renderChoice(index) {
  const choice = panels[index].querySelector(".choice"), set = sets[index], inside = choice.contains(document.activeElement);
  const kind = inside && document.activeElement.className;
  const chosen = make("div", "labels"), button = make("button", "pick", "Pick pictures");
  chosen.append(...set.labels.map((name) => label(index, name)), ...set.picked.map((number) => picked(index, number)));
  button.setAttribute("aria-pressed", picking === index);
  button.addEventListener("click", () => { picking = picking === index ? null : index; render(); });
  choice.replaceChildren(chosen, ...(groups.length ? [menu(index)] : []), button);
  if (inside) (kind === "pick" ? button : choice.querySelector("select") ?? button).focus();
}

function renderPool() {
  part.pool.hidden = picking === null;
  if (picking === null) return;
  part.poolTitle.textContent = `Pictures for ${NAMES[picking]}: three or more of a kind do better than one`;
  const focused = [...part.pictures.children].indexOf(document.activeElement);
  part.pictures.replaceChildren(...pictures.names.map((name, number) => {
    const button = thumb(number, name);
    button.setAttribute("aria-pressed", sets[picking].picked.includes(number));
    button.addEventListener("click", () => pick(picking, number));
    return button;
  }));
  part.pictures.children[focused]?.focus();
}

function render() {
  root.dataset.state = result ? "ready" : ready ? "offered" : "asleep";
  const busy = part.message.dataset.kind === "busy" && !part.message.hidden;
  root.classList.toggle("working", busy);
  root.hidden = !ready && !busy; // nobody has asked for it yet
  panels.forEach((panel, index) => {
    const figure = panel.querySelector("figure");
    showTile(figure, means[index]);
    figure.title = HELP;
    if (sets[index]) renderChoice(index);
  });
  showTile(part.result, result);
  renderPool();
  layOut();
}

function layOut() {
  const width = part.sum.clientWidth, narrow = root.clientWidth <= NARROW;
  if (!width) return;
  const small = narrow ? 112 : Math.min(192, Math.max(64, (width - LARGE - BETWEEN) / 3));
  panels.forEach((panel) => fitTile(panel.querySelector("canvas"), small));
  fitTile(part.result.querySelector("canvas"), LARGE);
}

part.save.addEventListener("click", async () => {
  const words = sets.map((set) => set.labels.join(" ") || "picked");
  saveAs(await png(part.result.querySelector("canvas")), `${fileName(...words)}.png`);
});

whenResized(root, root, layOut);
watch("value", () => receive(props.value));
receive(props.value);
