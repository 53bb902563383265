// The runs of a visit as the browser keeps them, the newest first. No page.

const VERSION = 1;
const MOST = 40, MOST_CHARACTERS = 1_500_000; // of all pictures together
export const NAME = "generative-history";

/**
 * @typedef {object} Kept a run
 * @property {string} link the page's address of it
 * @property {string} picture a data URL
 * @property {boolean} liked
 */

/**
 * The runs with one more, which stands there once; of too many the oldest go, first those that nobody likes.
 * @param {Kept[]} runs
 * @param {Kept} run
 */
export function added(runs, run) {
  const before = runs.find(({ link }) => link === run.link);
  return bounded([{ ...run, liked: before?.liked ?? false }, ...runs.filter(({ link }) => link !== run.link)]);
}

/** @param {Kept[]} runs */
export function bounded(runs) {
  const size = (/** @type {Kept[]} */ all) => all.reduce((sum, { picture }) => sum + picture.length, 0);
  let kept = runs;
  while (kept.length > 1 && (kept.length > MOST || size(kept) > MOST_CHARACTERS)) {
    const plain = kept.findLastIndex(({ liked }, index) => !liked && index);
    const gone = plain < 0 ? kept.length - 1 : plain;
    kept = kept.filter((_, index) => index !== gone);
  }
  return kept;
}

/** @param {Kept[]} runs */
export const written = (runs) => JSON.stringify({ version: VERSION, runs });

/**
 * The runs that a text holds; null for one that is damaged or of another version.
 * @param {string} text
 * @returns {Kept[] | null}
 */
export function read(text) {
  try {
    const { version, runs } = JSON.parse(text);
    return version === VERSION && Array.isArray(runs) && runs.every(isKept) ? bounded(runs) : null;
  } catch {
    return null;
  }
}

/** @param {any} run */
function isKept(run) {
  const { link, picture, liked } = run ?? {};
  return String(link).startsWith("?") && String(picture).startsWith("data:image/png;base64,") && typeof liked === "boolean";
}

const UNTOLD = ["tab", "tool", "model", "seed", "count", "ability", "images", "mask"];

/**
 * What a run is called, from its address: its model, its seed, and what it was told.
 * @param {string} link
 */
export function called(link) {
  const words = new URLSearchParams(link), told = [...words].filter(([name]) => !UNTOLD.includes(name));
  const about = told.map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`.slice(0, 60));
  return [words.get("model"), `seed ${words.get("seed") ?? 0}`, ...about].join(", ");
}
