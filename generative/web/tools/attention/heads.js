// The heads as buttons: what one alone looks at, or, of the chosen one again, the mean of all. See tool.py.

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, trigger }) {
  element.addEventListener("click", ({ target }) => {
    const head = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-head]"));
    if (!head) return;
    element.dataset.chosen = head.getAttribute("aria-pressed") === "true" ? "" : head.dataset.head;
    trigger("select");
  });
}
