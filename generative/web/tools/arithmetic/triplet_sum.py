"""A − B + C with a model: what its three sets can be made of, and what comes of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from generative.data.dataset import Openings
from generative.data.known import DATASETS
from generative.errors import GenerativeError, InvalidOption, check_choice, check_integer
from generative.fields import as_number
from generative.inference.engine.engine import Engine
from generative.inference.latent.arithmetic import combined
from generative.inference.sources import decoded
from generative.library.entries import Entry
from generative.web.base.link import link_to
from generative.web.base.run import DEVICE
from generative.web.tools.arithmetic.equation import tile
from generative.web.tools.arithmetic.example_sets import MAX_LABELS, Choice, example_sets
from generative.web.tools.arithmetic.labelled_images import OFFERED, has_images
from generative.web.tools.arithmetic.triplet import NAMES, Triplet, offer_message, sets_message, triplet_state

LOOKING = "Looking for examples…"
SETS = ("a", "b", "c")  # as a link calls them
PICKED, BETWEEN = "picked:", ";"


class TripletSum:
    """Built where it is to stand."""

    def __init__(self, engine: Engine, first: Entry, prefix: str) -> None:
        self.engine, self.examples = engine, example_sets(engine)
        self.triplet = Triplet({"model": first.id}, elem_id=f"{prefix}-triplet")

    def wire(self, opened: Any) -> None:
        """`opened`: the event after which it is on show."""
        opened(self._open, self.triplet, self.triplet, **DEVICE)
        self.triplet.input(self._redraw, self.triplet, self.triplet, trigger_mode="always_last", **DEVICE)

    def follow(self, entry: Entry, value: Any, shown: bool) -> dict[str, Any]:
        """The message for another model; of one that is not on show, only that it is another."""
        if not shown:
            return {"model": entry.id, "means": [None] * len(NAMES), "result": None}
        try:
            state = triplet_state(value)
            return {"model": entry.id, **self._offered(entry, self._fitting(entry, state.sets))}
        except GenerativeError as e:
            return {"model": entry.id, "error": str(e), "busy": ""}

    def show(self, entry: Entry, sets: tuple[Choice, ...]) -> dict[str, Any]:
        """The message for the sets of a link. Raises GenerativeError."""
        return {"model": entry.id, **self._offered(entry, sets)}

    def _open(self, value: Any) -> Iterator[dict[str, Any]]:
        try:
            state = triplet_state(value)
            entry = self.engine.entry(state.model)
            if state.ready:
                yield gr.skip()
                return
            yield {"of": entry.id, "busy": LOOKING}
            yield {"of": entry.id, **self._offered(entry, self._fitting(entry, state.sets))}
        except GenerativeError as e:
            yield {"error": str(e), "busy": ""}

    def _redraw(self, value: Any) -> dict[str, Any]:
        try:
            state = triplet_state(value)
            entry = self.engine.entry(state.model)
            return {"of": entry.id, **self._summed(entry, state.sets)}
        except GenerativeError as e:
            sets = value.get("sets") if isinstance(value, dict) else None
            return {"error": str(e), "busy": "", "for": sets}

    def _offered(self, entry: Entry, sets: tuple[Choice, ...]) -> dict[str, Any]:
        """What can be chosen, and the sum of these sets."""
        labels = self.examples.labels(entry)
        offer = {**offer_message(*self.examples.offer(entry), labels), **sets_message(sets)}
        try:
            return {**offer, **self._summed(entry, sets)}
        except GenerativeError as e:
            return {**offer, "means": [None] * len(NAMES), "result": None, "error": str(e), "busy": ""}

    def _fitting(self, entry: Entry, sets: tuple[Choice, ...]) -> tuple[Choice, ...]:
        """These sets or, where the model cannot have them, others."""
        labels = self.examples.labels(entry)
        return sets if sets and fit(sets, labels) else opening(entry, labels)

    def _summed(self, entry: Entry, sets: tuple[Choice, ...]) -> dict[str, Any]:
        """Raises GenerativeError."""
        if len(sets) != len(NAMES):
            raise InvalidOption("Choose examples for A, for B and for C.", "examples")
        found = [self.examples.choose(entry, choice) for choice in sets]
        *means, result = decoded(self.engine, entry, combined(*(list(e.latents) for e in found)).latents)
        tiles = [tile(m, f"Mean of {n}", e.words) for m, n, e in zip(means, NAMES, found, strict=True)]
        shown = {"means": tiles, "result": tile(result, "A − B + C"), "error": "", "busy": ""}
        return {**shown, "for": sets_message(sets)["sets"], "link": sets_link(entry, sets)}


def fit(sets: tuple[Choice, ...], labels: tuple[str, ...]) -> bool:
    """Whether the sets mean the same for a model with these labels; the number of a picture need not."""
    return all(not choice.picked and choice.labels and set(choice.labels) <= set(labels) for choice in sets)


def opening(entry: Entry, labels: tuple[str, ...]) -> tuple[Choice, ...]:
    """The three sets that the tool begins with: the data set's own, else the first labels, else single pictures."""
    known = DATASETS[entry.dataset].openings if entry.dataset in DATASETS else Openings()
    sets = known.sets if has_images(entry) else known.few or known.sets
    wishes = [set(wish) <= set(labels) and Choice(wish) for wish in sets or ()]
    if wishes and all(wishes):
        return tuple(wishes)
    if len(labels) >= len(NAMES):
        return tuple(Choice((label,)) for label in labels[: len(NAMES)])
    return tuple(Choice(picked=(i,)) for i in range(len(NAMES)))


def read_sets(entry: Entry, said: Mapping[str, str]) -> tuple[Choice, ...]:
    """The three sets of ?model=…&a=glasses: sun&b=glasses: none&c=picked:3;8. Raises InvalidOption."""
    if missing := " and ".join(word.upper() for word in SETS if not said.get(word)):
        raise InvalidOption(f"A − B + C has three sets, and this link says nothing of {missing}", "examples")
    return tuple(_choice(entry, said[word]) for word in SETS)


def _choice(entry: Entry, text: str) -> Choice:
    parts = text.removeprefix(PICKED).split(BETWEEN)
    if text.startswith(PICKED):
        picked = [check_integer("picture", as_number(part), 0, OFFERED - 1) for part in parts[:OFFERED]]
        return Choice(picked=tuple(dict.fromkeys(picked)))
    known = list(DATASETS[entry.dataset].labels) if entry.dataset in DATASETS else parts
    return Choice(tuple(check_choice("attribute", part, known) for part in parts[:MAX_LABELS]))


def sets_link(entry: Entry, sets: Sequence[Choice]) -> str:
    """To them, as `read_sets` reads it."""
    said = [f"{PICKED}{BETWEEN.join(map(str, s.picked))}" if s.picked else BETWEEN.join(s.labels) for s in sets]
    return link_to(entry, dict(zip(SETS, said, strict=True)))
