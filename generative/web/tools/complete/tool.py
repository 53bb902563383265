"""Completing: a picture, a brush over what is to be invented, and several ways to go on."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from torch import Tensor

from generative.errors import GenerativeError
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_COMPLETIONS
from generative.library.entries import Entry
from generative.web.base.controls import ANY, Controls
from generative.web.base.run import DEVICE, QUIET, Run, completion_facts
from generative.web.sources.picker import Picker, first_picture, held_picture
from generative.web.widgets.easel.easel import Easel, easel_state, mask_message, picture_message
from generative.web.widgets.stage.stage import Stage, reused_seed, say, stopped_message

NOTE = (
    "Pixels are drawn in reading order, so a hole is filled **without seeing what comes below it**. The remedy: "
    "several candidates are begun for each completion, and those go on that make the known pixels after it likely."
)
INVITATION = {"run": "invitation", "notice": "Paint over what is to be invented, then press Complete."}


class CompleteTool:
    title = "Complete"
    ability = "completes"

    states: tuple[gr.State, ...] = ()

    def __init__(self, engine: Engine, entries: list[Entry], prefix: str) -> None:
        self.engine = engine
        self.built = f"#{prefix}-easel"
        with gr.Row(elem_classes="bench"):
            with gr.Column(scale=0, min_width=320, elem_classes="controls"):
                self.controls = Controls(engine, entries, prefix, "completes", MAX_COMPLETIONS)
            with gr.Column(scale=1, min_width=300, elem_classes="stage-column"):
                first = self.controls.first
                self.picker = Picker(engine, first, prefix)
                with gr.Row(elem_classes="pair"):
                    with gr.Column(min_width=280):
                        self.easel = Easel(
                            {**first_picture(first), **mask_message(None)},
                            tools=("mask", "draw"),
                            elem_id=f"{prefix}-easel",
                        )
                    with gr.Column(min_width=280):
                        self.stage = Stage(INVITATION, elem_id=f"{prefix}-stage")
                self.facts = gr.HTML(elem_id=f"{prefix}-facts", padding=False)
                gr.Markdown(NOTE, elem_classes="note")
        self._wire()

    def _wire(self) -> None:
        c = self.controls
        validate = c.validator()
        self.picker.on_picture(c.model, self._show, self.fail, [self.easel, self.stage, c.label])
        run = gr.on(
            [c.generate.click, c.seed.submit],
            self._complete,
            [*c.inputs, self.easel],
            [self.stage, self.facts],
            validator=lambda *values: [*validate(*values[:-1]), gr.validate(True, "")],
            trigger_mode="once",
            **DEVICE,
        )
        c.stop.click(stopped_message, None, self.stage, cancels=[run], queue=False, **QUIET)
        self.stage.select(reused_seed, None, c.seed, **QUIET)

    @property
    def held(self) -> list[gr.components.Component]:
        """What `follow` wants to know."""
        return [self.easel]

    @property
    def follows(self) -> list[gr.components.Component]:
        """What `follow` and `fail` may change."""
        return [*self.controls.chosen, self.picker.gallery, self.easel, self.stage, self.facts]

    def follow(self, entry: Entry, value: Any) -> dict[Any, Any]:
        """The updates for another model: picture and mask stay if they fit it."""
        updates = {**self.controls.choose(entry), **self.picker.follow(entry), self.stage: INVITATION, self.facts: ""}
        return updates if held_picture(value, entry) is not None else {**updates, self.easel: first_picture(entry)}

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        label = names[0] if names[0] in entry.classes else ANY
        return {self.easel: picture_message(images[0], names[0]), self.controls.label: label, self.stage: INVITATION}

    def fail(self, words: str) -> dict[Any, Any]:
        return {self.stage: say(error=words)}

    def _complete(self, *values: Any) -> Iterator[tuple[Any, Any]]:
        try:
            request = self.controls.wish(*values[:-1]).request(self.engine)
            state = easel_state(values[-1])
            run = Run(self.engine, request, lambda: self.engine.complete(request, state.image, state.mask))
            for message in run.messages():
                yield message, completion_facts(run) if message["done"] else gr.skip()
        except GenerativeError as e:
            yield {**say(error=str(e)), **stopped_message()}, gr.skip()
