// The formula bar in the browser: chips with a slider each, the palette they come from, and the formula as text.
// Gradio runs nodes.js + formula_bar.js + formula_bar_chips.js + formula_bar_hand.js once per bar, as the body of one function of
// (element, trigger, props, server, upload, watch). What goes to and fro is described in formula_bar.py; text goes in as
// textContent, never as HTML.

const part = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const root = part.root, MOST = Number(root.dataset.most), STEP = 0.05, OPENING_MS = 400;
const methods = [...part.methods.querySelectorAll("input")], uid = Math.random().toString(36).slice(2);

let model = null; // the id of the one in use
let start = null; // {model, latent, name}: what the formula is added to
let terms = []; // [[name, amount], …]
let moved = ""; // the name of the chip that was moved last
let typed = null; // what was typed and not understood yet; null while the chips say the formula
let groups = []; // [[attribute, [[name, value], …]], …]
let surroundings = ""; // what the strip on show is about

// ── messages from Python ─────────────────────────────────────────────────────────────────────────────────────────

function receive(message) {
  if (!message || typeof message !== "object") return;
  const { start: from, groups: offered, terms: read, error, missing, formula } = message;
  model = message.model ?? model;
  if (from && from.model !== model) return publish(); // another model was chosen meanwhile
  const answers = formula === undefined || formula === typed; // not to what was typed before
  if (from !== undefined) start = from;
  if (offered !== undefined) offer(offered);
  if (message.method) methods.forEach((radio) => { radio.checked = radio.value === message.method; });
  if (read !== undefined && answers) take(read);
  if (error !== undefined && answers) say(error);
  if (missing !== undefined) {
    part.missing.hidden = !missing;
    part.missing.textContent = missing;
    root.classList.toggle("unknown", Boolean(missing));
  }
  publish();
  render();
  if (from) trigger("input"); // what the formula makes of it
  lookAround();
}

function take(read) {
  const before = Object.fromEntries(terms), changed = read.filter(([name, amount]) => before[name] !== amount);
  terms = read.map(([name, amount]) => [name, amount]);
  typed = null;
  if (changed.length) moved = changed.at(-1)[0];
  keepMoved();
}

function keepMoved() {
  if (!terms.some(([name]) => name === moved)) moved = terms.at(-1)?.[0] ?? "";
}

function say(error) {
  part.error.hidden = !error;
  part.error.textContent = error;
  part.text.setAttribute("aria-invalid", Boolean(error && typed !== null));
}

// ── to Python ────────────────────────────────────────────────────────────────────────────────────────────────────

// Amounts as Python writes them: 0.5, not 0.50.
const written = () => terms.map(([name, amount]) => `${amount < 0 ? "-" : "+"} ${Math.abs(amount)} ${name}`).join(" ");
const method = () => methods.find((radio) => radio.checked)?.value;

function publish() {
  props.value = { model, start, formula: typed ?? written(), typed: typed !== null, moved, method: method() };
}

function announce() {
  say("");
  publish();
  render();
  trigger("input");
  lookAround();
}

// The strip shows all amounts of one chip: it is asked for again when anything else has changed.
function lookAround() {
  if (!start || typed !== null) return;
  const key = JSON.stringify([start, method(), moved, terms.filter(([name]) => name !== moved)]);
  if (key === surroundings) return;
  surroundings = key;
  trigger("select");
}

function set(name, amount) {
  const rounded = Math.round(amount * 100) / 100;
  if (terms.some(([known]) => known === name)) terms = terms.map((term) => (term[0] === name ? [name, rounded] : term));
  else terms = [...terms, [name, rounded]];
  moved = name;
  typed = null;
  announce();
}

function remove(name) {
  const at = terms.findIndex(([known]) => known === name), inside = part.chips.contains(document.activeElement);
  terms = terms.filter(([known]) => known !== name);
  keepMoved();
  typed = null;
  announce();
  if (inside) (part.chips.children[Math.min(at, terms.length - 1)]?.querySelector("input") ?? part.add).focus();
}
