// The runs of a visit as a strip of pictures; a click brings one back. See history.py and keeping.js.

import { make, partsOf } from "../widgets/kit/dom.js";
import { decode, fileName, png, saveAs } from "../widgets/kit/png.js";
import { zip } from "../widgets/kit/zip.js";
import { NAME, added, called, read, written } from "./keeping.js";
import { pageOf } from "./way.js";

const OTHER = "What an earlier visit left could not be read, so it was dropped.";
const BLOCKED = "This browser keeps nothing: what you made stays here until the page is closed.";

/** @typedef {import("./keeping.js").Kept} Kept */

/** @param {import("../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, trigger }) {
  new History(partsOf(element), (link) => trigger("select", { query: link }));
}

class History {
  /**
   * @param {any} part
   * @param {(link: string) => void} bringBack
   */
  constructor(part, bringBack) {
    this.part = part;
    this.bringBack = bringBack;
    /** @type {Kept[]} */
    this.runs = this.load();
    part.clear.addEventListener("click", () => this.keep([]));
    part.save.addEventListener("click", () => this.save());
    document.addEventListener("made", (event) => this.take(/** @type {CustomEvent} */ (event)));
    this.render();
  }

  /** @returns {Kept[]} */
  load() {
    try {
      const text = localStorage.getItem(NAME), runs = text === null ? [] : read(text);
      if (runs) return runs;
      localStorage.removeItem(NAME);
      this.say(OTHER);
    } catch {
      this.say(BLOCKED);
    }
    return [];
  }

  /** @param {CustomEvent} event a run that is done, of a tool, with its picture */
  async take({ target, detail }) {
    const link = detail.done && detail.picture && pageOf(/** @type {Element} */ (target), detail.link);
    if (!link) return;
    const picture = await dataUrl(await png(detail.picture, detail.recipe));
    this.keep(added(this.runs, { link, picture, liked: false }));
  }

  /** @param {Kept[]} runs */
  keep(runs) {
    this.runs = runs;
    try {
      localStorage.setItem(NAME, written(runs));
    } catch {
      this.say(BLOCKED);
    }
    this.render();
  }

  /** @param {string} words */
  say(words) {
    this.part.note.textContent = words;
    this.part.root.hidden = false;
  }

  /** @param {Kept} run */
  like(run) {
    this.keep(this.runs.map((one) => (one === run ? { ...run, liked: !run.liked } : one)));
  }

  render() {
    const { part, runs } = this;
    part.root.hidden = !runs.length && !part.note.textContent;
    part.save.disabled = !runs.some(({ liked }) => liked);
    part.clear.disabled = !runs.length;
    part.runs.replaceChildren(...runs.map((run) => this.item(run)));
  }

  /** @param {Kept} run */
  item(run) {
    const item = make("li"), back = make("button", "back"), image = make("img"), like = make("button", "like", "★");
    const name = called(run.link);
    Object.assign(image, { src: run.picture, alt: "" });
    Object.assign(back, { title: name, ariaLabel: `Bring back: ${name}` });
    Object.assign(like, { ariaLabel: `Favourite: ${name}`, ariaPressed: String(run.liked) });
    back.append(image);
    back.addEventListener("click", () => this.open(run));
    like.addEventListener("click", () => this.like(run));
    item.append(back, like);
    return item;
  }

  /** @param {Kept} run */
  open({ link }) {
    history.pushState(null, "", link);
    scrollTo({ top: 0 });
    this.bringBack(link);
  }

  save() {
    const liked = this.runs.filter((run) => run.liked);
    const files = liked.map(({ link, picture }, index) => ({
      name: `${fileName(String(index + 1).padStart(2, "0"), called(link).slice(0, 60))}.png`,
      bytes: decode(picture.slice(picture.indexOf(",") + 1)),
    }));
    const list = liked.map(({ link }) => `${called(link)}\n${new URL(link, location.href)}\n`).join("\n");
    files.push({ name: "links.txt", bytes: new TextEncoder().encode(list) });
    saveAs(new Blob(zip(files), { type: "application/zip" }), "favourites.zip");
  }
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function dataUrl(blob) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsDataURL(blob);
  });
}
