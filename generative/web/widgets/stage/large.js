// One picture, large, in a dialog.

import { ink, picture } from "../kit/png.js";
import { snap } from "./layout.js";
import { bytesOf, describe, titleOf } from "./run.js";

const MARGIN = 64, BELOW = 190, MOST = 768, LEAST = 64; // CSS pixels

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").Moment} Moment */

export class Large {
  /**
   * @param {any} part the nodes of the stage
   * @param {(index: number, view: string) => void} closed
   */
  constructor(part, closed) {
    this.part = part;
    /** @type {{ index: number, view: string } | null} */
    this.opened = null;
    /** @type {Run | null} */
    this.run = null;
    /** @type {Moment | null} */
    this.frame = null;
    part.previous.addEventListener("click", () => this.turn(-1));
    part.next.addEventListener("click", () => this.turn(1));
    part.close.addEventListener("click", () => part.dialog.close());
    part.dialog.addEventListener("click", (/** @type {Event} */ event) => {
      if (event.target === part.dialog) part.dialog.close();
    });
    part.dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    part.dialog.addEventListener("close", () => {
      const opened = this.opened;
      this.opened = null;
      if (opened) closed(opened.index, opened.view);
    });
  }

  /**
   * @param {number} index
   * @param {string} view
   * @param {Run} run
   * @param {Moment} frame
   */
  open(index, view, run, frame) {
    this.opened = { index, view };
    this.render(run, frame);
    this.part.dialog.showModal();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target instanceof HTMLSelectElement) return;
    if (event.key === "ArrowLeft") this.turn(-1);
    else if (event.key === "ArrowRight") this.turn(1);
  }

  /** @param {number} by */
  turn(by) {
    if (!this.opened || !this.run || !this.frame) return;
    const count = this.frame.shape[0];
    this.opened.index = (this.opened.index + by + count) % count;
    this.render(this.run, this.frame);
  }

  /**
   * @param {Run} run
   * @param {Moment} frame
   */
  render(run, frame) {
    if (!this.opened) return;
    [this.run, this.frame] = [run, frame];
    const [count, , height, width] = frame.shape, { part, opened } = this;
    opened.index = Math.min(opened.index, count - 1);
    const view = opened.view in frame.views ? opened.view : "image";
    Object.assign(part.large, { width, height });
    ink(part.large).putImageData(picture(bytesOf(frame, view), frame.shape, opened.index), 0, 0);
    this.tell(run, view, count);
    this.layOut();
  }

  /**
   * @param {Run} run
   * @param {string} view
   * @param {number} count
   */
  tell(run, view, count) {
    const { part } = this, index = this.opened?.index ?? 0, { name, seed } = describe(run, index);
    const place = `${index + 1} of ${count}`;
    const words = [name, view !== "image" && titleOf(run, view), seed != null && `seed ${seed}`, place];
    part.about.textContent = words.filter(Boolean).join(" · ");
    part.previous.disabled = part.next.disabled = count < 2;
    part.reuse.disabled = seed == null;
  }

  layOut() {
    if (!this.opened || !this.frame) return;
    const [, , height, width] = this.frame.shape;
    const room = Math.min(innerWidth - MARGIN, (innerHeight - BELOW) * (width / height), MOST);
    this.part.large.style.width = `${snap(Math.max(room, LEAST), width, devicePixelRatio)}px`;
  }
}
