// Saves the sheet, a grid or a strip, as one picture.

element.addEventListener("click", (event) => {
  const name = event.target.closest("[data-name]")?.dataset.name, figure = element.querySelector("figure");
  if (!name) return;
  const href = figure.querySelector("img")?.src ?? figure.style.getPropertyValue("--sheet").slice(4, -1);
  Object.assign(document.createElement("a"), { href, download: name }).click();
});
