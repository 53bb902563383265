// Charts from data: lines, bars, ticks and dots over two axes, and marks along the first. Colours are the page's own.

const WIDTH = 420, LEFT = 44, RIGHT = 412, TOP = 8, BELOW = 28; // of the drawing; BELOW the plot is room for words
const TICK = 13; // half the height of one
const NAMESPACE = "http://www.w3.org/2000/svg";

/** @typedef {{ low: number, high: number, words: [number, string][] }} Axis its ends, and words at some of its values */

/** @typedef {{ points: [number, number][], kind: string, shape: "line" | "bars" | "ticks" | "dots" }} Series */

/**
 * @typedef {object} Chart
 * @property {Series[]} series the last one lies on top; a kind is a class in the page's styles
 * @property {{ x: Axis, y: Axis }} axes
 * @property {{ at: number, kind: string }[]} [marks] on the first axis
 * @property {number | null} [cursor] on the first axis
 * @property {number} [height] of the drawing, which is 420 wide
 */

/**
 * Draws a chart into an element, instead of what is there. The element says in words what it shows.
 * @param {Element} element
 * @param {Chart} chart
 */
export function plot(element, { series, axes, marks = [], cursor = null, height = 180 }) {
  const place = placing(axes, height);
  const frame = node("path", { class: "axis", d: `M${LEFT} ${TOP}V${place.bottom}H${RIGHT}` });
  const upright = [...marks, ...(cursor === null ? [] : [{ at: cursor, kind: "cursor" }])].map(({ at, kind }) =>
    node("path", { class: `mark ${kind}`, d: `M${place.x(at)} ${TOP}V${place.bottom}` }));
  const parts = [frame, ...words(axes, place), ...series.map((one) => drawn(one, place)), ...upright];
  element.replaceChildren(node("svg", { viewBox: `0 0 ${WIDTH} ${height}`, "aria-hidden": "true" }, parts));
}

/**
 * Where values lie in the drawing, to a tenth of its units; a value outside its axis lies at the axis's end.
 * @param {{ x: Axis, y: Axis }} axes
 * @param {number} height
 */
export function placing(axes, height) {
  const bottom = height - BELOW;
  return {
    bottom,
    unit: (RIGHT - LEFT) / (axes.x.high - axes.x.low || 1),
    x: (/** @type {number} */ value) => round(LEFT + (RIGHT - LEFT) * share(value, axes.x)),
    y: (/** @type {number} */ value) => round(bottom - (bottom - TOP) * share(value, axes.y)),
  };
}

/** @typedef {ReturnType<typeof placing>} Place */

/**
 * How far along an axis a value is, from 0 to 1.
 * @param {number} value
 * @param {Axis} axis
 */
export const share = (value, { low, high }) => Math.min(1, Math.max(0, (value - low) / (high - low || 1)));

/** @type {Record<"line" | "bars" | "ticks", (points: [number, number][], place: Place) => string>} */
export const PATHS = {
  line: (points, { x, y }) => points.map(([at, value], i) => `${i ? "L" : "M"}${x(at)} ${y(value)}`).join(""),
  bars: (points, { x, y }) => points.map(([at, value]) => `M${x(at)} ${y(0)}V${y(value)}`).join(""),
  ticks: (points, { x, y }) => points.map(([at, value]) => `M${x(at)} ${round(y(value) - TICK)}v${2 * TICK}`).join(""),
};

/**
 * @param {Series} series
 * @param {Place} place
 */
function drawn({ points, kind, shape }, place) {
  if (shape !== "dots") {
    const path = node("path", { class: `${shape} ${kind}`, d: PATHS[shape](points, place) });
    return shape === "bars" ? node("g", { "stroke-width": round(0.8 * place.unit) }, [path]) : path;
  }
  const dots = points.map(([at, value]) => node("circle", { cx: place.x(at), cy: place.y(value), r: 5 }));
  return node("g", { class: `dots ${kind}` }, dots);
}

/**
 * The words of both axes; those at the ends of the first one stay within the drawing.
 * @param {{ x: Axis, y: Axis }} axes
 * @param {Place} place
 */
function words({ x, y }, place) {
  const anchor = (/** @type {number} */ value) => (value === x.low ? "start" : value === x.high ? "end" : "middle");
  return [
    ...y.words.map(([value, said]) => text(said, LEFT - 6, Math.max(TOP + 6, place.y(value) + 4), "end")),
    ...x.words.map(([value, said]) => text(said, place.x(value), place.bottom + 18, anchor(value))),
  ];
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;

/**
 * @param {string} said
 * @param {number} x
 * @param {number} y
 * @param {string} anchor
 */
function text(said, x, y, anchor) {
  const made = node("text", { x, y, "text-anchor": anchor });
  made.textContent = said;
  return made;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {Element[]} [children]
 */
function node(tag, attributes, children = []) {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}
