// A − B + C in the browser: what each set is made of, the mean of each and the result.
// What goes to and fro is described in triplet.py.

import { find, findAll, partsOf, whenResized } from "../../widgets/kit/dom.js";
import { fileName, offerScales, savePicture } from "../../widgets/kit/png.js";
import { Kept } from "../../widgets/kit/made.js";
import { fitTile, showMessage, showTile } from "../../widgets/kit/tiles.js";
import { renderChoice, renderPool } from "./sets.js";

const LARGE = 260, BETWEEN = 150, NARROW = 640; // CSS pixels; the second: signs and gaps
const PHONE = 112, SMALL = 192, LEAST = 64; // of one of the three means
const HELP = "The picture that the mean of their latents is decoded to";

/** @typedef {import("../../widgets/kit/dom.js").Mounted} Mounted */
/** @typedef {import("../../widgets/kit/tiles.js").Tile} Tile */
/** @typedef {{ labels: string[], picked: number[] }} Examples one of the sets, replaced and never changed in place */

/** @param {Mounted} mounted */
export function mount(mounted) {
  const triplet = new Triplet(mounted);
  whenResized(triplet.root, triplet.root, () => {
    triplet.layOut();
    triplet.address.onWidth();
  });
  mounted.watch("value", () => triplet.receive(mounted.props.value));
  triplet.receive(mounted.props.value);
}

export class Triplet {
  /** @param {Mounted} mounted */
  constructor({ element, props, trigger }) {
    this.part = partsOf(element);
    this.root = /** @type {HTMLElement} */ (this.part.root);
    /** @type {HTMLElement[]} */
    this.panels = findAll(this.root, ".set");
    this.props = props;
    this.trigger = trigger;
    /** @type {string | null} */
    this.model = null;
    this.ready = false;
    /** @type {[string, [string, string][]][]} */
    this.groups = [];
    /** @type {{ sheet: string, names: string[] }} */
    this.pictures = { sheet: "", names: [] };
    /** @type {Examples[]} */
    this.sets = [];
    /** @type {number | null} the index of the set that pictures are picked for */
    this.picking = null;
    /** @type {(Tile | null)[]} */
    this.means = [null, null, null];
    /** @type {Tile | null} */
    this.result = null;
    this.address = new Kept(this.root);
    offerScales(this.part.size);
    this.part.save.addEventListener("click", () => this.save());
  }

  /** @param {any} message */
  receive(message) {
    if (!message || typeof message !== "object") return;
    const { model, of } = message;
    if (model !== undefined && model !== this.model) {
      [this.model, this.ready, this.picking] = [model, false, null];
      this.address.forget();
    }
    if (of !== undefined && of !== this.model) return this.publish(); // another model was chosen meanwhile
    this.ready = message.ready ?? this.ready;
    this.groups = message.groups ?? this.groups;
    this.pictures = message.pictures ?? this.pictures;
    this.sets = message.sets ?? this.sets;
    if (message.for === undefined || JSON.stringify(message.for) === JSON.stringify(this.sets)) this.take(message);
    this.publish();
    this.render();
  }

  /** @param {any} answer to the sets as they are */
  take({ means, result, error, busy, link }) {
    if (means !== undefined) [this.means, this.result] = [means, result];
    this.address.take(link);
    if (error !== undefined || busy !== undefined) showMessage(this.part.message, error, busy);
  }

  publish() {
    const { model, ready, sets } = this;
    this.props.value = { model, ready, sets };
  }

  /**
   * @param {number} index
   * @param {Examples} set
   */
  change(index, set) {
    this.sets = this.sets.map((old, i) => (i === index ? set : old));
    this.publish();
    showMessage(this.part.message);
    this.render();
    this.root.classList.add("working");
    this.trigger("input");
  }

  /**
   * Takes a picture into a set or out of it.
   * @param {number} index
   * @param {number} number
   */
  pick(index, number) {
    const { picked } = this.sets[index], others = picked.filter((one) => one !== number);
    this.change(index, { labels: [], picked: picked.includes(number) ? others : [...picked, number] });
  }

  /** @param {number} index */
  pickFor(index) {
    this.picking = this.picking === index ? null : index;
    this.render();
  }

  render() {
    const { root, part, ready, result } = this, { message } = part;
    const busy = message.dataset.kind === "busy" && !message.hidden;
    root.dataset.state = result ? "ready" : ready ? "offered" : "asleep";
    root.classList.toggle("working", busy);
    root.hidden = !ready && !busy; // nobody has asked for it yet
    this.panels.forEach((panel, index) => {
      const figure = find(panel, "figure");
      showTile(figure, this.means[index]);
      figure.title = HELP;
      if (this.sets[index]) renderChoice(this, index);
    });
    showTile(part.result, result);
    renderPool(this);
    this.layOut();
  }

  layOut() {
    const width = this.part.sum.clientWidth, narrow = this.root.clientWidth <= NARROW;
    if (!width) return;
    const small = narrow ? PHONE : Math.min(SMALL, Math.max(LEAST, (width - LARGE - BETWEEN) / 3));
    for (const panel of this.panels) fitTile(find(panel, "canvas"), small);
    fitTile(find(this.part.result, "canvas"), LARGE);
  }

  async save() {
    const words = this.sets.map((set) => set.labels.join(" ") || "picked");
    await savePicture(find(this.part.result, "canvas"), this.part.size, fileName(...words));
  }
}
