"""Interpolating: the images on the way from one point of a latent space to another, or between four."""

import html
import math
import textwrap
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from generative.errors import GenerativeError, check_choice
from generative.frame import Frame
from generative.inference.engine import Engine
from generative.inference.library import Entry
from generative.inference.walks import MAX_SIDE, MAX_STEPS, PATHS, angle, changes, corners, rim, walk
from generative.tabs.anchor import (
    AnchorPicker,
    End,
    Ends,
    Source,
    arrived_message,
    ends_message,
    finds_pictures,
    found_end,
    found_message,
    read_ends,
)
from generative.tabs.charts import data_url
from generative.tabs.controls import ModelChoice
from generative.tabs.picker import gallery
from generative.tabs.runs import DEVICE, PACE, QUIET, cells, duration
from generative.tabs.stage import Stage, frame_message

TITLES = {"walk": ("From", "To"), "grid": ("Top left", "Top right", "Bottom left", "Bottom right")}
EDGES = {"top": (0, 1), "bottom": (2, 3), "left": (0, 2), "right": (1, 3)}  # and the corners that they join
OPENING = (0, 3, 7, 9)  # of the test images, or their seeds
NOTE = (
    "No picture that the model learnt from belongs to the latents **in between**: what stands there is its own. Where "
    "it looks like a picture too, the model has learnt a space and not only a list."
)
PATH_HELP = (
    "The arc (slerp) turns evenly around the origin, as far from it as the ends are: that is where most latents lie. "
    "The straight line (lerp) cuts across the middle, where there are hardly any."
)
DISTANCE = (
    "Length of the straight line between the two latents, and the angle between them seen from the origin. Two draws "
    "of noise in D dimensions are about √(2·D) apart, at 90°"
)
CHANGE = (
    "How far a pixel's value moves from a picture to the next one, of 255: the mean over all pixels and steps, and of "
    "the largest step. A largest step far above the mean is a jump"
)
TIME = "From the request to all pictures; it includes the search for latents, where one was needed"
SHEET_CSS = """
container-type: inline-size;
figure { margin: 0; }
.strip { display: grid; gap: 3px; grid-template-columns: repeat(var(--wide), 1fr); }
.strip { max-width: calc(var(--wide) * 120px); }
.strip i {
  aspect-ratio: 1; border-radius: 2px; image-rendering: pixelated; background-image: var(--sheet);
  background-size: calc(100% * var(--count)) 100%; background-position: calc(100% * var(--i) / (var(--count) - 1)) 0;
}
.grid img { display: block; width: 100%; max-width: 640px; margin: 0; border-radius: 4px; image-rendering: pixelated; }
button { margin-top: 8px; min-height: 32px; padding: 4px 12px; border-radius: 6px; }
button { border: 1px solid var(--border-color-primary); background: none; }
button { color: inherit; font: inherit; font-size: 13px; cursor: pointer; }
button:hover { border-color: var(--color-accent); }
@media (pointer: coarse) { button { min-height: 40px; } }
@container (max-width: 480px) { .strip { grid-template-columns: repeat(var(--narrow), 1fr); } }
"""
SAVE = """
element.addEventListener("click", (event) => {
  const name = event.target.closest("[data-name]")?.dataset.name, figure = element.querySelector("figure");
  if (!name) return;
  const href = figure.querySelector("img")?.src ?? figure.style.getPropertyValue("--sheet").slice(4, -1);
  Object.assign(document.createElement("a"), { href, download: name }).click();
});
"""
# Runs after the stage's own scripts, with their variables: from the last frame on to the first, unless it was paused.
LOOP = """
const halt = pause;
let halted = matchMedia("(prefers-reduced-motion: reduce)").matches, seen = false;
pause = () => { if (playing && !halted && shown >= run.frames.length - 1) shown = 0; else halt(); };
const begin = () => { if (seen && !playing && !halted && run.frames.length > 1) part.play.click(); };
part.play.addEventListener("click", () => { halted = playing === null; });
part.range.addEventListener("input", () => { halted = true; });
part.live.setAttribute("aria-live", "off"); // or it would be read out without end
watch("value", begin);
new IntersectionObserver(([{ isIntersecting }]) => {
  seen = isIntersecting;
  if (!seen) halt();
  render();
  begin();
}).observe(root);
"""


class LoopingStage(Stage):
    """A stage that plays its frames over and over while it can be seen; the last frame should equal the first."""

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(value, **options)
        self.js_on_load += LOOP


@dataclass(frozen=True, eq=False)
class Way:
    """What was found between two or four `points` (N, D), whose names are `names`.

    images: (N, C, H, W) in [0, 1], of a walk or, row by row, of a grid; a row has `across`. lines: by path, the images
    of the walk or of the one around the grid's edge, to compare the paths by; `path` is the one on show.
    """

    names: Sequence[str]
    points: Tensor
    images: Tensor
    across: int
    path: str
    lines: Mapping[str, Tensor]

    @property
    def is_grid(self) -> bool:
        return len(self.points) == 4

    @property
    def at_ends(self) -> Tensor:
        """(2 or 4, C, H, W): what the points themselves decode to."""
        last = len(self.images) - 1
        return self.images[[0, self.across - 1, last - self.across + 1, last] if self.is_grid else [0, last]]


class InterpolateTool:
    """Cards of the ends, and under them what lies between: all at once, and as an animation.

    The cards in the browser are the one place that knows the ends; whatever changes them makes them ask for a drawing.
    """

    title = "Interpolate"
    ability = "interpolates"

    states: tuple[gr.State, ...] = ()

    def __init__(self, engine: Engine, entries: list[Entry], prefix: str) -> None:
        self.engine = engine
        self.built = f"#{prefix}-stage"
        with gr.Row(elem_classes="bench"):
            with gr.Column(scale=0, min_width=320, elem_classes="controls"):
                self.controls = ModelChoice(engine, entries, prefix, None)
                self._settings(prefix)
            with gr.Column(scale=1, min_width=300, elem_classes="stage-column"):
                self._results(prefix)
        self._wire()

    def _settings(self, prefix: str) -> None:
        shapes = [("A walk", "walk"), ("Four corners", "grid")]
        paths = [("Arc (slerp)", "slerp"), ("Straight line (lerp)", "lerp")]
        self.shape = gr.Radio(shapes, value="walk", label="Shape", elem_id=f"{prefix}-shape")
        self.path = gr.Radio(paths, value="slerp", label="Path", info=PATH_HELP, elem_id=f"{prefix}-path")
        steps = {"label": "Steps", "info": "Pictures of the walk, both ends included."}
        self.steps = gr.Slider(2, MAX_STEPS, value=9, step=1, elem_id=f"{prefix}-steps", **steps)
        side = {"label": "Side", "info": "Pictures along each side of the grid."}
        self.side = gr.Slider(3, MAX_SIDE, value=7, step=1, elem_id=f"{prefix}-side", visible=False, **side)

    def _results(self, prefix: str) -> None:
        first = self.controls.first
        self.anchor = AnchorPicker(self.engine, first, prefix, confirm=True)
        opened = {**ends_message(first, opening(first)), "names": TITLES["walk"]}
        self.ends = Ends(opened, elem_id=f"{prefix}-ends")
        sheet_parts = {"css_template": SHEET_CSS, "js_on_load": SAVE, "apply_default_css": False}
        self.sheet = gr.HTML("", elem_id=f"{prefix}-sheet", **sheet_parts)
        with gr.Row(elem_classes="pair"):
            with gr.Column(scale=2, min_width=280):
                self.stage = LoopingStage(elem_id=f"{prefix}-stage")
            with gr.Column(scale=3, min_width=280):
                self.facts = gr.HTML(elem_id=f"{prefix}-facts", padding=False)
                gr.Markdown(NOTE, elem_classes="note")

    def _wire(self) -> None:
        settings = [self.shape, self.path, self.steps, self.side]
        self.anchor.on_source(self.controls.model, self._choose, self.fail, [self.ends])
        self.shape.input(show_slider, self.shape, [self.steps, self.side], **QUIET)
        gr.on(
            [component.input for component in [self.ends, *settings]],
            self._draw,
            [self.ends, *settings],
            [self.ends, self.sheet, self.stage, self.facts],
            trigger_mode="always_last",
            **DEVICE,
        )

    @property
    def held(self) -> list[gr.components.Component]:
        """What `follow` wants to know."""
        return [self.ends]

    @property
    def follows(self) -> list[gr.components.Component]:
        """What `follow` and `fail` may change."""
        return [*self.controls.chosen, self.anchor.picker.gallery, self.ends]

    def follow(self, entry: Entry, value: Any) -> dict[Any, Any]:
        """The updates for another model: seeds stay, and so do pictures of its data set that it can find latents of."""
        message = ends_message(entry, self._kept(entry, value))
        return {**self.controls.choose(entry), **self.anchor.follow(entry), self.ends: message}

    def fail(self, words: str) -> dict[Any, Any]:
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

    def _draw(self, value: Any, shape: Any, path: Any, steps: Any, side: Any) -> Iterator[dict[Any, Any]]:
        """Looks for the ends' latents, which is shown where it takes a while, and draws what lies between them."""
        began = time.monotonic()
        try:
            titles = TITLES[check_choice("shape", shape, list(TITLES))]
            entry = self.engine.able(value.get("model") if isinstance(value, dict) else None, self.ability)
            ends = read_ends(value, entry, len(titles))
            latents = []
            for end in ends:
                latent = self.anchor.finder.known(entry, end.source)
                if latent is None:
                    for frame in paced(self.anchor.finder.search(entry, end.source)):
                        yield {self.ends: found_message({end.key: sought(end, frame)}, titles)}
                    latent = frame.latents[0].cpu()
                latents.append(latent)
            names = [self._name(entry, end.source) for end in ends]
            way = self._between(entry, names, torch.stack(latents), path, steps if shape == "walk" else side)
            found = zip(ends, names, way.at_ends, strict=True)
            yield {
                self.ends: found_message({e.key: found_end(e.source, name, image) for e, name, image in found}, titles),
                self.sheet: sheet(way),
                self.stage: animation(way),
                self.facts: facts(way, time.monotonic() - began),
            }
        except GenerativeError as e:
            yield self.fail(str(e))

    def _name(self, entry: Entry, source: Source) -> str:
        if source.picture is not None:
            return source.name
        caption = self.engine.request(entry.id, source.seed, 1, {}).captions[0]
        return f"{caption}, {source.name}" if caption else source.name

    def _between(self, entry: Entry, names: list[str], points: Tensor, path: Any, across: Any) -> Way:
        """Everything in one call of the engine."""
        check_choice("path", path, list(PATHS))
        between = {p: corners(points, across, p) if len(points) == 4 else walk(*points, across, p) for p in PATHS}
        line = rim(int(across)) if len(points) == 4 else list(range(int(across)))
        latents = [between[path], *(between[p][line] for p in PATHS if p != path)]
        images, other = self.engine.decode(entry.id, torch.cat(latents)).split([len(some) for some in latents])
        lines = {p: images[line] if p == path else other for p in PATHS}
        return Way(names, points, images, int(across), path, lines)


def opening(entry: Entry) -> list[Source]:
    """What the tool begins with: test images where an encoder tells their latents at once, otherwise seeds."""
    images, names = gallery(entry.dataset, entry.size)
    if "encodes" in entry.abilities and len(images) > max(OPENING):
        return [Source(names[i], picture=images[i]) for i in OPENING]
    return [Source(f"seed {i}", seed=i) for i in OPENING]


def show_slider(shape: Any) -> tuple[Any, Any]:
    """The updates of the sliders for the steps of a walk and the side of a grid."""
    return gr.update(visible=shape == "walk"), gr.update(visible=shape == "grid")


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


# ── what lies between ────────────────────────────────────────────────────────────────────────────────────────────────


def sheet(way: Way) -> str:
    """All pictures at once: a strip, which folds where there is little room, or a grid; and a button that saves it."""
    rows = way.images.unflatten(0, (-1, way.across))  # (rows, columns, C, H, W)
    url = data_url(rows.permute(2, 0, 3, 1, 4).flatten(3).flatten(1, 2))
    words = html.escape(f"{len(way.images)} pictures between {listed(way.names)}")
    save = f'<button type="button" data-name="{"grid" if way.is_grid else "walk"}.png">Save as one picture</button>'
    if way.is_grid:
        return f'<figure class="grid"><img src="{url}" alt="{words}"></figure>{save}'
    count = way.across
    wide, narrow = (math.ceil(count / math.ceil(count / most)) for most in (16, 8))
    tiles = "".join(f'<i style="--i: {i}" title="{i + 1} of {count}: {share(i, count)}"></i>' for i in range(count))
    style = f"--sheet: url({url}); --count: {count}; --wide: {wide}; --narrow: {narrow}"
    return f'<figure class="strip" role="img" aria-label="{words}" style="{style}">{tiles}</figure>{save}'


def animation(way: Way) -> dict[str, Any]:
    """The stage's message: there and back, or once around the edge of a grid."""
    line, count = way.lines[way.path], way.across
    if way.is_grid:
        labels = [f"{side} edge" for side in ("top", "right", "bottom", "left") for _ in range(count - 1)] + [
            "top edge"
        ]
        title = "Around the edge"
    else:
        line = torch.cat([line, line[:-1].flip(0)])
        labels = [share(i, count) for i in [*range(count), *range(count - 2, -1, -1)]]
        title = f"{short(way.names[0])} to {short(way.names[1])} and back"
    frames = [Frame(line[[i]], i + 1, len(line), label) for i, label in enumerate(labels)]
    alt = f"Between {listed(list(map(short, way.names)))}"
    return frame_message(uuid.uuid4().hex, frames, [], alt=alt, title=title, done=True)


def facts(way: Way, seconds: float) -> str:
    """How far apart the ends are, and how evenly the pictures change along each path, as HTML."""
    items = []
    edges = EDGES if way.is_grid else {"between the ends": (0, 1)}
    for name, (i, k) in edges.items():
        start, end = way.points[i], way.points[k]
        apart = f"{float((end - start).norm()):.2f}, at {math.degrees(float(angle(start, end))):.0f}°"
        items.append((f"Distance {name}", apart, DISTANCE))
    for path, images in way.lines.items():
        moved = changes(images) * 255
        what = f"Change per step{' of the edge' if way.is_grid else ''}, {path}"
        items.append((what, f"{float(moved.mean()):.1f} of 255, at most {float(moved.max()):.1f}", CHANGE))
    return f'<dl class="facts">{cells([*items, ("Time", duration(seconds), TIME)])}</dl>'


def share(index: int, count: int) -> str:
    """How far a step is on its way."""
    return f"{100 * index / (count - 1):.0f} %"


def listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def short(name: str) -> str:
    return textwrap.shorten(name, 36, placeholder="…")
