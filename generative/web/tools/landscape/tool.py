"""Landscape: how high a picture lies, which of its pixels the model would change, and what lies between pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
import torch
from gradio.components import Component
from torch import Tensor

from generative.conditions import read_told
from generative.errors import GenerativeError, InvalidOption, check_integer, shown
from generative.inference.energy.landscape import along, plane
from generative.inference.inputs import EXAMPLE
from generative.library.entries import Entry
from generative.library.percentile import percentile
from generative.web.base.controls import ModelChoice
from generative.web.base.panel import panel
from generative.web.base.run import DEVICE, once_there
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.anchor import Source
from generative.web.sources.looking_tool import LookingTool
from generative.web.sources.named import name_of, source_of, told_of
from generative.web.sources.picker import Picker, first_picture, gallery, held_picture, wanted_picture
from generative.web.tools.landscape import charts as landscape_charts
from generative.web.widgets.easel.easel import (
    Easel,
    easel_state,
    overlay_message,
    picture_message,
    unmarked_message,
)
from generative.web.widgets.plot import charts

WHATEVER = "Whatever the class"
NOTE = (
    "On the right: **which pixels it would change**, minus the gradient of the energy; amber would become lighter, "
    "blue darker. Below: the height between this picture, A, and two others. Half of a shirt and half of a shoe is no "
    "picture: **look for the hill on the straight line between them**."
)
CHANGES = ((60, 130, 255, 235), (60, 130, 255, 110), (0, 0, 0, 0), (255, 170, 40, 110), (255, 170, 40, 235))


@dataclass(frozen=True, eq=False)
class View:
    """What a link says: the picture A, the numbers of the bundled ones B and C, None for the usual, and the class that
    all is measured as; None for whatever."""

    source: Source
    ends: tuple[int | None, int | None]
    label: str | None


class LandscapeTool(LookingTool):
    title = "Landscape"
    ability = "slopes"
    words = ("of", "b", "c", "class")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix = bench.prefix
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, untold=WHATEVER)
            self.ends = [self._end("B", 4, prefix), self._end("C", 7, prefix)]
            self.survey = gr.Button("Survey", variant="primary", elem_id=f"{prefix}-generate")
        first = self.controls.first
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            with gr.Row(elem_classes="pair"):
                with gr.Column(min_width=280):
                    self.easel = Easel(first_picture(first), ("draw",), elem_id=f"{prefix}-easel")
                with gr.Column(min_width=280):
                    self.map = Easel(tools=("point",), elem_id=f"{prefix}-map")
            self.verdict = gr.HTML(charts.no_verdict(), elem_id=f"{prefix}-verdict", padding=False)
            self.slices = panel("landscape", f"{prefix}-slices")
            gr.Markdown(NOTE, elem_classes="note")
        self._wire()

    def _end(self, name: str, index: int, prefix: str) -> gr.Dropdown:
        """A list of test pictures, for the other ends of the slices."""
        info = {"B": "Where a line leads from the picture, A.", "C": "Where another leads; A, B and C span a plane."}
        about = {"label": name, "info": info[name], "elem_id": f"{prefix}-{name.lower()}", "interactive": True}
        offered = pictures(self.controls.first)
        return gr.Dropdown(offered, value=at_most(index, offered), **about)

    def _wire(self) -> None:
        model, told = self.controls.model, self.controls.told.controls
        measured = [self.map, self.verdict, self.slices]
        brought = [self.easel, *measured, *told]
        self.picker.on_picture(model, self._bring, self.fail, brought)
        asked = [self.survey.click, *(c.input for c in told), self.easel.input, self.easel.expand]
        survey = {"inputs": [model, self.easel, *self.ends, *told], "outputs": measured, **DEVICE}
        gr.on([*asked, *(end.input for end in self.ends)], self._survey, trigger_mode="always_last", **survey)
        once_there(self.face)(self._survey, **survey)  # what was asked before that may come after it

        self.map.select(
            self._point, [model, self.easel, self.map, *told], self.verdict, trigger_mode="always_last", **DEVICE
        )

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    @property
    def outputs(self) -> list[Component]:
        measured = [self.map, self.verdict, self.slices]
        return [*self.controls.chosen, *self.picker.chosen, self.easel, *self.ends, *measured]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """The picture stays if it fits the model; what was measured goes, for the other model has not said it."""
        offered = pictures(entry)
        ends = {end: gr.update(choices=offered, value=at_most(i, offered)) for end, i in self._usual}
        updates = {**self.controls.choose(entry), **self.picker.follow(entry), **ends, **self._nothing("")}
        return updates if held_picture(value, entry) is not None else {**updates, self.easel: first_picture(entry)}

    @property
    def _usual(self) -> list[tuple[gr.Dropdown, int]]:
        return [(self.ends[0], 4), (self.ends[1], 7)]

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> View:
        ends = tuple(number(entry, said[name]) if name in said else None for name in ("b", "c"))
        told = read_told(entry.told, said.get("class"), entry.title)
        return View(super().understood(entry, said), (ends[0], ends[1]), told.get("class"))

    def show(self, entry: Entry, said: View) -> Updates:
        """All of it, with the slices."""
        offered = pictures(entry)
        usual = [at_most(index, offered) for _, index in self._usual]
        ends = [usual[i] if end is None else end for i, end in enumerate(said.ends)]
        told = self.controls.tell(entry, said.label or "")
        easel = {self.easel: picture_message(said.source.picture, said.source.name)}
        return {
            **easel,
            **told,
            **dict(zip(self.ends, ends, strict=True)),
            **self._surveyed(entry, said.source.picture, (ends[0], ends[1]), said.label),
        }

    def fail(self, words: str) -> Updates:
        return {self.verdict: charts.problem(words)}

    def _nothing(self, words: str) -> dict[Any, Any]:
        verdict = charts.problem(words) if words else charts.no_verdict()
        return {self.map: {"picture": None, **unmarked_message()}, self.verdict: verdict, self.slices: ""}

    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        """Another picture: its height and its slope; the slices follow when they are asked for."""
        easel = {self.easel: picture_message(images[0], names[0])}
        return {**easel, **self._nothing(""), **self._seen(entry, images[0], None), **self.controls.tell(entry)}

    def _survey(self, id: Any, value: Any, b: Any, c: Any, *told: Any) -> dict[Any, Any]:
        try:
            entry = self.engine.able(id, "slopes")
            return self._surveyed(entry, wanted_picture(value, entry), (b, c), self._meant(entry, told))
        except GenerativeError as e:
            return self._nothing(str(e))

    def _surveyed(self, entry: Entry, image: Tensor, chosen: tuple[Any, Any], meant: Any) -> dict[Any, Any]:
        """All that is shown of a picture. Raises GenerativeError."""
        slices = self._slices(entry, image, chosen, meant)
        images, _ = gallery(entry.dataset, entry.size)
        ends = {name: name_of(entry, Source("", picture=images[i])) for name, i in zip("bc", chosen, strict=True)}
        return {**self._seen(entry, image, meant, **ends), self.slices: slices}

    def _point(self, id: Any, value: Any, pointed: Any, *told: Any) -> str:
        """What would become of the pixel that is marked on the map."""
        try:
            entry, marked = self.engine.able(id, "slopes"), easel_state(pointed).marked
            image = wanted_picture(value, entry)
            wish = {"condition": self._meant(entry, told), "images": image}
            pull = self.engine.answer(self.engine.request("slopes", entry, **wish))[0]
        except GenerativeError as e:
            return charts.problem(str(e))
        return f'<div class="verdict"><p>{landscape_charts.at(pull, *marked) if marked else ""}</p></div>'

    def _seen(self, entry: Entry, image: Tensor, meant: Any, **ends: str) -> dict[Any, Any]:
        """How high a picture lies, and where it is pulled; ends: of the slices, as the link to it says them. Raises
        GenerativeError."""
        wish = {"condition": meant, "images": image}
        found = self.engine.answer(self.engine.request("scores", entry, **wish))
        pull = self.engine.answer(self.engine.request("slopes", entry, **wish))[0]
        number = float(found.number[0])
        rank = percentile(entry.folder, number) if meant is None else None  # which is that of any picture
        words = landscape_charts.first(pull)
        strength = pull.sum(0)
        signed = 0.5 + 0.5 * strength / strength.abs().max().clamp(min=1e-9)
        overlay = overlay_message(signed, "Darker … lighter", CHANGES)
        link = told_of(entry, image, **ends, **{"class": meant})
        return {
            self.verdict: charts.verdict(number, found.kind, rank, words, image.numel()) + link,
            self.map: {**picture_message(image, "What it would change"), "marked": None, **overlay},
        }

    def _slices(self, entry: Entry, image: Tensor, chosen: tuple[Any, Any], meant: Any) -> str:
        """The line charts and the plane. Raises GenerativeError."""
        images, names = gallery(entry.dataset, entry.size)
        places = [check_integer(name, index, 0, len(images) - 1) for name, index in zip("BC", chosen, strict=True)]
        b, c = images[places[0]], images[places[1]]
        ways = (along(self.engine, entry, image, end, meant) for end in (b, c))
        heights, _ = plane(self.engine, entry, image, b, c, meant)
        titles = ("A", f"B, {names[places[0]]}", f"C, {names[places[1]]}")
        both = landscape_charts.lines(*ways, titles) + landscape_charts.plane(heights)
        return f'<div class="slices">{both}</div>'

    def _meant(self, entry: Entry, told: tuple[Any, ...]) -> Any:
        """What the model's first condition is to be; None for whatever."""
        said = self.controls.said(entry, dict(zip(self.controls.told.controls, told, strict=True)))
        return next((value or None for value in said.values()), None)


def pictures(entry: Entry) -> list[tuple[str, int]]:
    """The bundled test pictures of a model's data set, by name and number."""
    _, names = gallery(entry.dataset, entry.size)
    return [(f"{name}, {number + 1}", number) for number, name in enumerate(names)]


def at_most(index: int, offered: list[tuple[str, int]]) -> int | None:
    """The number of a picture that is offered: `index`, or the last; None where there are none."""
    return min(index, len(offered) - 1) if offered else None


def number(entry: Entry, name: str) -> int:
    """Of a bundled picture that a link names. Raises InvalidOption."""
    wanted, (images, _) = source_of(entry, name).picture, gallery(entry.dataset, entry.size)
    same = [i for i, image in enumerate(images) if wanted is not None and torch.equal(image, wanted)]
    if not same:
        raise InvalidOption(f"B and C are bundled pictures, as {EXAMPLE}CLASS/0, not {shown(name)}", "b")
    return same[0]
