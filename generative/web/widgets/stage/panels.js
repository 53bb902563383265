// The pictures of a frame on their canvases: one panel for each view on show.

import { make } from "../kit/dom.js";
import { ink, newCanvas, picture } from "../kit/png.js";
import { arrange, roomOn } from "./layout.js";
import { bytesOf, describe, seedParts, titleOf } from "./run.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").Moment} Moment */
/** @typedef {{ button: HTMLButtonElement, name: HTMLElement, seed: HTMLElement, context: CanvasRenderingContext2D }} Cell */
/** @typedef {{ view: string, cells: Cell[] }} Panel */

export class Panels {
  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} empty what stands there without pictures
   * @param {(index: number, view: string) => void} open
   */
  constructor(box, empty, open) {
    this.box = box;
    this.empty = empty;
    this.open = open;
    this.columns = 1;
    this.key = "";
    /** @type {Panel[]} in the order on show */
    this.panels = [];
    this.clear();
  }

  clear() {
    this.panels = [];
    this.key = "";
    this.box.replaceChildren(this.empty);
  }

  /**
   * @param {Run} run
   * @param {Moment} frame
   * @param {string[]} views
   */
  render(run, frame, views) {
    const key = JSON.stringify([views.length > 1 ? views : 1, frame.shape]); // one view gives way to another in its place
    if (this.key !== key) this.build(run, views, frame.shape);
    this.key = key;
    this.panels.forEach((panel, index) => (panel.view = views[index]));
    for (const { view, cells } of this.panels) {
      const bytes = bytesOf(frame, view);
      cells.forEach((cell, index) => {
        cell.context.putImageData(picture(bytes, frame.shape, index), 0, 0);
        caption(cell, run, index, view);
        cell.button.style.order = String(run.order[index] ?? "");
      });
    }
  }

  /**
   * @param {Run} run
   * @param {string[]} views
   * @param {number[]} shape
   */
  build(run, views, shape) {
    const cells = this.panels.flatMap((panel) => panel.cells);
    const focused = cells.findIndex(({ button }) => button === document.activeElement);
    this.panels = views.map((view, number) => ({
      view, cells: Array.from({ length: shape[0] }, (_, index) => this.cell(index, number, shape)),
    }));
    this.box.replaceChildren(...this.panels.map((panel) => panelNode(run, panel, views.length > 1)));
    if (focused >= 0) this.panels[0].cells[focused % shape[0]]?.button.focus();
  }

  /**
   * @param {number} index
   * @param {number} panel
   * @param {number[]} shape
   * @returns {Cell}
   */
  cell(index, panel, [, , height, width]) {
    const button = make("button", "cell"), canvas = newCanvas(width, height);
    const line = make("span", "caption"), name = make("span", "name"), seed = make("span", "seed");
    button.addEventListener("click", () => this.open(index, this.panels[panel].view));
    seed.append(make("span", "far"), make("span", "near"));
    line.append(name, " ", seed);
    line.ariaHidden = "true"; // the label of the button says it all
    button.append(canvas, line);
    return { button, name, seed, context: ink(canvas) };
  }

  /**
   * @param {number[]} shape
   */
  layOut(shape) {
    const width = this.box.clientWidth, { style, classList } = this.box;
    if (!width) return;
    const { clientWidth, clientHeight } = document.documentElement;
    const high = roomOn([clientWidth, clientHeight], this.box.getBoundingClientRect().top + scrollY);
    const { columns, cell, gap, reserved, stacked, ratio } = arrange(shape, width, this.panels.length, devicePixelRatio, high);
    this.columns = columns;
    classList.toggle("stacked", stacked);
    classList.toggle("narrow", cell < 72);
    classList.toggle("wide", cell >= 150);
    style.minHeight = `${reserved}px`;
    const facts = { "--cell": `${cell}px`, "--ratio": ratio, "--columns": columns, "--gap": `${gap}px` };
    for (const [name, value] of Object.entries(facts)) style.setProperty(name, String(value));
  }

  /**
   * @param {number} index
   * @param {string} view
   */
  focus(index, view) {
    (this.panels.find((panel) => panel.view === view) ?? this.panels[0])?.cells[index]?.button.focus();
  }
}

/**
 * @param {Cell} cell
 * @param {Run} run
 * @param {number} index
 * @param {string} view
 */
function caption({ button, name, seed }, run, index, view) {
  const told = describe(run, index), alt = run.alt && run.alt !== told.name ? `${run.alt}, ` : "";
  name.textContent = run.captions[index] ?? "";
  [seed.children[0].textContent, seed.children[1].textContent] = seedParts(told.seed);
  button.title = told.words;
  const seen = [name.textContent, seed.textContent].filter(Boolean).join(" "); // comes first, for those who speak to it
  button.setAttribute("aria-label", `${seen ? `${seen}: ` : ""}${alt}${told.words}, ${titleOf(run, view)}. Open large`);
}

/**
 * @param {Run} run
 * @param {Panel} panel
 * @param {boolean} titled
 */
function panelNode(run, { view, cells }, titled) {
  const node = make("div", "panel"), grid = make("div", "grid"), title = make("h3", "", titleOf(run, view));
  title.title = run.views[view]?.help ?? "";
  if (titled) node.append(title);
  grid.append(...cells.map(({ button }) => button));
  node.append(grid);
  return node;
}
