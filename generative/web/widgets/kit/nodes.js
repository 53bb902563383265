// What several components do with nodes of the page. Inlined before them.

function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  if (tag === "button") node.type = "button";
  return node;
}

// Calls `act` at first and whenever the width of `measured`, a part of `root`, has changed.
function whenResized(root, measured, act) {
  let width = 0;
  new ResizeObserver(() => {
    if (measured.clientWidth === width) return;
    width = measured.clientWidth;
    act();
  }).observe(root);
}
