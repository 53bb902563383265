// Moments of several films on one timeline; each is told by the images that were seen until then, rising.

/**
 * All of them, each once.
 * @param {number[][]} films
 */
export const timeline = (films) => [...new Set(films.flat())].sort((a, b) => a - b);

/**
 * Which moment of a film is on show: the last one that is not later.
 * @param {number[]} moments
 * @param {number} seen
 */
export const momentAt = (moments, seen) => Math.max(0, moments.findLastIndex((moment) => moment <= seen));
