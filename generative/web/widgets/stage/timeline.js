// Which frame of a run is on show: the slider under the pictures, and playing.

import { FRAME_MS } from "../kit/constants.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").Moment} Moment */

export class Timeline {
  /**
   * @param {{ timeline: HTMLElement, range: HTMLInputElement, play: HTMLElement, moment: HTMLElement }} part
   * @param {boolean} looping whether it plays over and over while it can be seen
   * @param {() => void} changed
   */
  constructor(part, looping, changed) {
    this.part = part;
    this.looping = looping;
    this.changed = changed;
    this.shown = 0; // the index of the frame on show
    this.last = -1;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.playing = undefined;
    this.halted = matchMedia("(prefers-reduced-motion: reduce)").matches; // by the visitor: it does not begin by itself
    part.range.addEventListener("input", () => this.scrub());
    part.play.addEventListener("click", () => this.toggle());
  }

  /** Another run: from its beginning. */
  reset() {
    this.pause();
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
    this.halted = true;
    this.shown = Number(this.part.range.value);
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
    this.halted = !this.playing;
    this.changed();
  }

  play() {
    if (this.shown >= this.last) this.shown = 0;
    this.playing = setInterval(() => this.advance(), FRAME_MS);
  }

  pause() {
    clearInterval(this.playing);
    this.playing = undefined;
  }

  /** The last frame of what loops equals its first, so it is not shown twice. */
  advance() {
    if (this.shown < this.last) this.shown++;
    if (this.shown >= this.last && this.looping) this.shown = 0;
    else if (this.shown >= this.last) this.pause();
    this.changed();
  }

  /** @param {boolean} seen */
  loop(seen) {
    if (!seen) this.pause();
    else if (!this.playing && !this.halted && this.last > 0) this.play();
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
