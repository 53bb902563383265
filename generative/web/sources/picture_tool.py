"""What the tools share that make something of one picture: it lies on an easel, and beside it is a stage."""

from collections.abc import Mapping
from typing import Any, ClassVar

import gradio as gr
from gradio.components import Component

from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.tool import Tool, Updates
from generative.web.sources.picker import Picker, first_picture, held_picture
from generative.web.widgets.easel.easel import Easel, picture_message
from generative.web.widgets.stage.stage import Stage, say


class PictureTool(Tool):
    """brushes: what can be done on the easel. invitation: what the stage says before a run. picker: set by the tool."""

    brushes: ClassVar[tuple[str, ...]] = ("draw",)
    invitation: ClassVar[Mapping[str, Any]]
    picker: Picker

    def build_pair(self) -> None:
        """Builds the easel and the stage where this is called."""
        prefix = self.bench.prefix
        with gr.Row(elem_classes="pair"):
            with gr.Column(min_width=280):
                self.easel = Easel(self.opened(self.bench.first), self.brushes, elem_id=f"{prefix}-easel")
            with gr.Column(min_width=280):
                self.stage = Stage(dict(self.invitation), elem_id=f"{prefix}-stage")

    def opened(self, entry: Entry) -> dict[str, Any]:
        """What lies on the easel before anything was chosen."""
        return first_picture(entry)

    def cleared(self, entry: Entry) -> dict[Any, Any]:
        """The updates that take away what came of another model's picture."""
        return {self.stage: dict(self.invitation)}

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """What lies on the easel stays if it fits the model."""
        easel = {} if held_picture(value, entry) is not None else {self.easel: self.opened(entry)}
        return {**self.controls.choose(entry), **self.picker.follow(entry), **self.cleared(entry), **easel}

    def recall(self, request: Request, *held: Any) -> Updates:
        """The picture comes back with the controls."""
        picture = picture_message(request.inputs["images"][0], "The picture of this run")
        return {**self.controls.show(request), **self.picker.follow(request.entry), self.easel: picture}

    def fail(self, words: str) -> Updates:
        return {self.stage: say(error=words)}
