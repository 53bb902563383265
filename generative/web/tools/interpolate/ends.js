// The cards in the browser. They keep the sources; what Python found for one arrives under its key. A card that is
// clicked takes what is chosen next and passes the turn on.

import { find, findAll, whenShown } from "../../widgets/kit/dom.js";

/** @typedef {import("../../widgets/kit/dom.js").Mounted} Mounted */
/** @typedef {{ key: string, name: string, seed?: number, picture?: string, shape?: number[] }} End */
/** @typedef {{ name: string, picture: string | null, decoded: string, words: string, busy: boolean }} Found */

/** @param {Mounted} mounted */
export function mount(mounted) {
  const ends = new Ends(mounted), { watch, trigger, props, element } = mounted;
  watch("value", () => {
    const { ends: told, arrived } = props.value ?? {};
    ends.receive(props.value);
    if (told || arrived) trigger("input");
  });
  ends.receive(props.value);
  whenShown(element, () => trigger("input"));
}

class Ends {
  /** @param {Mounted} mounted */
  constructor({ element, props, trigger }) {
    this.root = /** @type {HTMLElement} */ (element.firstElementChild);
    /** @type {HTMLElement[]} */
    this.cards = findAll(this.root, ".card");
    this.message = find(this.root, ".message");
    this.props = props;
    /** @type {{ model: string, active: number, ends: End[] }} what Python is told */
    this.kept = { model: "", active: 0, ends: [] };
    /** @type {string[]} of the cards on show */
    this.names = [];
    /** @type {Record<string, Found>} by key */
    this.found = {};
    this.cards.forEach((card, index) => card.addEventListener("click", () => this.choose(index)));
    find(this.root, ".swap").addEventListener("click", () => {
      this.swap();
      trigger("input");
    });
  }

  /** @param {any} told */
  receive(told) {
    if (!told || typeof told !== "object") return;
    const { ends, arrived, error = "", model, active = 0 } = told;
    this.names = told.names ?? this.names;
    if (ends) this.kept = { model, active, ends };
    if (this.kept.active >= this.names.length) this.kept.active = 0;
    if (arrived) this.take(arrived);
    const news = Object.entries(/** @type {Record<string, Found>} */ ({ ...this.found, ...told.found }));
    this.found = Object.fromEntries(news.filter(([key]) => this.kept.ends.some((end) => end.key === key)));
    this.message.textContent = error;
    this.message.hidden = !error;
    this.publish();
  }

  /** @param {Omit<End, "key">} source for the card whose turn it is */
  take(source) {
    const { kept, names } = this;
    kept.ends[kept.active] = { ...source, key: Math.random().toString(36).slice(2) };
    kept.active = (kept.active + 1) % names.length;
  }

  /** @param {number} index */
  choose(index) {
    this.kept.active = index;
    this.publish();
  }

  swap() {
    const { ends } = this.kept;
    ends.splice(0, 2, ends[1], ends[0]);
    this.publish();
  }

  publish() {
    this.props.value = structuredClone(this.kept);
    this.root.dataset.count = String(this.names.length);
    this.cards.forEach((card, index) => this.renderCard(card, index));
  }

  /**
   * @param {HTMLElement} card
   * @param {number} index
   */
  renderCard(card, index) {
    const { names, kept, found } = this, { key = "", seed, name = "" } = kept.ends[index] ?? {};
    /** @type {Found | undefined} */
    const news = found[key];
    card.hidden = index >= names.length;
    card.setAttribute("aria-pressed", String(index === kept.active));
    card.classList.toggle("seeded", seed !== undefined);
    card.classList.toggle("busy", !news || news.busy);
    find(card, "b").textContent = names[index] ?? "";
    find(card, ".name").textContent = find(card, ".name").title = news?.name ?? name;
    find(card, ".words").textContent = news?.words ?? "";
    if (!news) return;
    showIn(find(card, ".picture"), news.picture);
    showIn(find(card, ".decoded"), news.decoded);
  }
}

/**
 * @param {HTMLImageElement} image
 * @param {string | null} address
 */
function showIn(image, address) {
  if (address) image.src = address;
  else image.removeAttribute("src");
}
