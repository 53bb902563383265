// A gallery of small pictures, each a button.

/** @param {import("../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, trigger }) {
  element.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-index]") : null;
    if (button instanceof HTMLElement) trigger("select", { index: Number(button.dataset.index) });
  });
}
