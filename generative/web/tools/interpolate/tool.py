"""Interpolating: the images on the way from one point of a latent space to another, or between four."""

import math
import time
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
import torch
from gradio.components import Component
from torch import Tensor

from generative.errors import GenerativeError, check_choice
from generative.frame import Frame
from generative.inference.latent.walks import MAX_SIDE, MAX_STEPS, PATHS, corners, rim, walk
from generative.inference.sources import decoded, search
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.run import DEVICE, PACE, QUIET
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.sources.anchor import AnchorPicker, Source, finds_pictures, known
from generative.web.sources.picker import gallery
from generative.web.sources.spread import spread_update
from generative.web.tools.interpolate import link
from generative.web.tools.interpolate.charts import Way, animation, facts, sheet
from generative.web.tools.interpolate.ends import (
    End,
    Ends,
    arrived_message,
    ends_message,
    found_end,
    found_message,
    read_ends,
)
from generative.web.widgets.stage.looping_stage import LoopingStage
from generative.web.widgets.widget import Widget

TITLES = {"walk": ("From", "To"), "grid": ("Top left", "Top right", "Bottom left", "Bottom right")}
OPENING = (0, 3, 7, 9)  # of the test images, or their seeds
NOTE = (
    "No picture that the model learnt from belongs to the latents **in between**: what stands there is its own. Where "
    "it looks like a picture too, the model has learnt a space and not only a list."
)
PATH_HELP = (
    "The arc (slerp) turns evenly around the origin, as far from it as the ends are: that is where most latents lie. "
    "The straight line (lerp) cuts across the middle, where there are hardly any."
)


class InterpolateTool(Tool):
    """Cards of the ends, and under them what lies between: all at once, and as an animation.

    The cards in the browser are the one place that knows the ends; whatever changes them makes them ask for a drawing.
    """

    title = "Interpolate"
    ability = "interpolates"
    words = link.WORDS

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, told=False)
            self._settings(bench.prefix)
        with stage:
            self._results(bench.prefix)
        self._wire()

    def _settings(self, prefix: str) -> None:
        shapes = [("A walk", "walk"), ("Four corners", "grid")]
        paths = [("Arc (slerp)", "slerp"), ("Straight line (lerp)", "lerp")]
        self.shape = gr.Radio(shapes, value="walk", label="Shape", interactive=True, elem_id=f"{prefix}-shape")
        about = {"info": PATH_HELP, "interactive": True, "elem_id": f"{prefix}-path"}
        self.path = gr.Radio(paths, value="slerp", label="Path", **about)
        steps = {"interactive": True, "label": "Steps", "info": "Pictures of the walk, both ends included."}
        self.steps = gr.Slider(2, MAX_STEPS, value=9, step=1, elem_id=f"{prefix}-steps", **steps)
        side = {"interactive": True, "label": "Side", "info": "Pictures along each side of the grid."}
        self.side = gr.Slider(3, MAX_SIDE, value=7, step=1, elem_id=f"{prefix}-side", visible=False, **side)

    def _results(self, prefix: str) -> None:
        first = self.controls.first
        self.anchor = AnchorPicker(self.engine, first, prefix, confirm=True)
        opened = {**ends_message(first, opening(first)), "names": TITLES["walk"]}
        self.ends = Ends(opened, elem_id=f"{prefix}-ends")
        self.sheet = Sheet("", elem_id=f"{prefix}-sheet")
        with gr.Row(elem_classes="pair"):
            with gr.Column(scale=2, min_width=280):
                self.stage = LoopingStage(elem_id=f"{prefix}-stage")
            with gr.Column(scale=3, min_width=280):
                self.facts = gr.HTML(elem_id=f"{prefix}-facts", padding=False)
                gr.Markdown(NOTE, elem_classes="note")

    def _wire(self) -> None:
        settings = [self.shape, self.path, self.steps, self.side, self.anchor.spread]
        self.anchor.on_source(self.controls.model, self._choose, self.fail, [self.ends])
        self.shape.input(
            lambda shape: [gr.update(visible=shown) for shown in show_slider(shape)],
            self.shape,
            [self.steps, self.side],
            **QUIET,
        )
        gr.on(
            [component.input for component in [self.ends, *settings]],
            self._draw,
            [self.ends, *settings],
            [self.ends, self.sheet, self.stage, self.facts],
            trigger_mode="always_last",
            **DEVICE,
        )

    @property
    def held(self) -> list[Component]:
        return [self.ends]

    @property
    def outputs(self) -> list[Component]:
        ways = [self.shape, self.path, self.steps, self.side]
        return [*self.controls.chosen, *self.anchor.chosen, *ways, self.ends]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """Seeds stay, and so do pictures of the model's data set that it can find latents of."""
        message = ends_message(entry, self._kept(entry, value))
        return {**self.controls.choose(entry), **self.anchor.follow(entry), self.ends: message}

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> link.Walk:
        return link.read(entry, said)

    def show(self, entry: Entry, said: link.Walk) -> Updates:
        ends = [*said.ends, *opening(entry)[len(said.ends) :]]
        steps, side = show_slider(said.shape)
        return {
            self.shape: said.shape,
            self.path: said.path,
            self.steps: gr.update(visible=steps, **({"value": said.steps} if steps else {})),
            self.side: gr.update(visible=side, **({"value": said.steps} if side else {})),
            self.anchor.spread: gr.update(**spread_update(entry), value=said.spread),
            self.ends: {**ends_message(entry, ends), "names": TITLES[said.shape]},
        }

    def fail(self, words: str) -> Updates:
        return {self.ends: {"error": words, "at": time.time()}}

    def _kept(self, entry: Entry, value: Any) -> list[Source]:
        """The ends of `value` that `entry` can take over, in their places, and for the others its own."""
        try:
            before = self.engine.entry(value.get("model") if isinstance(value, dict) else None)
            sources = [end.source for end in read_ends(value, before)]
        except GenerativeError:
            return opening(entry)
        kind = (entry.dataset, entry.size, entry.channels)
        fits = (before.dataset, before.size, before.channels) == kind and finds_pictures(entry)
        return [s if s.picture is None or fits else own for s, own in zip(sources, opening(entry), strict=True)]

    def _choose(self, entry: Entry, source: Source) -> dict[Any, Any]:
        if source.picture is not None and not finds_pictures(entry):
            return self.fail(f"{entry.title} cannot tell which latent a picture comes from. Choose seeds.")
        return {self.ends: arrived_message(source)}

    def _draw(self, value: Any, shape: Any, path: Any, steps: Any, side: Any, spread: Any) -> Iterator[dict[Any, Any]]:
        """Looks for the ends' latents, which is shown where it takes a while, and draws what lies between them."""
        began = time.monotonic()
        try:
            titles = TITLES[check_choice("shape", shape, list(TITLES))]
            entry = self.engine.able(value.get("model") if isinstance(value, dict) else None, self.ability)
            ends = read_ends(value, entry, len(titles), spread)
            latents = []
            for end in ends:
                latent = known(self.engine, entry, end.source)
                if latent is None:
                    for frame in paced(search(self.engine, entry, end.source.picture)):
                        yield {self.ends: found_message({end.key: sought(end, frame)}, titles)}
                    latent = frame.latents[0].cpu()
                latents.append(latent)
            names = [self._name(entry, end.source) for end in ends]
            way = self._between(entry, names, torch.stack(latents), path, steps if shape == "walk" else side)
            found = zip(ends, names, way.at_ends, strict=True)
            said = link.Walk([end.source for end in ends], shape, path, way.across, spread)
            yield {
                self.ends: found_message({e.key: found_end(e.source, name, image) for e, name, image in found}, titles),
                self.sheet: sheet(way),
                self.stage: animation(way),
                self.facts: facts(way, time.monotonic() - began) + link.written(entry, said),
            }
        except GenerativeError as e:
            yield self.fail(str(e))

    def _name(self, entry: Entry, source: Source) -> str:
        if source.picture is not None:
            return source.name
        caption = self.engine.request("interpolates", entry, seed=source.seed).captions[0]
        return f"{caption}, {source.name}" if caption else source.name

    def _between(self, entry: Entry, names: list[str], points: Tensor, path: Any, across: Any) -> Way:
        """Everything in one call of the engine."""
        check_choice("path", path, list(PATHS))
        between = {p: corners(points, across, p) if len(points) == 4 else walk(*points, across, p) for p in PATHS}
        line = rim(int(across)) if len(points) == 4 else list(range(int(across)))
        latents = [between[path], *(between[p][line] for p in PATHS if p != path)]
        images, other = decoded(self.engine, entry, torch.cat(latents)).split([len(some) for some in latents])
        lines = {p: images[line] if p == path else other for p in PATHS}
        return Way(names, points, images, int(across), path, lines)


class Sheet(Widget):
    """What `charts.sheet` says, with its button at work."""

    files = "tools/interpolate/sheet"


def opening(entry: Entry) -> list[Source]:
    """What the tool begins with: test images where an encoder tells their latents at once, otherwise seeds."""
    images, names = gallery(entry.dataset, entry.size)
    if "encodes" in entry.abilities and len(images) > max(OPENING):
        return [Source(names[i], picture=images[i]) for i in OPENING]
    return [Source(f"seed {i}", seed=i) for i in OPENING]


def show_slider(shape: Any) -> tuple[bool, bool]:
    """Whether the sliders for the steps of a walk and for the side of a grid are to be seen."""
    return shape == "walk", shape == "grid"


def paced(frames: Iterator[Frame]) -> Iterator[Frame]:
    """As many of them as can be shown, and the last."""
    sent = -math.inf
    for frame in frames:
        if frame.step == frame.total or time.monotonic() - sent >= PACE:
            sent = time.monotonic()
            yield frame


def sought(end: End, frame: Frame) -> dict[str, Any]:
    """What a card shows during the search for its latent."""
    words = f"searching: step {frame.step} of {frame.total}"
    return found_end(end.source, end.source.name, frame.images[0].cpu(), words)
