// What Gradio's bars of tabs and lists lack for those who come with a keyboard: arrows go from tab to tab and the bar is
// one stop (WAI-ARIA Authoring Practices, "Tabs"), what is chosen is scrolled into sight, and a list that is left closes.

const MARGIN = 24; // pixels of the next tab that are left in sight

/**
 * Which tab a key leads to from tab `at` of `count`; null for a key that leads nowhere.
 * @param {string} key
 * @param {number} at
 * @param {number} count
 */
export function leadsTo(key, at, count) {
  const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: count - 1 };
  return key in steps ? (steps[/** @type {keyof typeof steps} */ (key)] + count) % count : null;
}

/**
 * How far to scroll a bar that shows `width` pixels from `scrolled` on, so that a part of it is in sight.
 * @param {number} scrolled
 * @param {number} width
 * @param {number} left
 * @param {number} right
 */
export function scrolledTo(scrolled, width, left, right) {
  if (left - MARGIN < scrolled) return Math.max(0, left - MARGIN);
  return Math.max(scrolled, right + MARGIN - width);
}

/** @param {Element} bar */
const tabsOf = (bar) =>
  /** @type {HTMLButtonElement[]} */ ([...bar.querySelectorAll('[role="tab"]:not(:disabled)')]);

/** A bar is one stop of the Tab key: its chosen tab. */
function makeOneStop() {
  for (const tab of document.querySelectorAll('[role="tab"]')) {
    /** @type {HTMLElement} */ (tab).tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
  }
}

/**
 * @param {Element} from
 * @param {KeyboardEvent} event
 */
function walk(from, event) {
  const bar = from.closest('[role="tablist"]');
  const tabs = bar ? tabsOf(bar) : [];
  const next = leadsTo(event.key, tabs.findIndex((tab) => tab === from), tabs.length);
  if (next === null || !tabs[next]) return;
  event.preventDefault();
  tabs[next].focus();
  tabs[next].click();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const from = /** @type {Element} */ (event.target);
  if (event.key === "Tab") {
    makeOneStop();
    // Gradio closes a list that is left and, a moment later, takes the key for a letter and opens it again.
    if (from.matches('[role="combobox"]')) event.stopPropagation();
    // A list that scrolls is a stop of its own in Chromium, but is gone when one gets there.
    for (const list of document.querySelectorAll('[role="listbox"]')) /** @type {HTMLElement} */ (list).tabIndex = -1;
  } else if (from.matches('[role="tab"]') && !event.ctrlKey && !event.altKey && !event.metaKey) walk(from, event);
}

/**
 * @param {Element} bar
 * @param {Element} chosen
 */
function bringIntoSight(bar, chosen) {
  const left = chosen.getBoundingClientRect().left - bar.getBoundingClientRect().left + bar.scrollLeft;
  bar.scrollLeft = scrolledTo(bar.scrollLeft, bar.clientWidth, left, left + chosen.clientWidth);
}

/** @param {MutationRecord[]} records */
function onChoice(records) {
  for (const { target } of records) {
    const tab = /** @type {HTMLElement} */ (target), bar = tab.closest('[role="tablist"]');
    if (bar && tab.getAttribute("aria-selected") === "true") bringIntoSight(bar, tab);
  }
}

/** The chosen data set, on a phone: a link may have chosen another. */
function onPlace() {
  const chosen = document.querySelector("#dataset label:has(:checked)");
  if (chosen?.parentElement) bringIntoSight(chosen.parentElement, chosen);
}

if (typeof document !== "undefined") {
  document.addEventListener("keydown", onKey, true);
  for (const event of ["place", "change"]) document.addEventListener(event, () => setTimeout(onPlace));
  new MutationObserver(onChoice).observe(document.body, { attributeFilter: ["aria-selected"], subtree: true });
}
