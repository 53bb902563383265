// A run as the browser keeps it: its frames and what is known of them. No page.

import { decode } from "../kit/png.js";

/**
 * @typedef {object} Moment a frame as stage.py packs it
 * @property {number} step
 * @property {number} total
 * @property {string} label
 * @property {number | null} seconds_left
 * @property {number[]} shape [N, C, H, W]
 * @property {Record<string, string>} views base64, by name; "image" is always there
 * @property {Record<string, Uint8Array>} bytes those of the views that were drawn
 */

/**
 * @typedef {object} Run
 * @property {string} id
 * @property {Moment[]} frames
 * @property {boolean} done
 * @property {boolean} stopped
 * @property {Record<string, { title: string, help: string }>} views by name, besides the result
 * @property {number[]} seeds
 * @property {string[]} captions
 * @property {number[]} order of each picture its place, once they are ranked
 * @property {string[]} recipe by picture
 * @property {string | null} grid_recipe
 * @property {string} link the query string that opens the page with this run
 * @property {string} film the view that a replay shows before the result
 * @property {string} alt
 * @property {string} title
 * @property {number | null} duration seconds
 */

/**
 * @param {string} id
 * @returns {Run}
 */
export function newRun(id) {
  const facts = { seeds: [], captions: [], order: [], recipe: [], grid_recipe: null, alt: "", title: "", duration: null };
  return { id, frames: [], done: false, stopped: false, views: {}, film: "image", link: "", ...facts };
}

/**
 * Takes what a message says of a run besides its frames.
 * @param {Run} run
 * @param {Record<string, any>} facts
 */
export function takeFacts(run, facts) {
  const known = /** @type {Record<string, any>} */ (run);
  for (const [name, value] of Object.entries(facts)) {
    if (name === "done" || name === "stopped") run[name] ||= Boolean(value); // a late frame does not revive a run
    else if (value != null && name in run) known[name] = value;
  }
}

/**
 * Adds frames; one of the same step as the last replaces it.
 * @param {Run} run
 * @param {Omit<Moment, "bytes">[]} frames
 */
export function takeFrames(run, frames) {
  for (const frame of frames) {
    if (run.frames.at(-1)?.step === frame.step) run.frames.pop();
    run.frames.push({ ...frame, bytes: {} });
  }
}

/** @param {Run} run */
export const finished = (run) => run.done || run.stopped;

/**
 * The bytes of one view of a frame, decoded once.
 * @param {Moment} frame
 * @param {string} view
 */
export function bytesOf(frame, view) {
  return (frame.bytes[view] ??= whole(decode(frame.views[view] ?? frame.views.image), frame.shape));
}

/**
 * Bytes of that shape; where they came in half the size, each pixel four times.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number[]} shape [N, C, H, W]
 */
export function whole(bytes, [count, channels, height, width]) {
  if (bytes.length * 4 !== count * channels * height * width) return bytes;
  const all = new Uint8Array(bytes.length * 4), row = width * channels;
  for (let y = 0; y < count * height; y++) {
    const from = (y >> 1) * (row >> 1);
    for (let x = 0; x < width; x++) {
      const pixel = from + (x >> 1) * channels;
      all.set(bytes.subarray(pixel, pixel + channels), y * row + x * channels);
    }
  }
  return all;
}

/**
 * What a picture is called: its caption, or what all of them are.
 * @param {Run} run
 * @param {number} index
 */
export function describe(run, index) {
  const name = run.captions[index] || run.alt || "Picture", seed = run.seeds[index];
  return { name, seed, words: seed === undefined ? name : `${name}, seed ${seed}` };
}

/**
 * The beginning of a long seed, which all pictures of a run share and which would leave no room for their names, and
 * the rest, by which they differ.
 * @param {number} [seed]
 */
export function seedParts(seed) {
  const digits = String(seed ?? ""), shared = digits.length > 4 ? digits.length - 2 : 0;
  return [digits.slice(0, shared), digits.slice(shared)];
}

/**
 * What a view is called.
 * @param {Run} run
 * @param {string} view
 */
export const titleOf = (run, view) => (view === "image" ? "Result" : run.views[view]?.title ?? view);

/** @param {Run} run */
export function progressWords(run) {
  const { step, total, label, seconds_left: left } = run.frames[run.frames.length - 1];
  if (run.stopped) return `Stopped at step ${step}; what was drawn is kept.`;
  const words = run.done
    ? [run.duration != null && `Drawn in ${duration(run.duration)}`, total > 1 && `${total} steps`]
    : [`step ${step} of ${total}`, label, left != null && `${duration(left)} left`];
  return words.filter(Boolean).join(" · ");
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 1) return `${Math.max(seconds, 0.01).toFixed(2)} s`;
  if (seconds < 10) return `${seconds.toFixed(1).replace(".0", "")} s`;
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/**
 * At most `most` of a run's frames, evenly; the last one stays.
 * @template T
 * @param {T[]} frames
 * @param {number} most
 */
export function thinned(frames, most) {
  const stride = Math.ceil(frames.length / most);
  return { stride, kept: frames.filter((_, index) => (frames.length - 1 - index) % stride === 0) };
}

/**
 * At most `most` of a run's frames, the first and the last among them.
 * @template T
 * @param {T[]} frames
 * @param {number} most
 */
export function evenly(frames, most) {
  const count = Math.min(most, frames.length), last = frames.length - 1;
  return Array.from({ length: count }, (_, k) => frames[count > 1 ? Math.round((k * last) / (count - 1)) : last]);
}
