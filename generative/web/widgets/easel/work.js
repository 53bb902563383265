// What stands on an easel, and what stood there before. No page.

import { decode } from "../kit/png.js";
import { sameBytes } from "./brush.js";

const HISTORY = 100;

/**
 * @typedef {object} Work replaced as a whole, never changed in place: the history keeps it
 * @property {number[] | null} shape [C, H, W]
 * @property {Uint8Array | null} picture in the order H, W, C
 * @property {Uint8Array | null} mask 1 where a model is to invent
 */

/**
 * @param {Work} a
 * @param {Work} b
 */
export const sameShape = (a, b) => String(a.shape) === String(b.shape);

/**
 * A mask of no pixel is none.
 * @param {Uint8Array | null} mask
 */
export const worn = (mask) => (mask?.includes(1) ? mask : null);

/**
 * What `work` becomes by a message: what it leaves out stays, unless the shape is another.
 * @param {Work} work
 * @param {{ shape?: number[] | null, picture?: string | null, mask?: string | null }} message
 * @returns {Work}
 */
export function merged(work, { shape = work.shape, picture, mask }) {
  const kept = String(shape) === String(work.shape), [channels, height, width] = shape ?? [0, 0, 0];
  /** @type {(text: string | null | undefined, old: Uint8Array | null, count: number) => Uint8Array | null} */
  const bytes = (text, old, count) => {
    const found = text === undefined ? (kept ? old : null) : text ? decode(text) : null;
    return found?.length === count ? found : null;
  };
  const area = height * width;
  return { shape, picture: bytes(picture, work.picture, channels * area), mask: worn(bytes(mask, work.mask, area)) };
}

export class History {
  constructor() {
    /** @type {Work} */
    this.work = { shape: null, picture: null, mask: null };
    /** @type {Work[]} */
    this.past = [];
    /** @type {Work[]} */
    this.future = [];
  }

  /**
   * Whether `next` differs from what is there.
   * @param {Work} next
   */
  changes(next) {
    const { work } = this;
    return !sameShape(next, work) || !sameBytes(next.picture, work.picture) || !sameBytes(next.mask, work.mask);
  }

  /** @param {Work} next */
  replace(next) {
    if (this.work.shape) this.past = [...this.past, this.work].slice(-HISTORY);
    this.future = [];
    this.work = next;
  }

  /** @returns {boolean} whether there was anything to undo */
  undo() {
    return this.travel(this.past, this.future);
  }

  /** @returns {boolean} whether there was anything to do again */
  redo() {
    return this.travel(this.future, this.past);
  }

  /**
   * @param {Work[]} from
   * @param {Work[]} to
   */
  travel(from, to) {
    const next = from.pop();
    if (!next) return false;
    to.push(this.work);
    this.work = next;
    return true;
  }
}
