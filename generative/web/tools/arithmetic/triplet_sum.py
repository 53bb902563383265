"""A − B + C with a model: what its three sets can be made of, and what comes of them."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from generative.data.dataset import Openings
from generative.data.known import DATASETS
from generative.errors import GenerativeError, InvalidOption
from generative.inference.engine.engine import Engine
from generative.inference.latent.arithmetic import combined
from generative.inference.sources import decoded
from generative.library.entries import Entry
from generative.web.base.run import DEVICE
from generative.web.tools.arithmetic.equation import tile
from generative.web.tools.arithmetic.example_sets import Choice, example_sets
from generative.web.tools.arithmetic.labelled_images import has_images
from generative.web.tools.arithmetic.triplet import NAMES, Triplet, offer_message, sets_message, triplet_state

LOOKING = "Looking for examples…"


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
            return {"model": entry.id, **self._offered(entry, state.sets)}
        except GenerativeError as e:
            return {"model": entry.id, "error": str(e), "busy": ""}

    def _open(self, value: Any) -> Iterator[dict[str, Any]]:
        try:
            state = triplet_state(value)
            entry = self.engine.entry(state.model)
            if state.ready:
                yield gr.skip()
                return
            yield {"of": entry.id, "busy": LOOKING}
            yield {"of": entry.id, **self._offered(entry, state.sets)}
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
        """What can be chosen, and the sum of these sets or, where the model cannot have them, of others."""
        labels = self.examples.labels(entry)
        sets = sets if sets and fit(sets, labels) else opening(entry, labels)
        offer = {**offer_message(*self.examples.offer(entry), labels), **sets_message(sets)}
        try:
            return {**offer, **self._summed(entry, sets)}
        except GenerativeError as e:
            return {**offer, "means": [None] * len(NAMES), "result": None, "error": str(e), "busy": ""}

    def _summed(self, entry: Entry, sets: tuple[Choice, ...]) -> dict[str, Any]:
        """Raises GenerativeError."""
        if len(sets) != len(NAMES):
            raise InvalidOption("Choose examples for A, for B and for C.", "examples")
        found = [self.examples.choose(entry, choice) for choice in sets]
        *means, result = decoded(self.engine, entry, combined(*(list(e.latents) for e in found)).latents)
        tiles = [tile(m, f"Mean of {n}", e.words) for m, n, e in zip(means, NAMES, found, strict=True)]
        shown = {"means": tiles, "result": tile(result, "A − B + C"), "error": "", "busy": ""}
        return {**shown, "for": sets_message(sets)["sets"]}


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
