"""Rolling downhill: a picture on an easel, with noise first if wanted; beside it what becomes of it, below how high."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.abilities import ABILITIES
from generative.inference.engine.limits import VISITOR
from generative.library.entries import Entry
from generative.web.base.controls import Controls
from generative.web.base.falling import Falling
from generative.web.base.panel import panel
from generative.web.base.run import NO_FACTS, Run, completion_facts, runs, told_on_stage
from generative.web.base.tool import Bench, two_columns
from generative.web.sources.picker import Picker
from generative.web.sources.picture_tool import PictureTool
from generative.web.widgets.easel.easel import easel_state, picture_message

NOTE = (
    "Every picture lies somewhere in the landscape, and rolls from there. With *noise to begin with* at 0.5 this is "
    "**denoising**; at 1 it is drawing; at 0 a test picture should stay where it is, and **a scribble becomes what the "
    "model knows**. Each seed has its own noise."
)
INVITATION = {"run": "invitation", "notice": "Choose a picture or draw one, then press Roll downhill."}


class DescendTool(PictureTool):
    title = "Roll downhill"
    ability = "descends"
    invitation = INVITATION

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "descends", VISITOR.most(ABILITIES["descends"]))
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            self.build_pair()
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{prefix}-facts", padding=False)
            self.chart = panel("draw", f"{prefix}-chart")
            gr.Markdown(NOTE, elem_classes="note")
        bench.restores(self.stage)
        brought = [self.easel, self.stage, self.facts, self.chart]
        self.picker.on_picture(self.controls.model, self._show, self.fail, brought)
        outputs = [self.stage, self.facts, self.chart]
        runs(self.controls, self._roll, [self.easel], self.stage, outputs, self.face, given)

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, self.easel, self.stage, self.facts, self.chart]

    def cleared(self, entry: Entry) -> dict[Any, Any]:
        """What came of another picture is taken away."""
        return {self.stage: INVITATION, self.facts: NO_FACTS, self.chart: ""}

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        return {self.easel: picture_message(images[0], names[0]), **self.cleared(entry)}

    @told_on_stage(2)
    def _roll(self, *values: Any) -> Iterator[tuple[Any, Any, Any]]:
        falling = Falling()
        run = Run(self.engine, self.controls.request(*values[:-1], **given(values[-1])), falling.of)
        for message in run.messages():
            yield message, completion_facts(run) if message["done"] else NO_FACTS, falling.to_html()


def given(value: Any) -> dict[str, Tensor]:
    """What the easel gives a request."""
    return {"images": easel_state(value).image}
