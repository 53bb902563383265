// The cards in the browser. They keep the sources; what Python found for one arrives under its key. A card that is
// clicked takes what is chosen next and passes the turn on.

const root = element.firstElementChild, cards = [...root.querySelectorAll(".card")];
const message = root.querySelector(".message");
let kept = { model: "", active: 0, ends: [] }, names = [], found = {};

function receive(told) {
  if (!told || typeof told !== "object") return;
  const { ends, arrived, error = "" } = told;
  names = told.names ?? names;
  if (ends) kept = { model: told.model, active: told.active ?? 0, ends };
  if (kept.active >= names.length) kept.active = 0;
  if (arrived) {
    kept.ends[kept.active] = { ...arrived, key: Math.random().toString(36).slice(2) };
    kept.active = (kept.active + 1) % names.length;
  }
  const news = Object.entries({ ...found, ...told.found });
  found = Object.fromEntries(news.filter(([key]) => kept.ends.some((end) => end.key === key)));
  message.textContent = error;
  message.hidden = !error;
  publish();
}

function publish() {
  props.value = structuredClone(kept);
  root.dataset.count = names.length;
  cards.forEach((card, index) => {
    const { key, seed, name = "" } = kept.ends[index] ?? {}, news = found[key];
    card.hidden = index >= names.length;
    card.setAttribute("aria-pressed", index === kept.active);
    card.classList.toggle("seeded", seed !== undefined);
    card.classList.toggle("busy", !news || Boolean(news.busy));
    card.querySelector("b").textContent = names[index] ?? "";
    card.querySelector(".name").textContent = card.querySelector(".name").title = news?.name ?? name;
    card.querySelector(".words").textContent = news?.words ?? "";
    for (const kind of ["picture", "decoded"]) {
      const image = card.querySelector(`.${kind}`);
      if (news?.[kind]) image.src = news[kind];
      else if (news) image.removeAttribute("src");
    }
  });
}

cards.forEach((card, index) => card.addEventListener("click", () => { kept.active = index; publish(); }));
root.querySelector(".swap").addEventListener("click", () => {
  kept.ends.splice(0, 2, kept.ends[1], kept.ends[0]);
  publish();
  trigger("input");
});
watch("value", () => {
  const { ends, arrived } = props.value ?? {};
  receive(props.value);
  if (ends || arrived) trigger("input");
});
receive(props.value);
new ResizeObserver((_, observer) => { // asks when it is first seen
  if (!element.clientWidth) return;
  observer.disconnect();
  trigger("input");
}).observe(element);
