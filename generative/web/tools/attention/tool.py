"""Attention: what every layer and head of a transformer looks at when it writes a part of a picture."""

from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.errors import GenerativeError
from generative.inference.pictures.attention import mean_look
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.panel import panel
from generative.web.base.run import DEVICE
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.looking_tool import LookingTool
from generative.web.sources.named import told_of
from generative.web.sources.picker import Picker, first_picture, gallery, held_picture, wanted_picture
from generative.web.tools.attention import charts as views
from generative.web.widgets.easel.easel import Easel, easel_state, overlay_message, picture_message, unmarked_message
from generative.web.widgets.plot import charts

NOTE = (
    "**Click a place in the picture** to see what was looked at when it was written: everything before it, in reading "
    "order, and nothing after. Over the picture lies the mean of all heads; on the right is each of them."
)
LIKELIEST = "The likeliest for the picture"
MEAN = "Attention, mean of all heads"


class AttentionTool(LookingTool):
    """On the left the picture, to be pointed at; on the right every head of every layer; below, words, mask, places."""

    title = "Attention"
    ability = "attends"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix = bench.prefix
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, untold=LIKELIEST)
            self.measure = gr.Button("Measure the cost", elem_id=f"{prefix}-measure")
        with stage:
            self.picker = Picker(self.engine, self.controls.first, prefix)
            with gr.Row(elem_classes="pair"):
                with gr.Column(min_width=280):
                    picture = first_picture(self.controls.first)
                    self.easel = Easel(picture, ("point", "draw"), elem_id=f"{prefix}-easel")
                    gr.Markdown(NOTE, elem_classes="note")
                    self.facts = panel("attention", f"{prefix}-facts")
                with gr.Column(min_width=280):
                    self.heads = panel("attention", f"{prefix}-heads")
            self.below = panel("attention", f"{prefix}-below")
            self.cost = panel("attention", f"{prefix}-cost")
        self._wire()

    def _wire(self) -> None:
        model, told = self.controls.model, self.controls.told.controls
        shown = [self.easel, self.facts, self.heads, self.below]
        self.picker.on_picture(model, self._bring, self.fail, [*shown, *told])
        gr.on(
            [*(control.input for control in told), self.easel.input, self.easel.expand, self.easel.select],
            self._look,
            [model, self.easel, *told],
            shown,
            trigger_mode="always_last",
            **DEVICE,
        )
        self.measure.click(self._measure, model, self.cost, **DEVICE)

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, self.easel, self.facts, self.heads, self.below, self.cost]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """The model looks at the picture, or, if that does not fit, at its data set's first."""
        updates = {**self.controls.choose(entry), **self.picker.follow(entry), self.cost: ""}
        if (image := held_picture(value, entry)) is not None:
            return {**updates, **self._seen(entry, image, None, None)}
        images, names = gallery(entry.dataset, entry.size)
        if len(images):
            return {**updates, **self._bring(entry, images[:1], [names[0]])}
        return {**updates, self.easel: first_picture(entry), **self._nothing("")}

    def fail(self, words: str) -> Updates:
        return self._nothing(charts.problem(words))

    def _nothing(self, words: str) -> dict[Any, Any]:
        return {self.facts: words, self.heads: "", self.below: ""}

    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        """Another picture, told as what it shows where that is known."""
        told = self.controls.tell(entry, names[0])
        said = names[0] if told else None
        seen = self._seen(entry, images[0], None, said)
        picture = {**picture_message(images[0], names[0]), **seen.get(self.easel, unmarked_message())}
        return {**told, **seen, self.easel: picture}

    def _measure(self, id: Any) -> str:
        """What one more token takes the chosen model, as a chart."""
        try:
            return views.cost(self.engine.answer(self.engine.request("costs", id)))
        except GenerativeError as e:
            return charts.problem(str(e))

    def _look(self, id: Any, value: Any, *told: Any) -> dict[Any, Any]:
        """At the place that is marked, or at the middle."""
        try:
            entry = self.engine.able(id, "attends")
            image, marked = wanted_picture(value, entry), easel_state(value).marked
        except GenerativeError as e:
            return self.fail(str(e))
        said = self.controls.said(entry, dict(zip(self.controls.told.controls, told, strict=True)))
        return self._seen(entry, image, marked, said)

    def _seen(self, entry: Entry, image: Tensor, marked: tuple[int, int] | None, said: Any) -> dict[Any, Any]:
        """Everything that is shown of a picture (C, H, W), or why there is nothing."""
        row, column = marked or (entry.size // 2, entry.size // 2)
        try:
            request = self.engine.request("attends", entry, condition=said, images=image, row=row, column=column)
            seen = self.engine.answer(request)
        except GenerativeError as e:
            return self.fail(str(e))
        notes = [c.notes(request.condition[c.name]) for c in entry.told]
        return {
            self.easel: {**overlay_message(mean_look(seen), MEAN), "marked": [row, column]},
            self.facts: views.facts(seen, [note for note in notes if note]) + told_of(entry, image),
            self.heads: views.heads(image, seen),
            self.below: views.below(seen),
        }
