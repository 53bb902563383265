// What a visitor does to a formula bar besides moving its chips; then the bar comes to life. Inlined last.

part.text.addEventListener("change", () => {
  const text = part.text.value;
  if (text.trim() === written()) {
    if (typed === null) return;
    typed = null; // back to what the chips say
    return announce();
  }
  typed = text;
  publish();
  trigger("input");
});
part.text.addEventListener("keydown", (event) => { if (event.key === "Enter") part.text.blur(); });

methods.forEach((radio) => {
  radio.name = `method-${uid}`;
  radio.addEventListener("change", announce);
});

part.copy.addEventListener("click", async () => {
  const text = typed ?? written();
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not on a page without https
    part.text.select();
    document.execCommand("copy");
  }
  part.copy.textContent = "Copied";
  setTimeout(() => { part.copy.textContent = "Copy"; }, 1500);
});

// Nobody asks for a picture before the bar is seen; by then, a model chosen elsewhere may be arriving.
new IntersectionObserver(([entry], observer) => {
  if (!entry.isIntersecting) return;
  observer.disconnect();
  setTimeout(() => { if (!start) trigger("expand"); }, OPENING_MS);
}).observe(root);
watch("value", () => receive(props.value));
const first = props.value;
publish();
render();
receive(first);
