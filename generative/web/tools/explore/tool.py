"""Exploring: a map of the latent space, a slider for each of its dimensions, and the picture that they lead to."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import gradio as gr
import torch
from gradio.components import Component
from torch import Tensor

from generative.errors import BadCheckpoint, GenerativeError, InvalidOption, check_integer
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_DECODED
from generative.inference.latent.atlas import Atlas, atlas_of
from generative.inference.sources import decoded
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.run import DEVICE, QUIET
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.sources.anchor import AnchorPicker
from generative.web.sources.spread import spread_option
from generative.web.tools.explore import link
from generative.web.tools.explore.latent_map import (
    REACH,
    LatentMap,
    MapState,
    chart_message,
    map_state,
    notice_message,
    opening_message,
    picture_message,
    sheets_message,
    strip_message,
)

MOST_PLACES, SHEET_PIXELS = 24, 1024  # of a side of the sheet
STRIP = 11  # pictures of it
HINT = "**Start anywhere**: click the map, take a test image, or roll a seed. The sliders go on from there."
NO_MAP = (
    "This model has no map: its atlas.safetensors is missing or damaged; “python -m generative evaluate” writes it. "
    "The sliders work without it, in the model's own order."
)
SEARCHING = "Searching for a latent that decodes to this picture: this model has no encoder, so it takes some seconds."


class ExploreTool(Tool):
    title = "Explore"
    ability = "interpolates"
    words = link.WORDS

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._sheets = sheets_of(self.engine)
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, told=False)
            gr.Markdown(HINT, elem_classes="note")
            self.anchors = AnchorPicker(self.engine, bench.first, bench.prefix)
        with stage:
            self.map = LatentMap(opening_message(bench.first.id), elem_id=f"{bench.prefix}-map")
        self._wire()

    def _wire(self) -> None:
        model, picker = self.controls.model, self.anchors.picker
        for searched in (picker.gallery.select, picker.upload.upload):
            searched(self._search, model, self.map, **QUIET)
        self.anchors.on_anchor(model, self._arrive, self.fail, [self.map], {self.map: notice_message("")})
        self.map.input(
            self._answer,
            [self.anchors.seed, self.anchors.spread, self.map],
            self.map,
            trigger_mode="always_last",
            **DEVICE,
        )

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.anchors.chosen, self.map]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        return {**self.controls.choose(entry), **self.anchors.follow(entry), self.map: opening_message(entry.id)}

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Tensor:
        return link.read(said)

    def show(self, entry: Entry, said: Tensor) -> Updates:
        return self._arrive(entry, said, "where the link leads")

    def fail(self, words: str) -> Updates:
        return {self.map: {"error": words}}

    def _search(self, id: Any) -> Any:
        entry = self.engine.entries.get(id) if isinstance(id, str) else None
        return notice_message(SEARCHING) if entry and "encodes" not in entry.abilities else gr.skip()

    def _arrive(self, entry: Entry, latent: Tensor, name: str) -> dict[Any, Any]:
        """A start that was chosen beside the map."""
        return {self.map: {"model": entry.id, **self._picture(entry, latent, name)}}

    def _answer(self, seed: Any, spread: Any, value: Any) -> Iterator[dict[str, Any]]:
        """First the picture, and what is known of the space if the map does not have it yet; at last the sheets."""
        answer: dict[str, Any] = {}
        try:
            state = map_state(value)
            answer = {"model": state.model, "ask": state.ask}
            entry = self.engine.able(state.model, "interpolates")
            if state.lacks:
                answer |= self._chart(entry)
            latent, name = self._wanted(entry, state, seed, spread)
            answer |= self._picture(entry, latent, name)
            if state.dim is not None:
                answer |= self._strip(entry, latent, state.dim)
            yield answer
            if state.lacks and (atlas := self._atlas(entry)):
                yield answer | self._sheet(entry, atlas)
        except GenerativeError as e:
            yield answer | {"error": str(e)}

    def _atlas(self, entry: Entry) -> Atlas | None:
        """None for a model that has none, or that of another."""
        try:
            atlas = atlas_of(entry)
        except BadCheckpoint:
            return None
        return atlas if len(atlas.mean) == self.engine.model(entry.id).dims else None

    def _chart(self, entry: Entry) -> dict[str, Any]:
        atlas, dims = self._atlas(entry), self.engine.model(entry.id).dims
        return chart_message(entry, dims, atlas, describe(entry, dims) if atlas else NO_MAP)

    def _wanted(self, entry: Entry, state: MapState, seed: Any, spread: Any) -> tuple[Tensor, str | None]:
        """The latent that a visitor asks for, and its name if the sliders are to start there."""
        if state.latent is not None:
            return state.latent, None
        if state.place is None:
            request = self.engine.request("interpolates", entry, seed=seed, options=spread_option(entry, spread))
            return self.engine.answer(request)[0], f"seed {request.seeds.first}"
        atlas = self._atlas(entry)
        if atlas is None:
            raise InvalidOption(NO_MAP, "place")
        x, y = torch.tensor(state.place)
        return atlas.place(x[None], y[None])[0], "a place on the map"

    def _picture(self, entry: Entry, latent: Tensor, name: str | None) -> dict[str, Any]:
        image, atlas = decoded(self.engine, entry, latent[None])[0], self._atlas(entry)
        spot = atlas.spots(latent[None])[0] if atlas else None
        return {**picture_message(image, latent, spot, name), "link": link.written(entry, latent)}

    def _strip(self, entry: Entry, latent: Tensor, dim: int) -> dict[str, Any]:
        """What becomes of a picture when one dimension goes from one end of its slider to the other."""
        check_integer("dimension", dim, 0, len(latent) - 1)
        atlas = self._atlas(entry)
        mean, std = (atlas.mean[dim], atlas.std[dim]) if atlas else (torch.tensor(0.0), torch.tensor(1.0))
        values = mean + torch.linspace(-REACH, REACH, STRIP) * std
        latents = latent.repeat(STRIP, 1)
        latents[:, dim] = values
        return strip_message(dim, values, decoded(self.engine, entry, latents))

    def _sheet(self, entry: Entry, atlas: Atlas) -> dict[str, Any]:
        if entry.id not in self._sheets:
            side = min(MOST_PLACES, max(2, SHEET_PIXELS // entry.size))
            shares = (torch.arange(side) + 0.5) / side
            even = self._places(entry, atlas, (2 * shares - 1) * atlas.extent)
            masses = self._places(entry, atlas, torch.special.ndtri(shares)) if len(atlas.mean) == 2 else None
            self._sheets[entry.id] = sheets_message(even, masses)
        return self._sheets[entry.id]

    def _places(self, entry: Entry, atlas: Atlas, ticks: Tensor) -> Tensor:
        """(S, S, C, H, W): what lies at the coordinates `ticks` (S,), the highest y at the top."""
        latents = atlas.place(ticks.repeat(len(ticks)), ticks.flip(0).repeat_interleave(len(ticks)))
        images = torch.cat([decoded(self.engine, entry, part) for part in latents.split(MAX_DECODED)])
        return images.unflatten(0, (len(ticks), len(ticks)))


@lru_cache(maxsize=4)
def sheets_of(engine: Engine) -> dict[str, dict[str, Any]]:
    """The sheets of an engine's models, by id; decoded when first seen, for all visitors."""
    return {}


def describe(entry: Entry, dims: int) -> str:
    """What the map of a model is a map of."""
    if dims == 2:
        return (
            "All of the latent space: across z₁, up z₂. “Decoded” divides the prior N(0, 1) of each into equal "
            "shares, so that dense regions have more room."
        )
    plane = "two principal components of the codes, in standard deviations"
    if "encodes" not in entry.abilities:
        plane = "two directions that change the picture most"
    return f"A plane through {dims} dimensions: the {plane}. The ring is the nearest place to the latent on show."
