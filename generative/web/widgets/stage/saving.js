// What leaves the stage as a file: one picture, the grid, the whole run as an animation.

import { MAX_EXPORT_CHARACTERS, MAX_EXPORT_FRAMES } from "../kit/constants.js";
import { decode, fileName, gridCanvas, offerScales, saveAs, savePicture } from "../kit/png.js";
import { bytesOf, evenly, thinned } from "./run.js";

const MOST_KEPT = 50_000; // values of the pictures that a history keeps of a run
const MOMENTS = 10; // of a film strip
const TOO_LARGE = "That would be larger than a browser can hold. Choose a smaller size.";

/** @typedef {import("./stage.js").Stage} Stage */

/** @param {Stage} stage */
export function offerSaving(stage) {
  const { part } = stage;
  offerScales(part.size);
  offerScales(part.largeSize);
  part.download.addEventListener("click", () => saveLarge(stage));
  part.grid.addEventListener("click", () => saveGrid(stage));
  part.film.addEventListener("click", () => saveFilm(stage));
  part.gif.addEventListener("click", () => saveAnimation(stage, "gif"));
  part.webp.addEventListener("click", () => saveAnimation(stage, "webp"));
}

/** @param {Stage} stage */
const stem = ({ run }) => run.title || run.alt || "generated";

/** @param {Stage} stage */
const seedWords = ({ run }) => (run.seeds.length ? `seed ${run.seeds[0]}` : "");

/**
 * The first pictures of a run's result, as many as make a small file.
 * @param {import("./run.js").Run} run
 */
export function small({ frames }) {
  const last = frames[frames.length - 1], [count, ...shape] = last.shape;
  const few = Math.min(count, Math.max(1, Math.floor(MOST_KEPT / shape.reduce((one, other) => one * other))));
  return gridCanvas([bytesOf(last, "image")], [few, ...shape], Math.ceil(Math.sqrt(few)));
}

/** @param {Stage} stage */
async function saveLarge(stage) {
  const { run, part, large } = stage, index = large.opened?.index ?? 0;
  const name = fileName(stem(stage), "seed", run.seeds[index] ?? index);
  if (await savePicture(part.large, part.largeSize, name, run.recipe[index])) return;
  part.about.textContent = TOO_LARGE;
}

/** @param {Stage} stage */
async function saveGrid(stage) {
  stage.timeline.settle();
  const { run, part, panels, frame } = stage;
  if (!frame) return;
  const canvas = gridCanvas(panels.panels.map(({ view }) => bytesOf(frame, view)), frame.shape, panels.columns);
  const name = fileName(stem(stage), seedWords(stage), "grid");
  if (!(await savePicture(canvas, part.size, name, run.grid_recipe ?? run.recipe[0]))) stage.say(TOO_LARGE);
}

/**
 * Moments of the run from left to right, evenly; a row for each picture and each view on show.
 * @param {Stage} stage
 */
async function saveFilm(stage) {
  const { run, part, frame } = stage;
  if (!frame) return;
  const moments = evenly(run.frames, MOMENTS), [count, channels, height, width] = frame.shape;
  const views = stage.choice.of(run, run.frames[0], false), size = channels * height * width;
  const rows = Array.from({ length: count }, (_, index) => views.map((view) => ({ index, view }))).flat();
  const bytes = new Uint8Array(rows.length * moments.length * size);
  rows.forEach(({ index, view }, row) => moments.forEach((moment, column) => {
    const one = bytesOf(moment, view).subarray(index * size, (index + 1) * size);
    bytes.set(one, (row * moments.length + column) * size);
  }));
  const canvas = gridCanvas([bytes], [rows.length * moments.length, channels, height, width], moments.length);
  const name = fileName(stem(stage), seedWords(stage), "film");
  if (!(await savePicture(canvas, part.size, name, run.grid_recipe ?? run.recipe[0]))) stage.say(TOO_LARGE);
}

/**
 * The whole run in the view on show; the server encodes it. Long runs are thinned evenly.
 * @param {Stage} stage
 * @param {"gif" | "webp"} format
 */
async function saveAnimation(stage, format) {
  const { run, root } = stage, first = run.frames[0], views = stage.choice.of(run, first, false);
  const size = views.length * first.views.image.length;
  const { stride, kept } = thinned(run.frames, Math.min(MAX_EXPORT_FRAMES, Math.floor(MAX_EXPORT_CHARACTERS / size)));
  const frames = kept.map((frame) => views.map((view) => frame.views[view] ?? frame.views.image));
  const recipe = stage.run.grid_recipe ?? stage.run.recipe[0] ?? null;
  const order = { format, shape: first.shape, columns: stage.panels.columns, frames, recipe };
  root.classList.add("busy");
  stage.say("Making the animation…", "notice");
  const answer = await stage.server.encode_animation(order).catch(() => null);
  root.classList.remove("busy");
  if (!answer?.data) return stage.say(answer?.error ?? "The server did not answer. Try again in a moment.");
  const name = fileName(stem(stage), seedWords(stage));
  saveAs(new Blob([decode(answer.data)], { type: `image/${format}` }), `${name}.${format}`);
  const thin = `The animation holds one frame in ${stride}: ${kept.length} of ${run.frames.length}.`;
  stage.say(stride > 1 ? thin : "", "notice");
}
