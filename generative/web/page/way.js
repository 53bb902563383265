// Keeps the page's address at what is on show, follows Back and Forward, and copies. See arrivals.py and links.js.

import { entering, isAt, modelOf, tabOf, toPlace, toRun, toTab } from "./links.js";

const COPIED_MS = 1500;
/** @type {Map<string, string>} the run that each tool, or a tab without tools, shows, as an address */
const runs = new Map();

/** @typedef {import("./links.js").Place} Place */

/** @param {Place} place */
const key = ({ tab, tool }) => `${tab} ${tool}`;

/**
 * @param {string} query
 * @param {"push" | "replace"} how
 */
function write(query, how) {
  const presenting = document.body.classList.contains("present");
  const address = (presenting ? `${query || "?"}&present=` : query) || location.pathname;
  if (address === (location.search || location.pathname)) return;
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

/** @param {Place} place that has come on show */
function enter(place) {
  const how = entering(location.search, place), run = runs.get(key(place)) ?? "";
  if (how !== "stay") write(modelOf(run) === place.model ? run : toPlace(place), how);
}

/**
 * The place of a tool that a node is in.
 * @param {Element} node
 * @returns {Place | null}
 */
function placeAround(node) {
  const face = /** @type {HTMLElement | null} */ (node.closest(".built")?.querySelector("[data-tool]") ?? null);
  return face && /** @type {Place} */ ({ ...face.dataset });
}

/**
 * The page's address of a run that a node shows; null for a node in no tool.
 * @param {Element} node
 * @param {string} link the run's own
 */
export function pageOf(node, link) {
  const place = placeAround(node);
  return place && toRun(place, link);
}

/** @param {CustomEvent<{ link: string }>} event */
function made({ target, detail }) {
  const node = /** @type {HTMLElement} */ (target), place = placeAround(node), tab = tabOf(detail.link);
  if (tab && !place) return void keep(node, tab, detail.link);
  if (!place) return;
  const run = toRun(place, detail.link);
  runs.set(key(place), run);
  if (node.offsetParent && (isAt(location.search, place) || modelOf(location.search) === modelOf(run))) {
    write(run, "replace");
  }
}

/**
 * @param {HTMLElement} node
 * @param {string} tab that has no tools
 * @param {string} link
 */
function keep(node, tab, link) {
  runs.set(tab, link);
  if (node.offsetParent) write(link, "replace");
}

/** The data set that was chosen, "" for the first. */
function data() {
  const all = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("#dataset input")]);
  return all.find((one, index) => index && one.checked)?.value ?? "";
}

/** @param {MouseEvent} event */
function onClick({ target }) {
  const node = /** @type {Element} */ (target), tab = node.closest('#tabs [role="tab"]')?.id ?? "";
  const plain = tab.match(/^tab-(start|compare|guide)-button$/);
  if (plain) write(runs.get(plain[1]) ?? toTab(plain[1], data()), "push");
  const toggle = node.closest("[data-present]");
  if (toggle) toggle.setAttribute("aria-pressed", String(present()));
  const button = /** @type {HTMLElement | null} */ (node.closest("[data-copy]"));
  if (button) copy(button, button.dataset.copy === "link" ? location.href : button.nextElementSibling?.textContent ?? "");
}

/**
 * @param {HTMLElement} button which says that it has been done
 * @param {string} text
 */
async function copy(button, text) {
  const before = button.textContent;
  button.textContent = (await written(text)) ? "Copied" : "Not allowed to copy";
  setTimeout(() => (button.textContent = before), COPIED_MS);
}

/** @param {string} text */
async function written(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const field = document.createElement("textarea"); // where a page is not served over https
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

/** One tool in large type, for a projector; again, the whole page. */
function present() {
  const on = document.body.classList.toggle("present"), words = new URLSearchParams(location.search);
  words.delete("present");
  write(`${words}` && `?${words}`, "replace");
  dispatchEvent(new Event("resize"));
  return on;
}

/** What is made as HTML, such as a table, says its own address. */
class MadeLink extends HTMLElement {
  static observedAttributes = ["link"];

  connectedCallback() {
    this.tell();
  }

  attributeChangedCallback() {
    this.tell();
  }

  tell() {
    const link = this.getAttribute("link");
    if (link && this.isConnected) this.dispatchEvent(new CustomEvent("made", { bubbles: true, detail: { link } }));
  }
}

/** @param {import("../widgets/kit/dom.js").Mounted} mounted */
export function mount({ trigger }) {
  const listen = /** @type {(name: string, act: (event: any) => void) => void} */ (document.addEventListener.bind(document));
  if (new URLSearchParams(location.search).has("present")) document.body.classList.add("present");
  const toggle = document.querySelector("[data-present]");
  toggle?.setAttribute("aria-pressed", String(document.body.classList.contains("present")));
  listen("place", (event) => enter(event.detail));
  listen("made", made);
  listen("click", onClick);
  listen("change", ({ target }) => {
    const tab = document.querySelector('#tabs [role="tab"][aria-selected="true"]')?.id.match(/^tab-(start|compare|guide)-/);
    if (!target.closest("#dataset") || !tab) return;
    runs.delete(tab[1]);
    write(toTab(tab[1], data()), "replace");
  });
  addEventListener("popstate", () => {
    const place = new URLSearchParams(location.search);
    place.delete("present");
    const query = `${place}` && `?${place}`;
    const shown = runs.get(`${place.get("tab")} ${place.get("tool")}`) === query; // that run is still there
    const only = ["tab", "tool", "model"].map((name) => [name, place.get(name) ?? ""]);
    trigger("select", { query: shown ? `?${new URLSearchParams(only)}` : query });
  });
  if (!customElements.get("made-link")) customElements.define("made-link", MadeLink);
}
