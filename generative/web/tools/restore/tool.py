"""Restoring: a picture is spoiled, and a model that was never trained for it invents what was lost."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import gradio as gr
import torch
from gradio.components import Component
from torch import Tensor

from generative.abilities import ABILITIES
from generative.errors import GenerativeError
from generative.frame import Frame
from generative.inference.engine.limits import VISITOR
from generative.inference.engine.request import Request
from generative.inference.inputs import MOST_NOISE
from generative.inference.restoring.likeness import psnr, ssim
from generative.inference.restoring.restoration import Restorations, Spoiled
from generative.library.entries import Entry
from generative.web.base.controls import Controls
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import NO_FACTS, QUIET, Run, as_code, runs, told_on_stage
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.picker import Picker, wanted_picture
from generative.web.sources.picture_tool import PictureTool
from generative.web.tools.restore.views import facts, left
from generative.web.widgets.easel.easel import easel_state, mask_message, picture_message
from generative.web.widgets.plot.charts import problem

HEADING = "<h2>What is left, and what is made of it without the model</h2>"
NOTE = (
    "The model has only learnt to draw. At each step what is known is put into its guess of the picture, "
    "x̂₀ ← A†y + (I − A†A) x̂₀, and the rest has to go with it (*DDNM*). **What is left is kept exactly**, unless it is "
    "noisy; what is lost is *invented*, by each seed in another way, and every one of them would leave just the same."
)
INVITATION = {"run": "invitation", "notice": "Press Restore; or paint over what else is to be lost."}
SIZES = [("All of it", 1), ("×2: means of 2×2", 2), ("×4: means of 4×4", 4)]


class RestoreTool(PictureTool):
    """The picture on an easel, whose mask is lost, beside it the restorations, under them what was left."""

    title = "Restore"
    ability = "restores"
    brushes = ("mask", "draw")
    invitation = INVITATION

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "restores", VISITOR.most(ABILITIES["restores"]))
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            self._spoiling(prefix, first)
            self.build_pair()
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{prefix}-facts", padding=False)
            self.heading = Heading(asked(first), classes("restore"), HEADING, elem_id=f"{prefix}-heading")
            self.left = panel("restore", f"{prefix}-left")
            gr.Markdown(NOTE, elem_classes="note")
        self._wire()

    def _spoiling(self, prefix: str, first: Entry) -> None:
        about = {"interactive": True, "min_width": 200}
        with gr.Row(elem_classes="asks"):
            words = "Small pictures, enlarged. A painted hole is lost altogether."
            self.factor = gr.Radio(
                SIZES, value=4, label="What is left", info=words, elem_id=f"{prefix}-factor", scale=2, **about
            )
            self.grey = gr.Checkbox(
                False,
                label="Without its colours",
                info="Only their mean.",
                visible=first.channels > 1,
                elem_id=f"{prefix}-grey",
                **about,
            )
            words = "Standard deviation of what is added."
            self.noise = gr.Slider(
                0, MOST_NOISE, value=0, step=0.05, label="Noise", info=words, elem_id=f"{prefix}-noise", **about
            )

    def _wire(self) -> None:
        spoil, shown = self._spoil, [self.easel, self.stage, self.heading, *self.controls.told.controls]
        self.bench.restores(self.stage)
        self.picker.on_picture(self.controls.model, self._show, self.fail, shown)
        changes = [self.heading.input, self.easel.input, self.factor.input, self.grey.input, self.noise.input]
        gr.on(changes, self._look, [self.heading, *spoil], self.left, trigger_mode="always_last", **QUIET)
        results = [self.stage, self.facts, self.left]
        runs(self.controls, self._restore, spoil, self.stage, results, self.face, given)

    @property
    def _spoil(self) -> list[Component]:
        return [self.easel, self.factor, self.grey, self.noise]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, *self._spoil, self.stage, self.facts, self.heading]

    def cleared(self, entry: Entry) -> dict[Any, Any]:
        shown = {self.heading: asked(entry), self.grey: self._grey(entry)}
        return {**shown, self.stage: INVITATION, self.facts: NO_FACTS}

    def _grey(self, entry: Entry, value: bool = False) -> Any:
        return gr.update(visible=entry.channels > 1, value=value)

    def recall(self, request: Request, *held: Any) -> Updates:
        """The picture comes back with what was spoiled of it and with the controls."""
        inputs, entry = request.inputs, request.entry
        updates = super().recall(request)
        return {
            **updates,
            self.easel: {**updates[self.easel], **mask_message(inputs.get("mask"))},
            self.factor: inputs.get("factor", 1),
            self.grey: self._grey(entry, inputs.get("grey", False)),
            self.noise: inputs.get("noise", 0.0),
            self.heading: asked(entry),
        }

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        told = self.controls.tell(entry)
        easel = picture_message(images[0], names[0])
        return {self.easel: easel, **told, self.stage: INVITATION, self.heading: asked(entry)}

    def _look(self, heading: Any, *spoil: Any) -> str:
        """What is left, at once: no model is needed for that."""
        try:
            entry = self.engine.able(heading.get("model") if isinstance(heading, dict) else None, "restores")
            wanted_picture(spoil[0], entry)
            request = self.engine.request("restores", entry, **given(*spoil))
            return left(Spoiled.of(request.inputs["images"][0], request.inputs))
        except GenerativeError as e:
            return problem(str(e))

    @told_on_stage(2)
    def _restore(self, *values: Any) -> Iterator[tuple[Any, Any, Any]]:
        request = self.controls.request(*values[:-4], **given(*values[-4:]))
        spoiled = Spoiled.of(request.inputs["images"][0], request.inputs)
        last: list[Frame] = []
        run = Run(self.engine, request, lambda frames: measured(frames, spoiled, last.append))
        for message in run.messages():
            if not message["done"]:
                yield message, gr.skip(), gr.skip()
                continue
            made = Restorations(spoiled, last[0].images.cpu(), request.seeds)
            yield message, facts(run, made) + as_code(request), left(spoiled, made)


def measured(frames: Iterator[Frame], spoiled: Spoiled, end: Callable[[Frame], None]) -> Iterator[Frame]:
    """The frames, of which the last, which `end` is given, says how near it comes: figures "psnr" and "ssim"."""
    with closing(frames):
        for frame in frames:
            if frame.step == frame.total:
                images, truth = frame.images.cpu(), spoiled.truth[None]
                decibels = psnr(images, truth).nan_to_num(posinf=99.0)
                frame = replace(frame, figures={"psnr": decibels, "ssim": ssim(images, truth)})
                end(frame)
            yield frame


def given(value: Any, factor: Any, grey: Any, noise: Any) -> dict[str, Any]:
    """What easel and controls give a request."""
    state = easel_state(value)
    hole: dict[str, Tensor] = {"mask": state.mask} if bool(torch.any(state.mask)) else {}
    return {"images": state.image, "factor": factor, "grey": grey, "noise": noise, **hole}
