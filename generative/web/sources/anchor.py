"""Where a point of a latent space comes from: a test image, a file of the visitor's own, or a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import gradio as gr
from torch import Tensor

from generative.errors import GenerativeError
from generative.inference import sources
from generative.inference.engine.engine import Engine
from generative.library.entries import Entry
from generative.web.base.run import DEVICE
from generative.web.base.seeds import ROLL, seed_row
from generative.web.sources.picker import Picker
from generative.web.sources.spread import spread_option, spread_slider, spread_update


@dataclass(frozen=True, eq=False)
class Source:
    """A picture (C, H, W) in [0, 1] or, where that is None, a seed. `name` is what people call it; `spread` says how
    widely the seed's noise is spread, as `spread_option` takes it."""

    name: str
    picture: Tensor | None = None
    seed: int = 0
    spread: float = 1.0


NOTHING: Mapping[Any, Any] = MappingProxyType({})
Choice = Callable[[Entry, Source], dict[Any, Any]]  # model, what a visitor chose → updates
Arrival = Callable[[Entry, Tensor, str], dict[Any, Any]]  # model, latent (D,), its name → updates
Failure = Callable[[str], dict[Any, Any]]


class AnchorPicker:
    """Test images, an upload button, a seed, and how widely its noise is spread. Build it where it is to stand.

    A seed counts as soon as it or its spread changes; with `confirm` only when it is rolled, entered or a button says
    so, and what its spread does is left to others.
    """

    def __init__(self, engine: Engine, first: Entry, prefix: str, confirm: bool = False) -> None:
        self.engine = engine
        self.picker = Picker(engine, first, prefix)
        if confirm:
            with gr.Row(elem_classes="seed-use"):
                field = {"interactive": True, "container": False, "min_width": 90, "scale": 0}
                self.seed = gr.Number(0, label="Seed", precision=None, elem_id=f"{prefix}-seed", **field)
                use = gr.Button("Use seed", elem_id=f"{prefix}-use", size="sm", min_width=96, scale=0)
                self.dice = gr.Button(
                    "Roll", elem_id=f"{prefix}-dice", elem_classes="roll", size="sm", min_width=80, scale=0
                )
                self.spread = spread_slider(first, prefix)
            rolled = self.dice.click(None, None, self.seed, js=ROLL, api_visibility="private")
            self._seeded = [rolled.then, use.click, self.seed.submit]
        else:
            self.seed, self.dice = seed_row(prefix)
            self.spread = spread_slider(first, prefix)
            self._seeded = [partial(gr.on, [self.seed.change, self.spread.input], trigger_mode="always_last")]

    def on_source(
        self, model: gr.Dropdown, react: Choice, fail: Failure, outputs: list[Any], idle: Mapping[Any, Any] = NOTHING
    ) -> None:
        """Calls `react` with what a visitor chooses, `fail` with what is wrong, in words."""

        def brought(entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
            return react(entry, Source(names[0], picture=images[0]))

        def seeded(id: Any, seed: Any, spread: Any) -> dict[Any, Any]:
            try:
                request = self.engine.request("interpolates", id, seed=seed)
                first = request.seeds.first
                return react(request.entry, Source(f"seed {first}", seed=first, spread=spread))
            except GenerativeError as e:
                return fail(str(e))

        self.picker.on_picture(model, brought, fail, outputs, idle)
        for event in self._seeded:
            event(fn=seeded, inputs=[model, self.seed, self.spread], outputs=outputs, **DEVICE)

    def on_anchor(
        self, model: gr.Dropdown, react: Arrival, fail: Failure, outputs: list[Any], idle: Mapping[Any, Any] = NOTHING
    ) -> None:
        """Calls `react` with the latent of what a visitor chooses, `fail` with what is wrong, in words."""

        def chosen(entry: Entry, source: Source) -> dict[Any, Any]:
            return react(entry, located(self.engine, entry, source), source.name)

        self.on_source(model, chosen, fail, outputs, idle)

    @property
    def chosen(self) -> list[gr.components.Component]:
        """What `follow` changes."""
        return [*self.picker.chosen, self.spread]

    def follow(self, entry: Entry) -> dict[Any, Any]:
        """The updates for another model: its own data set's images, and its own word for the spread."""
        return {**self.picker.follow(entry), self.spread: spread_update(entry)}


def known(engine: Engine, entry: Entry, source: Source) -> Tensor | None:
    """(D,) what can be told at once of a source; otherwise None. Raises GenerativeError where it cannot be told."""
    if source.picture is None:
        return _of_seed(engine, entry, source)
    return sources.known(engine, entry, source.picture)


def located(engine: Engine, entry: Entry, source: Source) -> Tensor:
    """(D,) on the CPU, found by a search if need be. Raises GenerativeError where it cannot be told."""
    if source.picture is None:
        return _of_seed(engine, entry, source)
    return sources.found(engine, entry, source.picture)


def _of_seed(engine: Engine, entry: Entry, source: Source) -> Tensor:
    return sources.seeded(engine, entry, source.seed, options=spread_option(entry, source.spread))[0]


def finds_pictures(entry: Entry) -> bool:
    """Whether a model can tell the latent of a picture, at once or by a search."""
    return not {"encodes", "projects"}.isdisjoint(entry.abilities)
