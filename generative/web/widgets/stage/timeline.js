// Which frame of a run is on show: the slider under the pictures, and playing at a pace that one can follow.

import { FRAME_MS } from "../kit/constants.js";

const PASS_MS = 3000, MOMENT_MS = 600, HOLD_MS = 1500; // of a replay, of one frame of it at most, of the result
const TICK_MS = 40;

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").Moment} Moment */

/**
 * How long a run's frames take one after another, and how long its last one stays, in milliseconds. What loops ends
 * where it began, so nothing of it stays.
 * @param {number} last index of the last frame
 * @param {boolean} looping
 */
export function pace(last, looping) {
  return looping ? { pass: FRAME_MS * last, hold: 0 } : { pass: Math.min(PASS_MS, MOMENT_MS * last), hold: HOLD_MS };
}

/**
 * The frame that is on show so many milliseconds after the first.
 * @param {number} ms
 * @param {number} last index of the last frame
 * @param {{ pass: number, hold: number }} pace
 */
export const frameAt = (ms, last, { pass, hold }) => Math.min(last, Math.floor(((ms % (pass + hold)) / pass) * last));

export class Timeline {
  /**
   * @param {{ timeline: HTMLElement, range: HTMLInputElement, play: HTMLElement, moment: HTMLElement,
   *   speed: HTMLSelectElement }} part
   * @param {boolean} looping whether it plays over and over from the beginning, and not only once it is done
   * @param {() => void} changed
   */
  constructor(part, looping, changed) {
    this.part = part;
    this.looping = looping;
    this.changed = changed;
    this.shown = 0; // the index of the frame on show
    this.last = -1;
    this.ms = this.tickedAt = 0; // of the pass that is played
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.playing = undefined;
    this.halted = matchMedia("(prefers-reduced-motion: reduce)").matches; // by the visitor: nothing begins by itself
    this.scrubbed = false; // somebody looks at one moment of this run
    part.range.addEventListener("input", () => this.scrub());
    part.play.addEventListener("click", () => this.toggle());
  }

  /** Another run: from its beginning. */
  reset() {
    this.pause();
    this.scrubbed = false;
    this.shown = 0;
    this.last = -1;
  }

  /** @param {Run} run that has got more frames; the last one is shown unless an earlier one was looked at */
  follow(run) {
    const following = this.shown >= this.last && !this.playing;
    this.last = run.frames.length - 1;
    if (following || this.shown > this.last) this.shown = Math.max(0, this.last);
  }

  scrub() {
    this.pause();
    this.scrubbed = true;
    this.shown = Number(this.part.range.value);
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play(this.shown >= this.last ? 0 : this.shown);
    this.halted = !this.playing;
    this.changed();
  }

  /** @param {number} from which frame on */
  play(from) {
    this.ms = (from / Math.max(1, this.last)) * this.pace.pass;
    this.tickedAt = performance.now();
    this.playing = setInterval(() => this.advance(), TICK_MS);
  }

  pause() {
    clearInterval(this.playing);
    this.playing = undefined;
  }

  /** Who takes a picture out of a replay wants the result: whether there was one, which then ends. */
  settle() {
    if (!this.playing || this.looping) return false;
    this.pause();
    this.scrubbed = true;
    this.shown = this.last;
    this.changed();
    return true;
  }

  get pace() {
    return pace(this.last, this.looping);
  }

  advance() {
    const now = performance.now();
    this.ms += (now - this.tickedAt) * Number(this.part.speed.value);
    this.tickedAt = now;
    const shown = frameAt(this.ms, this.last, this.pace);
    if (shown === this.shown) return;
    this.shown = shown;
    this.changed();
  }

  /** @param {boolean} seen whether it plays by itself, which it does while it can be seen, beginning with the result */
  loop(seen) {
    if (!seen) this.pause();
    else if (!this.playing && !this.halted && !this.scrubbed && this.last > 0) this.play(this.looping ? 0 : this.last);
  }

  /** @param {Moment} frame */
  render(frame) {
    const { timeline, range, play, moment } = this.part;
    const words = [`${frame.step} / ${frame.total}`, frame.label].filter(Boolean).join(" · ");
    timeline.classList.toggle("reserved", this.last < 1);
    range.max = String(this.last);
    range.value = String(this.shown);
    range.setAttribute("aria-valuetext", words);
    moment.textContent = words;
    play.classList.toggle("playing", Boolean(this.playing));
    play.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }
}
