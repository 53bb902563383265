"""Likelihood: how probable a model finds a picture, which of its pixels surprise it, and what it expected there."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.conditions import read_told
from generative.errors import GenerativeError
from generative.families import FAMILIES
from generative.inference.pictures.heatmap import ANCHORS, BITS, sensitivity
from generative.library.entries import Entry
from generative.library.percentile import percentile
from generative.models.model import to_levels
from generative.web.base.controls import ModelChoice
from generative.web.base.run import DEVICE, once_there
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.anchor import Source
from generative.web.sources.looking_tool import LookingTool
from generative.web.sources.named import told_of
from generative.web.sources.oddities import oddities
from generative.web.sources.picker import Picker, first_picture, gallery, held_picture, wanted_picture
from generative.web.widgets.easel.easel import (
    Easel,
    easel_state,
    overlay_message,
    picture_message,
    unmarked_message,
)
from generative.web.widgets.plot import charts

NOTE = (
    "On the right: how surprised the model is by each pixel, −log₂ of the probability that it gave its true value. "
    "**Click a pixel**, in either picture, to see what the model expected there and what it looked at."
)
BOUND = "This family tells a **bound** on how probable the whole picture is; it does not divide into pixels."
WHATEVER = "Whatever the class"
WHOLE = "This model writes a whole token at a time. What it looked at here is to be seen under Attention."
INFERNO = [(*bytes.fromhex(anchor), 255) for anchor in ANCHORS]
FIELD = "Where the network looks"


@dataclass(frozen=True, eq=False)
class Meant:
    """What a link says: a picture, and the class that it is measured as; None for whatever."""

    source: Source
    label: str | None


class LikelihoodTool(LookingTool):
    """The left easel holds the picture, the right one shows how surprising each pixel of it is, if a model can tell."""

    title = "Likelihood"
    ability = "scores"
    words = ("of", "class")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, entries = bench.prefix, bench.entries
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, untold=WHATEVER)
            self.measure = gr.Button("Measure", variant="primary", elem_id=f"{prefix}-generate")
            self.rank = gr.Button("Rank it among odd pictures", elem_id=f"{prefix}-rank")
        with stage:
            self._results(prefix, inside=any({"predicts", "attends"} & {*e.abilities} for e in entries))
        self._wire()

    def _results(self, prefix: str, inside: bool) -> None:
        """`inside`: whether there is a model whose likelihood divides into pixels, or into tokens."""
        first, tools = self.controls.first, ("point", "draw") if inside else ("draw",)
        self.picker = Picker(self.engine, first, prefix, several=True)
        with gr.Row(elem_classes="pair"):
            with gr.Column(min_width=280):
                self.easel = Easel(first_picture(first), tools, elem_id=f"{prefix}-easel")
            with gr.Column(min_width=280, visible=inside):
                self.map = Easel(tools=("point",), elem_id=f"{prefix}-map")
        self.verdict = gr.HTML(charts.no_verdict(), elem_id=f"{prefix}-verdict", padding=False)
        gr.Markdown(FAMILIES[first.family].of_pictures or (NOTE if inside else BOUND), elem_classes="note")
        self.chart = gr.HTML(charts.no_distribution(), elem_id=f"{prefix}-chart", padding=False, visible=inside)
        self.table = gr.HTML(elem_id=f"{prefix}-table", padding=False)

    def _wire(self) -> None:
        model, told = self.controls.model, self.controls.told.controls
        measured = [self.easel, self.map, self.verdict, self.chart, self.table]
        self.picker.on_picture(model, self._bring, self.fail, [*measured, *told])
        measure = {"inputs": [model, self.easel, *told], "outputs": measured, **DEVICE}
        asked = [self.measure.click, *(control.input for control in told), self.easel.input, self.easel.expand]
        gr.on(asked, self._measure, trigger_mode="always_last", **measure)
        once_there(self.face)(self._measure, **measure)  # what was asked before that may come after it
        for easel in (self.easel, self.map):
            easel.select(
                self._point,
                [model, self.easel, easel, *told],
                [self.easel, self.map, self.chart],
                trigger_mode="always_last",
                **DEVICE,
            )
        self.rank.click(self._rank, [model, self.easel, *told], [self.table, self.verdict], **DEVICE)

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, self.easel, self.map, self.verdict, self.chart, self.table]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """The model scores the picture, or, if that does not fit, its data set's first."""
        updates = {**self.controls.choose(entry), **self.picker.follow(entry)}
        if (image := held_picture(value, entry)) is not None:
            return {**updates, self.easel: {**value, **unmarked_message()}, **self._scored(entry, image, None)}
        images, names = gallery(entry.dataset, entry.size)
        if len(images):
            return {**self._bring(entry, images[:1], [names[0]]), **updates}
        return {**updates, self.easel: first_picture(entry), **self._nothing(charts.no_verdict())}

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Meant:
        told = read_told(entry.told, said.get("class"), entry.title)
        return Meant(super().understood(entry, said), told.get("class"))

    def show(self, entry: Entry, said: Meant) -> Updates:
        updates = super().show(entry, said.source)
        if said.label is None:
            return updates
        return {
            **updates,
            **self.controls.tell(entry, said.label),
            **self._scored(entry, said.source.picture, said.label),
        }

    def fail(self, words: str) -> Updates:
        return {self.verdict: charts.problem(words)}

    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        """The first of the pictures on the easel; several in a table."""
        updates = self._scored(entry, images[0], None)
        updates[self.easel] = {**picture_message(images[0], names[0]), **unmarked_message()}
        updates |= self.controls.tell(entry)
        if len(images) > 1:
            updates[self.table] = self._ranked(entry, images, names, None)
        return updates

    def _measure(self, id: Any, value: Any, *told: Any) -> dict[Any, Any]:
        try:
            entry, image = self._read(id, value)
        except GenerativeError as e:
            return self._nothing(charts.problem(str(e)))
        return self._scored(entry, image, self._meant(entry, told))

    def _nothing(self, verdict: str) -> dict[Any, Any]:
        """What was measured before is taken away, since it was about something else."""
        return {
            self.map: {"picture": None, **unmarked_message()},
            self.verdict: verdict,
            self.chart: charts.no_distribution(),
            self.table: "",
        }

    def _scored(self, entry: Entry, image: Tensor, label: str | None) -> dict[Any, Any]:
        """The verdict and the map of one picture (C, H, W), or why there is none."""
        try:
            found = self.engine.answer(self.engine.request("scores", entry, condition=label, images=image))
        except GenerativeError as e:
            return self._nothing(charts.problem(str(e)))
        number = float(found.number[0])
        rank = percentile(entry.folder, number)
        updates = self._nothing(
            charts.verdict(number, found.kind, rank, charts.class_words(found, entry.classes), found.values)
            + told_of(entry, image, **{"class": label})
        )
        if found.bits is not None:
            most = BITS * found.bits.shape[1]
            surprise = overlay_message(found.bits[0].sum(0) / most, f"Surprise, 0 to {most:.0f} bits", INFERNO)
            updates[self.map] = {
                **picture_message(image, f"Surprise of each {'pixel' if found.together == 1 else 'token'}"),
                "marked": None,
                **surprise,
            }
        return updates

    def _point(self, id: Any, value: Any, pointed: Any, *told: Any) -> dict[Any, Any]:
        """For the pixel that is marked on the easel `pointed`: an event repeated by "always_last" has old data."""
        try:
            entry, image = self._read(id, value)
            marked = easel_state(pointed).marked
            if marked is None:
                return {self.chart: charts.no_distribution()}
            row, column = marked
            if "predicts" not in entry.abilities:
                return {self.chart: f'<p class="quiet">{WHOLE}</p>'}
            where = {"images": image, "row": row, "column": column}
            asked = self.engine.request("predicts", entry, condition=self._meant(entry, told), **where)
            seen = self.engine.answer(asked)
        except GenerativeError as e:
            return {self.chart: charts.problem(str(e))}
        true = to_levels(image[:, row, column], seen.table.shape[1]).tolist()
        return {
            self.easel: {**overlay_message(sensitivity(seen.field), FIELD), "marked": [row, column]},
            self.map: {"marked": [row, column], "at": time.time()},
            self.chart: charts.distribution(seen.table, true, row, column),
        }

    def _rank(self, id: Any, value: Any, *told: Any) -> dict[Any, Any]:
        try:
            entry, image = self._read(id, value)
            return {self.table: self._ranked(entry, *oddities(image, entry.dataset), self._meant(entry, told))}
        except GenerativeError as e:
            return self.fail(str(e))

    def _ranked(self, entry: Entry, images: Tensor, names: list[str], label: str | None) -> str:
        """A table of pictures (N, C, H, W), the most probable first."""
        found = self.engine.answer(self.engine.request("scores", entry, condition=label, images=images))
        numbers = found.number.tolist()
        return charts.ranking(images, names, numbers, [percentile(entry.folder, n) for n in numbers], found.kind)

    def _read(self, id: Any, value: Any) -> tuple[Entry, Tensor]:
        """The model and the picture on the easel. Raises GenerativeError when they do not go together."""
        entry = self.engine.entry(id)
        return entry, wanted_picture(value, entry)

    def _meant(self, entry: Entry, told: tuple[Any, ...]) -> Any:
        """What the model's first condition is to be; None for whatever."""
        said = self.controls.said(entry, dict(zip(self.controls.told.controls, told, strict=True)))
        return next((value or None for value in said.values()), None)
