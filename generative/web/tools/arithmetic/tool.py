"""Arithmetic with latents: a picture with attributes added and taken away, or A − B + C."""

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.run import QUIET
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.sources.picker import Picker
from generative.web.sources.spread import spread_slider, spread_update
from generative.web.tools.arithmetic.attribute_sum import AttributeSum
from generative.web.tools.arithmetic.example_sets import Choice
from generative.web.tools.arithmetic.formula_start import WORDS, Sum, read_sum
from generative.web.tools.arithmetic.triplet_sum import SETS, TripletSum, read_sets

ATTRIBUTES, TRIPLET = "A picture and attributes", "A − B + C"
NOTE = (
    "A **latent** is the list of numbers that the model decodes an image from; here such lists are added up. A "
    "**direction** is a step in such a list. With *Exchange*, 1 × it leads from the average of images like this one to "
    "the average of images with the attribute wanted; *Difference* and *Normal* are the same step for every image. "
    "Below 0 it leads the other way."
)


class ArithmeticTool(Tool):
    """A picture with attributes added and taken away, or A − B + C."""

    title = "Arithmetic"
    ability = "interpolates"
    words = (*WORDS, *SETS)

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        engine, prefix = self.engine, bench.prefix
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, told=False)
            about = {"interactive": True, "elem_id": f"{prefix}-way"}
            self.way = gr.Radio([ATTRIBUTES, TRIPLET], value=ATTRIBUTES, label="Add up", **about)
            with gr.Column() as origin:
                gr.Markdown("Start from a test image, a picture of your own, or a seed:")
                self.picker = Picker(engine, self.controls.first, prefix)
                self.seed, _ = seed_row(prefix)
                self.spread = spread_slider(self.controls.first, prefix)
        with stage:
            with gr.Column() as by_attributes:
                self.attributes = AttributeSum(engine, self.controls.first, prefix)
                gr.Markdown(NOTE, elem_classes="note")
            with gr.Column() as by_sets:  # hides itself until it is asked for: Gradio would show it at first
                self.triplet = TripletSum(engine, self.controls.first, prefix)
        # Hidden and not made invisible: a component of our own would lose what it holds.
        self.columns = {ATTRIBUTES: [origin, by_attributes], TRIPLET: [by_sets]}
        columns = [column for group in self.columns.values() for column in group]
        self.way.input(self._turn, self.way, columns, **QUIET)
        self.attributes.wire(self.controls.model, self.picker, self.seed, self.spread)
        self.triplet.wire(self.way.input)

    def _turn(self, way: Any) -> Updates:
        """The updates that leave on show what a way of adding up needs."""
        shown = self.columns.get(way, [])
        columns = [column for group in self.columns.values() for column in group]
        return {column: gr.update(visible=True if column in shown else "hidden") for column in columns}

    @property
    def held(self) -> list[Component]:
        return [self.way, self.spread, self.attributes.bar, self.attributes.equation, self.triplet.triplet]

    @property
    def outputs(self) -> list[Component]:
        return [
            *self.controls.chosen,
            *self.picker.chosen,
            self.seed,
            self.spread,
            self.way,
            *(column for group in self.columns.values() for column in group),
            *self.attributes.outputs,
            self.triplet.triplet,
        ]

    def follow(self, entry: Entry, way: Any, spread: Any, bar: Any, equation: Any, triplet: Any) -> Updates:
        return {
            **self.controls.choose(entry),
            **self.picker.follow(entry),
            self.spread: spread_update(entry),
            **self.attributes.follow(entry, bar, equation, spread),
            self.triplet.triplet: self.triplet.follow(entry, triplet, shown=way == TRIPLET),
        }

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Sum | tuple[Choice, ...]:
        return read_sets(entry, said) if said.keys() & set(SETS) else read_sum(entry, said)

    def show(self, entry: Entry, said: Sum | tuple[Choice, ...]) -> Updates:
        if not isinstance(said, Sum):
            return {self.way: TRIPLET, **self._turn(TRIPLET), self.triplet.triplet: self.triplet.show(entry, said)}
        spread = {} if said.start is None else {"value": said.start.spread}
        return {
            self.way: ATTRIBUTES,
            **self._turn(ATTRIBUTES),
            self.spread: gr.update(**spread_update(entry), **spread),
            **self.attributes.show(entry, said),
        }

    def fail(self, words: str) -> Updates:
        return {**self.attributes.fail(words), self.triplet.triplet: {"error": words, "busy": ""}}
