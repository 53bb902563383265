// What of a run is shown: its result, one of its other views, or two or three of them side by side.

import { find, findAll, make, radio, unique } from "../kit/dom.js";
import { titleOf } from "./run.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").Moment} Moment */

/**
 * The views of a run besides its result.
 * @param {Moment[]} frames
 */
export const extraViews = (frames) =>
  [...new Set(frames.flatMap((frame) => Object.keys(frame.views)))].filter((view) => view !== "image");

/**
 * Whether views can stand side by side: there are two or three.
 * @param {string[]} extras
 */
const beside = (extras) => extras.length === 2 || extras.length === 3;

/**
 * The views of a frame to show.
 * @param {Moment} frame
 * @param {string[]} extras
 * @param {string | null} chosen
 * @param {boolean} alone whether only one is on show unless somebody asks for more
 */
export function viewsOf(frame, extras, chosen, alone) {
  const view = chosen ?? (beside(extras) && !alone ? "all" : "image");
  const wanted = view === "all" ? extras : [view];
  return wanted.length && wanted.every((name) => name in frame.views) ? wanted : ["image"];
}

export class ViewChoice {
  /**
   * @param {HTMLElement} field
   * @param {boolean} alone results only
   * @param {() => void} changed
   */
  constructor(field, alone, changed) {
    this.field = field;
    this.alone = alone;
    this.changed = changed;
    this.name = unique("view");
    /** @type {string | null} null until the visitor chooses one */
    this.chosen = null;
  }

  /** @param {Run} run */
  extras(run) {
    return this.alone ? [] : extraViews(run.frames);
  }

  /**
   * @param {Run} run
   * @param {Moment} frame
   * @param {boolean} alone whether only one is on show unless somebody asks for more
   */
  of(run, frame, alone) {
    return viewsOf(frame, this.extras(run), this.chosen, alone);
  }

  /**
   * @param {Run} run
   * @param {string[]} shown
   */
  render(run, shown) {
    const extras = this.extras(run);
    const options = extras.length ? [...(beside(extras) ? ["all"] : []), "image", ...extras] : [];
    this.field.hidden = !options.length;
    if (this.field.dataset.options !== options.join()) this.build(run, options);
    const on = shown.length > 1 ? "all" : shown[0];
    for (const button of findAll(this.field, "input")) button.checked = button.value === on;
  }

  /**
   * @param {Run} run
   * @param {string[]} options
   */
  build(run, options) {
    this.field.dataset.options = options.join();
    this.field.replaceChildren(find(this.field, "legend"), ...options.map((option) => this.option(run, option)));
    if (this.chosen && !options.includes(this.chosen)) this.chosen = null;
  }

  /**
   * @param {Run} run
   * @param {string} option
   */
  option(run, option) {
    const label = make("label"), button = radio(make("input"), this.name, () => {
      this.chosen = option;
      this.changed();
    });
    button.value = option;
    label.title = run.views[option]?.help ?? "";
    label.append(button, make("span", "", option === "all" ? "Side by side" : titleOf(run, option)));
    return label;
  }
}
