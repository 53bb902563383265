// A face tells Python that a part of the page has come on show, or that the page has turned while it is. See face.py.

/** @param {import("../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, props, watch, trigger }) {
  let shown = false, made = "";
  const place = () => {
    if (!props.place || !props.value?.model) return;
    Object.assign(element.dataset, props.place, { model: props.value.model });
    if (shown) document.dispatchEvent(new CustomEvent("place", { detail: { ...element.dataset } }));
  };
  new ResizeObserver(() => {
    const before = shown;
    shown = element.clientWidth > 0;
    if (shown && !before) trigger("expand");
    if (shown && !before) place();
  }).observe(element);
  document.addEventListener("turn", (event) => {
    if (shown && /** @type {CustomEvent} */ (event).detail !== props.sender) trigger("expand");
  });
  watch("value", () => {
    place();
    const run = props.value?.run;
    if (!run || run === made) return;
    made = run;
    trigger("submit");
  });
}
