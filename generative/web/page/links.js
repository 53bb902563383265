// The page's address says what is on show: where one is, and the run that was made there. No page.

/** @typedef {{ tab: string, tool: string, model: string }} Place a tool with a model in it */

const HOME = "start";

/**
 * The words of an address that name a place without a run.
 * @param {Place} place
 */
export const toPlace = ({ tab, tool, model }) => `?${new URLSearchParams({ tab, tool, model })}`;

/**
 * The address of a tab that has no tools.
 * @param {string} tab
 * @param {string} data the data set, "" for the usual one
 */
export function toTab(tab, data) {
  const words = new URLSearchParams({ ...(tab !== HOME && { tab }), ...(data && { data }) }).toString();
  return words ? `?${words}` : "";
}

/**
 * The address of a run in a place.
 * @param {Place} place
 * @param {string} link the run's own
 */
export function toRun({ tab, tool }, link) {
  const words = new URLSearchParams(link);
  words.delete("tab");
  words.delete("tool");
  return `?${new URLSearchParams({ tab, tool })}&${words}`;
}

/** @param {string} query */
const words = (query) => new URLSearchParams(query);

/** @param {string} query */
export const modelOf = (query) => words(query).get("model");

/** @param {string} query */
export const tabOf = (query) => words(query).get("tab");

/**
 * Whether an address is of a place, with that model or not.
 * @param {string} query
 * @param {Place} place
 */
export const isAt = (query, place) => words(query).get("tab") === place.tab && words(query).get("tool") === place.tool;

/**
 * How a place is entered: "stay" where the address names it, "replace" where that is another model or a link that named
 * no place, "push" where one came from elsewhere, to which Back leads.
 * @param {string} query
 * @param {Place} place
 */
export function entering(query, place) {
  if (isAt(query, place)) return modelOf(query) === place.model ? "stay" : "replace";
  return !words(query).has("tab") && words(query).has("model") ? "replace" : "push";
}
