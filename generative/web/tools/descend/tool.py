"""Rolling downhill: a picture on an easel, with noise first if wanted; beside it what becomes of it, below how high."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.abilities import ABILITIES
from generative.errors import GenerativeError
from generative.inference.engine.limits import VISITOR
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.controls import Controls
from generative.web.base.falling import Falling
from generative.web.base.panel import panel
from generative.web.base.run import NO_FACTS, Run, completion_facts, runs
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.sources.picker import Picker, first_picture, held_picture
from generative.web.widgets.easel.easel import Easel, easel_state, picture_message
from generative.web.widgets.stage.stage import Stage, say, stopped_message

NOTE = (
    "Every picture lies somewhere in the landscape, and rolls from there. With *noise to begin with* at 0.5 this is "
    "**denoising**; at 1 it is drawing; at 0 a test picture should stay where it is, and **a scribble becomes what the "
    "model knows**. Each seed has its own noise."
)
INVITATION = {"run": "invitation", "notice": "Choose a picture or draw one, then press Roll downhill."}


class DescendTool(Tool):
    title = "Roll downhill"
    ability = "descends"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "descends", VISITOR.most(ABILITIES["descends"]))
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            with gr.Row(elem_classes="pair"):
                with gr.Column(min_width=280):
                    self.easel = Easel(first_picture(first), ("draw",), elem_id=f"{prefix}-easel")
                with gr.Column(min_width=280):
                    self.stage = Stage(INVITATION, elem_id=f"{prefix}-stage")
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{prefix}-facts", padding=False)
            self.chart = panel("draw", f"{prefix}-chart")
            gr.Markdown(NOTE, elem_classes="note")
        bench.restores(self.stage)
        brought = [self.easel, self.stage, self.facts, self.chart]
        self.picker.on_picture(self.controls.model, self._show, self.fail, brought)
        outputs = [self.stage, self.facts, self.chart]
        runs(self.controls, self._roll, [self.easel], self.stage, outputs, self.face, given)

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, self.easel, self.stage, self.facts, self.chart]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """The picture stays if it fits the model."""
        updates = {**self.controls.choose(entry), **self.picker.follow(entry), **self._nothing()}
        return updates if held_picture(value, entry) is not None else {**updates, self.easel: first_picture(entry)}

    def recall(self, request: Request, *held: Any) -> Updates:
        """The picture comes back with the controls."""
        picture = picture_message(request.inputs["images"][0], "The picture of this run")
        return {**self.controls.show(request), **self.picker.follow(request.entry), self.easel: picture}

    def fail(self, words: str) -> Updates:
        return {self.stage: say(error=words)}

    def _nothing(self) -> dict[Any, Any]:
        """What came of another picture is taken away."""
        return {self.stage: INVITATION, self.facts: NO_FACTS, self.chart: ""}

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        return {self.easel: picture_message(images[0], names[0]), **self._nothing()}

    def _roll(self, *values: Any) -> Iterator[tuple[Any, Any, Any]]:
        try:
            falling = Falling()
            run = Run(self.engine, self.controls.request(*values[:-1], **given(values[-1])), falling.of)
            for message in run.messages():
                yield message, completion_facts(run) if message["done"] else NO_FACTS, falling.to_html()
        except GenerativeError as e:
            yield {**say(error=str(e)), **stopped_message()}, gr.skip(), gr.skip()


def given(value: Any) -> dict[str, Tensor]:
    """What the easel gives a request."""
    return {"images": easel_state(value).image}
