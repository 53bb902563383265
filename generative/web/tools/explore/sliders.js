// The sliders of a latent map, one for each dimension.

import { make } from "../../widgets/kit/dom.js";
import { signed } from "./geometry.js";

const FIRST = 12; // sliders on show before "more"
const REST = 3; // no button for so few
const STEPS = 240; // from one end of a slider to the other
const EXACT = 1e-9; // how far its numbers may be off

/** @typedef {import("./latent_map.js").LatentMap} LatentMap */
/** @typedef {import("./latent_map.js").Chart} Chart */

/**
 * z with the number of the dimension, counted from 1.
 * @param {number} dimension
 */
export function symbol(dimension) {
  const node = make("span", "z", "z");
  node.append(make("sub", "", String(dimension + 1)));
  return node;
}

export class Sliders {
  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.all = false; // whether every slider is on show
    /** @type {{ item: HTMLElement, input: HTMLInputElement, output: HTMLElement, reset: HTMLButtonElement }[]} */
    this.rows = [];
    map.part.more.addEventListener("click", () => {
      this.all = !this.all;
      this.renderMore();
    });
    map.part.resetAll.addEventListener("click", () => map.restart());
  }

  /** The ends of the sliders may have moved: they are built anew. */
  forget() {
    this.rows = [];
  }

  build() {
    const { part, chart, latent } = this.map;
    if (!chart || !latent) return;
    this.rows = latent.map((value, dimension) => this.row(chart, dimension, value));
    part.sliders.classList.toggle("unmeasured", !chart.importance);
    part.rows.replaceChildren(...chart.order.map((dimension) => this.rows[dimension].item));
    part.order.textContent = chart.importance ? "those first that change the picture most" : "in the model's own order";
    this.all = latent.length <= FIRST + REST;
    part.more.hidden = this.all;
    this.renderMore();
  }

  /**
   * @param {Chart} chart
   * @param {number} dimension
   * @param {number} value
   */
  row({ low, high, importance }, dimension, value) {
    const item = make("li", "dimension"), output = make("output"), reset = make("button", "", "↺");
    const input = this.slider(dimension, Math.min(low[dimension], value), Math.max(high[dimension], value));
    reset.title = "Back to where it started";
    reset.ariaLabel = `Reset dimension ${dimension + 1}`;
    reset.addEventListener("click", () => {
      this.map.change(dimension, this.map.start[dimension]);
      input.focus();
    });
    item.append(symbol(dimension), ...(importance ? [meter(importance[dimension])] : []), input, output, reset);
    return { item, input, output, reset };
  }

  /**
   * @param {number} dimension
   * @param {number} min
   * @param {number} max
   */
  slider(dimension, min, max) {
    const node = make("input"), step = ((max - min) / STEPS) * (1 - EXACT); // rounded up, the last step would not fit
    Object.assign(node, { type: "range", min, max, step, ariaLabel: `Dimension ${dimension + 1}` });
    node.addEventListener("input", () => this.map.change(dimension, Number(node.value)));
    node.addEventListener("focus", () => this.map.choose(dimension));
    return node;
  }

  renderMore() {
    const { part, chart } = this.map;
    chart?.order.forEach((dimension, place) => { this.rows[dimension].item.hidden = !this.all && place >= FIRST; });
    part.more.textContent = this.all ? `Only the first ${FIRST}` : `All ${this.rows.length} dimensions`;
    part.more.setAttribute("aria-expanded", String(this.all));
  }

  render() {
    if (!this.rows.length) this.build();
    const { part, latent, start, dim } = this.map;
    this.rows.forEach(({ item, input, output, reset }, dimension) => {
      const value = latent?.[dimension] ?? 0;
      if (Number(input.value) !== value) input.value = String(value);
      output.textContent = signed(value);
      reset.disabled = value === start[dimension];
      item.classList.toggle("chosen", dimension === dim);
    });
    part.resetAll.disabled = !this.map.changed;
  }
}

/** @param {number} importance */
function meter(importance) {
  const node = make("span", "meter"), bar = make("i"), share = Math.round(100 * importance);
  node.title = `Changes the picture ${share} % as much as the dimension that changes it most (each moved by one standard deviation)`;
  bar.style.width = `${share}%`;
  node.append(bar);
  return node;
}
