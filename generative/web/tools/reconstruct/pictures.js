// The pictures of a reconstruction, with a button for another draw.

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, trigger }) {
  element.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-again]")) trigger("select");
  });
}
