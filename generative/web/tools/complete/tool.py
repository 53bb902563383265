"""Completing: a picture, a brush over what is to be invented, and several ways to go on."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import torch
from gradio.components import Component
from torch import Tensor

from generative.families import FAMILIES
from generative.inference.engine.limits import MAX_COMPLETIONS
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.controls import Controls
from generative.web.base.run import NO_FACTS, Run, completion_facts, runs, told_on_stage
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.picker import Picker
from generative.web.sources.picture_tool import PictureTool
from generative.web.widgets.easel.easel import easel_state, mask_message, picture_message

INVITATION = {"run": "invitation", "notice": "Press Complete, or paint over what else is to be invented."}


class CompleteTool(PictureTool):
    title = "Complete"
    ability = "completes"
    brushes = ("mask", "draw")
    invitation = INVITATION

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "completes", MAX_COMPLETIONS)
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            self.build_pair()
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{prefix}-facts", padding=False)
            gr.Markdown(FAMILIES[first.family].fills, elem_classes="note")
        bench.restores(self.stage)
        brought = [self.easel, self.stage, *self.controls.told.controls]
        self.picker.on_picture(self.controls.model, self._show, self.fail, brought)
        runs(self.controls, self._complete, [self.easel], self.stage, [self.stage, self.facts], self.face, given)

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, self.easel, self.stage, self.facts]

    def opened(self, entry: Entry) -> dict[str, Any]:
        """The data set's first picture, its lower half to be invented."""
        if not entry.size:
            return {}
        lower = torch.zeros(entry.size, entry.size, dtype=torch.bool)
        lower[entry.size // 2 :] = True
        return {**super().opened(entry), **mask_message(lower)}

    def cleared(self, entry: Entry) -> dict[Any, Any]:
        return {self.stage: INVITATION, self.facts: NO_FACTS}

    def recall(self, request: Request, *held: Any) -> Updates:
        """Picture and mask come back with the controls."""
        updates = super().recall(request)
        return {**updates, self.easel: {**updates[self.easel], **mask_message(request.inputs["mask"])}}

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        told = self.controls.tell(entry, names[0])
        return {self.easel: picture_message(images[0], names[0]), **told, self.stage: INVITATION}

    @told_on_stage(1)
    def _complete(self, *values: Any) -> Iterator[tuple[Any, Any]]:
        run = Run(self.engine, self.controls.request(*values[:-1], **given(values[-1])))
        for message in run.messages():
            yield message, completion_facts(run) if message["done"] else gr.skip()


def given(value: Any) -> dict[str, Tensor]:
    """What the easel gives a request."""
    state = easel_state(value)
    return {"images": state.image, "mask": state.mask}
