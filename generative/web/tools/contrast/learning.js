// Trainings on one timeline: films, and curves with a mark at the moment on show. Its value is described in learning.py.

import { make, partsOf } from "../../widgets/kit/dom.js";
import { plot } from "../../widgets/kit/plot.js";
import { cube } from "./cube.js";
import { momentAt, timeline } from "./moments.js";

const PACE = 280; // ms a moment

/** @typedef {{ title: string, kind: string, url: string, moments: number[] }} Film */
/** @typedef {import("../../widgets/kit/plot.js").Chart} Chart */
/** @typedef {{ title: string, help: string, legend: { name: string, kind: string }[], chart: Chart }} Told */

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, props, watch }) {
  /** @type {Record<string, any>} */
  const parts = partsOf(element);
  /** @type {{ film: Film, screen: HTMLElement }[]} */
  let films = [];
  /** @type {{ told: Told, drawing: HTMLElement }[]} */
  let charts = [];
  /** @type {{ told: import("./cube.js").Told, made: HTMLElement, show: (moment: number) => void }[]} */
  let cubes = [];
  /** @type {number[]} */
  let moments = [];

  const render = () => {
    const seen = moments[Number(parts.at.value)] ?? 0;
    films.forEach(({ film, screen }) => show(screen, film, seen));
    cubes.forEach(({ told, show: light }) => light(momentAt(told.moments, seen)));
    charts.forEach(({ told, drawing }) => plot(drawing, { ...told.chart, cursor: moments.length ? seen : null }));
    parts.said.textContent = `after ${seen.toLocaleString("en")} images`;
    parts.at.setAttribute("aria-valuetext", parts.said.textContent);
  };
  const stop = player(parts, render);
  const receive = () => {
    stop();
    films = (props.value?.films ?? []).map((/** @type {Film} */ film) => ({ film, screen: make("div", "screen") }));
    charts = (props.value?.charts ?? []).map((/** @type {Told} */ told) => ({ told, drawing: make("div", "widget-plot") }));
    cubes = (props.value?.cubes ?? []).map((/** @type {import("./cube.js").Told} */ told) => ({ told, ...cube(told) }));
    moments = timeline([...films.map(({ film }) => film.moments), ...cubes.map(({ told }) => told.moments)]);
    parts.cubes.replaceChildren(...cubes.map(({ made }) => made));
    parts.films.replaceChildren(...films.map(framed));
    parts.charts.replaceChildren(...charts.map(figure));
    parts.timeline.hidden = !moments.length;
    parts.at.max = String(Math.max(0, moments.length - 1));
    parts.at.value = parts.at.max;
    render();
  };
  watch("value", receive);
  receive();
}

/**
 * Makes the button play from moment to moment, and the slider stop that. Returns what stops it.
 * @param {Record<string, any>} parts
 * @param {() => void} render
 */
function player({ at, play }, render) {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let playing;
  const ended = () => Number(at.value) >= Number(at.max);
  const stop = () => {
    clearInterval(playing);
    playing = undefined;
    play.textContent = "Play";
  };
  const onward = () => {
    if (!at.isConnected || ended()) return stop();
    at.value = String(Number(at.value) + 1);
    render();
  };
  play.addEventListener("click", () => {
    if (playing !== undefined) return stop();
    if (ended()) at.value = "0";
    playing = setInterval(onward, PACE);
    play.textContent = "Pause";
    render();
  });
  at.addEventListener("input", () => {
    stop();
    render();
  });
  return stop;
}

/**
 * @param {HTMLElement} screen
 * @param {Film} film
 * @param {number} seen
 */
function show(screen, film, seen) {
  const last = film.moments.length - 1;
  screen.style.backgroundPosition = `0 ${(100 * momentAt(film.moments, seen)) / Math.max(1, last)}%`;
}

/** @param {{ film: Film, screen: HTMLElement }} one */
function framed({ film, screen }) {
  const made = make("figure");
  screen.style.backgroundImage = `url("${film.url}")`;
  screen.style.backgroundSize = `100% ${film.moments.length * 100}%`;
  screen.setAttribute("role", "img");
  screen.setAttribute("aria-label", `Sixteen pictures of ${film.title} while it learns`);
  made.append(screen, make("figcaption", film.kind, film.title));
  return made;
}

/** @param {{ told: Told, drawing: HTMLElement }} chart */
function figure({ told, drawing }) {
  const made = make("figure"), title = make("b", "", told.title), legend = make("p", "legend");
  title.title = told.help;
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${told.title}, by images seen`);
  legend.append(...told.legend.map(({ name, kind }) => make("span", kind, name)));
  made.append(title, drawing, legend);
  return made;
}
