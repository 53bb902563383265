// Start: films in a loop that can be stopped, and links that are followed without leaving the page. See start.py.

/** @param {import("../../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, trigger }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pause = /** @type {HTMLElement | null} */ (element.querySelector(".pause"));
  /** @param {boolean} playing */
  const play = (playing) => {
    element.classList.toggle("playing", playing);
    if (pause) pause.textContent = playing ? "Pause" : "Play";
  };
  play(!still);
  element.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target === pause) play(!element.classList.contains("playing"));
    const link = target.closest("a[href^='?']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    scrollTo({ top: 0 });
    trigger("select", { query: link.getAttribute("href") });
  });
}
