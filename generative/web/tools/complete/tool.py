"""Completing: a picture, a brush over what is to be invented, and several ways to go on."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import torch
from gradio.components import Component
from torch import Tensor

from generative.errors import GenerativeError
from generative.families import FAMILIES
from generative.inference.engine.limits import MAX_COMPLETIONS
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.controls import Controls
from generative.web.base.run import NO_FACTS, Run, completion_facts, runs
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.sources.picker import Picker, first_picture, held_picture
from generative.web.widgets.easel.easel import Easel, easel_state, mask_message, picture_message
from generative.web.widgets.stage.stage import Stage, say, stopped_message

INVITATION = {"run": "invitation", "notice": "Press Complete, or paint over what else is to be invented."}


class CompleteTool(Tool):
    title = "Complete"
    ability = "completes"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "completes", MAX_COMPLETIONS)
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            with gr.Row(elem_classes="pair"):
                with gr.Column(min_width=280):
                    self.easel = Easel(
                        opened(first),
                        tools=("mask", "draw"),
                        elem_id=f"{prefix}-easel",
                    )
                with gr.Column(min_width=280):
                    self.stage = Stage(INVITATION, elem_id=f"{prefix}-stage")
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{prefix}-facts", padding=False)
            gr.Markdown(FAMILIES[first.family].fills, elem_classes="note")
        bench.restores(self.stage)
        brought = [self.easel, self.stage, *self.controls.told.controls]
        self.picker.on_picture(self.controls.model, self._show, self.fail, brought)
        runs(self.controls, self._complete, [self.easel], self.stage, [self.stage, self.facts], self.face, given)

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, self.easel, self.stage, self.facts]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """Picture and mask stay if they fit the model."""
        updates = {**self.controls.choose(entry), **self.picker.follow(entry)}
        updates |= {self.stage: INVITATION, self.facts: NO_FACTS}
        return updates if held_picture(value, entry) is not None else {**updates, self.easel: opened(entry)}

    def recall(self, request: Request, *held: Any) -> Updates:
        """Picture and mask come back with the controls."""
        picture = picture_message(request.inputs["images"][0], "The picture of this run")
        easel = {self.easel: {**picture, **mask_message(request.inputs["mask"])}}
        return {**self.controls.show(request), **self.picker.follow(request.entry), **easel}

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        told = self.controls.tell(entry, names[0])
        return {self.easel: picture_message(images[0], names[0]), **told, self.stage: INVITATION}

    def fail(self, words: str) -> Updates:
        return {self.stage: say(error=words)}

    def _complete(self, *values: Any) -> Iterator[tuple[Any, Any]]:
        try:
            run = Run(self.engine, self.controls.request(*values[:-1], **given(values[-1])))
            for message in run.messages():
                yield message, completion_facts(run) if message["done"] else gr.skip()
        except GenerativeError as e:
            yield {**say(error=str(e)), **stopped_message()}, gr.skip()


def given(value: Any) -> dict[str, Tensor]:
    """What the easel gives a request."""
    state = easel_state(value)
    return {"images": state.image, "mask": state.mask}


def opened(entry: Entry) -> dict[str, Any]:
    """The easel's message with the data set's first picture, its lower half to be invented."""
    if not entry.size:
        return {}
    lower = torch.zeros(entry.size, entry.size, dtype=torch.bool)
    lower[entry.size // 2 :] = True
    return {**first_picture(entry), **mask_message(lower)}
