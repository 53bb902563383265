// A map of pictures, each drawn where its features put it; one is chosen by hand or keys. Its value is described in
// feature_map.py.

import { partsOf, whenResized } from "../../widgets/kit/dom.js";
import { nearest, onward } from "./places.js";

const TILE = 22; // CSS pixels across a picture

/** @typedef {import("./places.js").Place} Place */

/** @type {Record<string, Place>} */
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, props, watch, trigger }) {
  /** @type {Record<string, any>} */
  const parts = partsOf(element);
  const sheet = new Image();
  /** @type {any} */
  let told = null;
  /** @type {Place[]} */
  let places = [];
  let chosen = 0;

  const render = () => draw(parts.canvas, parts.board, { told, places, chosen, sheet });
  const choose = (/** @type {number} */ index) => {
    if (!told || index < 0) return;
    chosen = index;
    parts.live.textContent = `${told.names[index]}, picture ${index + 1} of ${places.length}`;
    render();
    props.value = { model: told.model, pick: index };
    trigger("input");
  };
  parts.board.addEventListener("click", (/** @type {MouseEvent} */ event) => choose(nearest(places, pointOf(event, parts.canvas))));
  parts.board.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const direction = ARROWS[event.key];
    if (!direction || !places.length) return;
    event.preventDefault();
    choose(onward(places, chosen, direction));
  });
  const receive = () => {
    if (!props.value?.sheet) return;
    told = props.value;
    places = JSON.parse(told.places);
    chosen = told.chosen;
    sheet.src = told.sheet;
  };
  sheet.addEventListener("load", render);
  whenResized(element, parts.board, render);
  watch("value", receive);
  receive();
}

/**
 * Where a click lies between the centres of the outermost pictures.
 * @param {MouseEvent} event
 * @param {HTMLElement} canvas
 * @returns {Place}
 */
function pointOf({ clientX, clientY }, canvas) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const inner = (/** @type {number} */ at, /** @type {number} */ extent) => (at - TILE / 2) / Math.max(1, extent - TILE);
  return [inner(clientX - left, width), inner(clientY - top, height)];
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} board
 * @param {{ told: any, places: Place[], chosen: number, sheet: HTMLImageElement }} map
 */
function draw(canvas, board, { told, places, chosen, sheet }) {
  if (!told || !sheet.complete || !board.clientWidth) return;
  const ratio = window.devicePixelRatio || 1, width = board.clientWidth, height = board.clientHeight;
  Object.assign(canvas, { width: width * ratio, height: height * ratio });
  const ink = canvas.getContext("2d");
  if (!ink) return;
  ink.scale(ratio, ratio);
  const corner = (/** @type {Place} */ [x, y]) => [x * (width - TILE), y * (height - TILE)];
  places.forEach((place, i) => {
    const [x, y] = corner(place), size = told.size;
    ink.drawImage(sheet, (i % told.across) * size, Math.floor(i / told.across) * size, size, size, x, y, TILE, TILE);
  });
  const [x, y] = corner(places[chosen]);
  ink.strokeStyle = getComputedStyle(board).color;
  ink.lineWidth = 2;
  ink.strokeRect(x - 2, y - 2, TILE + 4, TILE + 4);
}
