// The boxes of the taxonomy are links to the tabs of their families.

/** @param {import("../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element }) {
  element.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-tab]") : null;
    if (!link) return;
    event.preventDefault(); // Gradio's tabs have no address of their own
    document.getElementById(`tab-${link.getAttribute("data-tab")}-button`)?.click();
    window.scrollTo(0, 0);
  });
}
