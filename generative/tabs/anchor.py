"""Where a point of a latent space comes from: a test image, a file of the visitor's own, or a seed."""

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from torch import Tensor

from generative.errors import GenerativeError, InvalidPicture
from generative.frame import Frame
from generative.inference.engine import Engine
from generative.inference.library import Entry
from generative.models.model import drain
from generative.tabs.assets import asset
from generative.tabs.charts import data_url
from generative.tabs.controls import DICE, ROLL, seed_row
from generative.tabs.easel import picture_message
from generative.tabs.picker import Picker, held_picture
from generative.tabs.runs import DEVICE

REMEMBERED = 256  # latents that searches have found
NAME_LENGTH, KEY_LENGTH = 120, 40
CARDS = 4
DECODED = "What the decoder makes of the latent that was found for the picture: the way goes from here, not from it"
ERROR = "Root mean square over pixels: 0 is the same picture, 1 is black instead of white"
HTML = """<section class="gen-ends" data-part="root" data-state="ready" data-count="2">CARDS
  <button type="button" class="swap" title="Exchange the two ends">⇄<span> Swap</span></button>
  <p class="message" role="alert" hidden></p>
</section>"""
CARD = f"""
  <button type="button" class="card"><span class="head"><b></b><i>next choice goes here</i></span>
    <span class="pictures">
      <span class="of"><img class="picture" alt=""><small>picture</small></span><span class="to">→</span>
      <span class="of" title="{DECODED}"><img class="decoded" alt=""><small>decoded</small></span>
    </span>
    <span class="told"><span class="name"></span><span class="words" title="{ERROR}"></span></span>
  </button>"""
CSS = """
[data-part="root"] { display: grid; gap: 12px; align-items: center; }
[data-count="2"][data-part="root"] { grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr); }
[data-count="4"][data-part="root"] { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.card, .swap { border: 1px solid var(--border-color-primary); background: none; color: inherit; font: inherit; }
.card, .swap { order: 2; cursor: pointer; }
.card {
  display: grid; grid-template-columns: auto 1fr; gap: 6px 14px; align-self: stretch; align-content: start;
  min-width: 0; padding: 10px 12px; border-radius: 8px; text-align: left;
}
.card:first-child { order: 0; }
.card:hover, .swap:hover { border-color: var(--color-accent); }
.card[aria-pressed="true"] { border-color: var(--color-accent); box-shadow: inset 0 0 0 1px var(--color-accent); }
.head { display: flex; flex-wrap: wrap; grid-column: 1 / -1; justify-content: space-between; gap: 0 8px; }
.head b { font-weight: 600; }
.head i { visibility: hidden; font-style: normal; font-size: 12px; line-height: 20px; color: var(--quiet); }
.card[aria-pressed="true"] i { visibility: visible; }
.pictures { display: flex; align-items: flex-start; gap: 8px; }
.to { line-height: 76px; }
.of { display: grid; justify-items: center; gap: 2px; }
.seeded .of:first-child, .seeded .to { display: none; }
.card img {
  display: block; width: 76px; aspect-ratio: 1; border-radius: 3px; image-rendering: pixelated;
  background: var(--background-fill-secondary);
}
.card small, .to, .words { font-size: 12px; color: var(--quiet); }
.told { display: grid; gap: 4px; align-content: start; min-width: 0; }
.name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.words { font-variant-numeric: tabular-nums; cursor: help; }
.busy .decoded, .busy .words { opacity: 0.7; transition: opacity 0.2s 0.3s; }
.swap { order: 1; padding: 6px 10px; border-radius: 999px; }
.swap span, [data-count="4"] .swap { display: none; }
.message {
  grid-column: 1 / -1; order: 3; padding: 8px 12px; border-left: 3px solid var(--error-border-color, #b91c1c);
  border-radius: 4px; background: var(--error-background-fill, #fef2f2); color: var(--error-text-color, #b91c1c);
}
@container (max-width: 640px) {
  .card { grid-template-columns: minmax(0, 1fr); }
  .told { min-height: 2.8em; }
}
@container (max-width: 480px) {
  [data-count][data-part="root"] { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 8px; padding: 8px; }
  .card { padding: 8px; }
  .card img { width: 54px; }
  .to { line-height: 54px; }
  .pictures { gap: 4px; }
  .swap { grid-column: 1 / -1; order: 3; min-height: 40px; }
  .swap span { display: inline; }
}
"""
# The browser keeps the sources; what Python found for one arrives under its key. A card that is clicked takes what is
# chosen next and passes the turn on.
JS = """
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
"""


@dataclass(frozen=True, eq=False)
class Source:
    """A picture (C, H, W) in [0, 1] or, where that is None, a seed. `name` is what people call it."""

    name: str
    picture: Tensor | None = None
    seed: int = 0


Choice = Callable[[Entry, Source], dict[Any, Any]]  # model, what a visitor chose → updates
Arrival = Callable[[Entry, Tensor, str], dict[Any, Any]]  # model, latent (D,), its name → updates
Failure = Callable[[str], dict[Any, Any]]


class AnchorPicker:
    """Test images, an upload button and a seed. Build it where it is to stand.

    A seed counts as soon as it changes; with `confirm` only when it is rolled, entered or a button says so.
    """

    def __init__(self, engine: Engine, first: Entry, prefix: str, confirm: bool = False) -> None:
        self.engine, self.finder = engine, Finder(engine)
        self.picker = Picker(engine, first, prefix)
        if confirm:
            with gr.Row(equal_height=True):
                field = {"container": False, "min_width": 90, "scale": 0}
                self.seed = gr.Number(0, label="Seed", precision=None, elem_id=f"{prefix}-seed", **field)
                use = gr.Button("Use seed", elem_id=f"{prefix}-use", size="sm", min_width=96, scale=0)
                self.dice = gr.Button("Roll", icon=DICE, elem_id=f"{prefix}-dice", size="sm", min_width=80, scale=0)
            rolled = self.dice.click(None, None, self.seed, js=ROLL, api_visibility="private")
            self._seeded = [rolled.then, use.click, self.seed.submit]
        else:
            self.seed, self.dice = seed_row(prefix)
            self._seeded = [partial(self.seed.change, trigger_mode="always_last")]

    def on_source(self, model: gr.Dropdown, react: Choice, fail: Failure, outputs: list[Any]) -> None:
        """Calls `react` with what a visitor chooses, `fail` with what is wrong, in words."""

        def brought(entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
            return react(entry, Source(names[0], picture=images[0]))

        def seeded(id: Any, seed: Any) -> dict[Any, Any]:
            try:
                request = self.engine.request(id, seed, 1, {})
                return react(request.entry, Source(f"seed {request.seeds.first}", seed=request.seeds.first))
            except GenerativeError as e:
                return fail(str(e))

        self.picker.on_picture(model, brought, fail, outputs)
        for event in self._seeded:
            event(seeded, [model, self.seed], outputs, **DEVICE)

    def on_anchor(self, model: gr.Dropdown, react: Arrival, fail: Failure, outputs: list[Any]) -> None:
        """Calls `react` with the latent of what a visitor chooses, `fail` with what is wrong, in words."""

        def located(entry: Entry, source: Source) -> dict[Any, Any]:
            return react(entry, self.finder.locate(entry, source), source.name)

        self.on_source(model, located, fail, outputs)

    def follow(self, entry: Entry) -> dict[Any, Any]:
        """The updates for another model: its own data set's images."""
        return self.picker.follow(entry)


class Finder:
    """The latents of sources. What a search has found is remembered, for it takes seconds."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._found: OrderedDict[tuple[str, bytes], Tensor] = OrderedDict()

    def locate(self, entry: Entry, source: Source) -> Tensor:
        """(D,) on the CPU. Raises GenerativeError where it cannot be told."""
        latent = self.known(entry, source)
        return drain(self.search(entry, source)).latents[0].cpu() if latent is None else latent

    def known(self, entry: Entry, source: Source) -> Tensor | None:
        """(D,) what can be told at once, of a seed, by an encoder or after a search before; otherwise None."""
        if source.picture is None:
            return self.engine.latents(self.engine.request(entry.id, source.seed, 1, {}))[0]
        if "encodes" in entry.abilities:
            return self.engine.encode(entry.id, source.picture[None])[0]
        return self._found.get(self._key(entry, source))

    def search(self, entry: Entry, source: Source) -> Iterator[Frame]:
        """Frames of the search for a picture's latent; the last one's is remembered."""
        request = self.engine.request(entry.id, 0, 1, {}, "projects")
        for frame in self.engine.project(request, source.picture):
            yield frame
        self._found[self._key(entry, source)] = frame.latents[0].cpu()
        while len(self._found) > REMEMBERED:
            self._found.popitem(last=False)

    @staticmethod
    def _key(entry: Entry, source: Source) -> tuple[str, bytes]:
        return entry.id, source.picture.numpy().tobytes()


def finds_pictures(entry: Entry) -> bool:
    """Whether a model can tell the latent of a picture, at once or by a search."""
    return not {"encodes", "projects"}.isdisjoint(entry.abilities)


# ── cards for several ────────────────────────────────────────────────────────────────────────────────────────────────


class Ends(gr.HTML):
    """Up to four cards, each with a source and what its latent decodes to; one of them takes what is chosen next.

    ``input`` is fired when the ends have changed and when the cards are first seen; `read_ends` reads the value. Python
    sends `ends_message`, `arrived_message`, `found_message` or {"error": words}.
    """

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(
            value,
            html_template=HTML.replace("CARDS", CARDS * CARD),
            css_template=asset("widget.css") + CSS,
            js_on_load=JS,
            apply_default_css=False,
            padding=False,
            **options,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


@dataclass(frozen=True, eq=False)
class End:
    """A source of the cards, and the key under which the browser waits for its picture."""

    key: str
    source: Source


def ends_message(entry: Entry, sources: Sequence[Source]) -> dict[str, Any]:
    """Puts `sources`, one for each of the cards, on them. The browser then asks what lies between."""
    ends = [{**source_message(source), "key": uuid.uuid4().hex} for source in sources]
    return {"model": entry.id, "ends": ends, "at": time.time()}


def arrived_message(source: Source) -> dict[str, Any]:
    """Puts a source on the card whose turn it is. The browser then asks what lies between."""
    return {"arrived": source_message(source), "at": time.time()}


def found_message(found: dict[str, dict[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """What `found_end` says by the keys of ends; `names` are the titles of the cards on show."""
    return {"found": found, "names": list(names), "at": time.time()}


def found_end(source: Source, name: str, decoded: Tensor, words: str = "") -> dict[str, Any]:
    """A card's picture and what its latent decodes to, (C, H, W). `words` says how a search goes on, if one does."""
    shown, busy = source.picture, bool(words)
    if shown is not None and not busy:
        words = f"differs by {float((decoded - shown).square().mean().sqrt()):.2f}"
    picture = None if shown is None else data_url(shown)
    return {"name": name, "picture": picture, "decoded": data_url(decoded), "words": words, "busy": busy}


def read_ends(value: Any, entry: Entry, count: int = CARDS) -> list[End]:
    """The first `count` ends. Raises InvalidPicture unless all of them fit the model: anyone can send anything."""
    ends = value.get("ends") if isinstance(value, dict) else None
    if not isinstance(ends, list) or len(ends) != CARDS or not all(isinstance(end, dict) for end in ends):
        raise InvalidPicture("What was chosen did not arrive. Reload the page and choose again.")
    return [End(str(end.get("key"))[:KEY_LENGTH], read_source(end, entry)) for end in ends[:count]]


def source_message(source: Source) -> dict[str, Any]:
    """A source as the browser keeps it."""
    if source.picture is None:
        return {"name": source.name, "seed": source.seed}
    message = picture_message(source.picture, source.name)
    return {"name": source.name, "picture": message["picture"], "shape": message["shape"]}


def read_source(value: dict[str, Any], entry: Entry) -> Source:
    """What `source_message` said, back again. Raises InvalidPicture for a picture that does not fit the model; whether
    a seed is one is told when it is used."""
    name = str(value.get("name"))[:NAME_LENGTH]
    if "seed" in value:
        return Source(name, seed=value["seed"])
    picture = held_picture({**value, "mask": None, "marked": None}, entry)
    if picture is None:
        raise InvalidPicture(f"{entry.title} takes pictures of {entry.size}×{entry.size} pixels. Choose another one.")
    return Source(name, picture=picture)
