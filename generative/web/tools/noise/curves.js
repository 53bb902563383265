// Charts over t, with a mark at the t that the slider says. Their data are described in noising.py.

import { make } from "../../widgets/kit/dom.js";
import { plot } from "../../widgets/kit/plot.js";

export const MOVED = "noised"; // the document's event when another t was chosen

/** @typedef {import("../../widgets/kit/plot.js").Chart} Chart */
/** @typedef {{ title: string, help: string, legend: { name: string, kind: string }[], chart: Chart }} Told */

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, props, watch }) {
  /** @type {{ told: Told, drawing: HTMLElement }[]} */
  let charts = [];
  let cursor = Number(props.opening);
  const render = () => charts.forEach(({ told, drawing }) => plot(drawing, { ...told.chart, cursor }));
  const receive = () => {
    charts = (props.value?.charts ?? []).map((/** @type {Told} */ told) => ({ told, drawing: make("div", "widget-plot") }));
    element.replaceChildren(wrapped(charts));
    render();
  };
  document.addEventListener(MOVED, (event) => {
    cursor = /** @type {CustomEvent} */ (event).detail;
    render();
  });
  watch("value", receive);
  receive();
}

/** @param {{ told: Told, drawing: HTMLElement }[]} charts */
function wrapped(charts) {
  const all = make("div", "charts");
  all.append(...charts.map(figure));
  return all;
}

/** @param {{ told: Told, drawing: HTMLElement }} chart */
function figure({ told, drawing }) {
  const made = make("figure"), title = make("b", "", told.title), legend = make("p", "legend");
  title.title = told.help;
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${told.title}, by t`);
  legend.append(...told.legend.map(({ name, kind }) => make("span", kind, name)));
  made.append(title, drawing, legend);
  return made;
}
