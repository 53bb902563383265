// What a press of Generate draws: never again what is on show, unless the seed is locked.

import { unique } from "../widgets/kit/dom.js";

const FLICKER_MS = 600;

/**
 * The seed after those on show, if the field says what is on show; what else is in the field was put there on purpose.
 * @param {unknown} seed what the field says
 * @param {unknown} locked
 * @param {{ dataset: DOMStringMap } | null} stage
 */
export function nextSeed(seed, locked, stage) {
  const { seed: first, count, state, waiting } = stage?.dataset ?? {};
  if (locked || !first || Number(first) !== seed || state === "running" || waiting) return seed;
  const next = seed + Number(count);
  return Number.isSafeInteger(next) ? next : 0;
}

/**
 * The same, and a face's value that asks for the run. The stage flickers, for the server may take its time; on
 * a phone it comes into sight, for it may stand below what it is made of.
 * @param {unknown} seed
 * @param {unknown} locked
 * @param {object} face
 * @param {HTMLElement | null} stage
 */
export function pressed(seed, locked, face, stage) {
  if (matchMedia("(max-width: 768px)").matches) stage?.scrollIntoView();
  stage?.animate([{ opacity: 0.5 }, { opacity: 1 }], FLICKER_MS);
  return [nextSeed(seed, locked, stage), { ...face, run: unique("press") }];
}
