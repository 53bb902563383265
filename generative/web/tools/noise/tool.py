"""Adding noise: the forward process under a slider, and what the network believes is underneath."""

from typing import Any

import gradio as gr
import torch
from gradio.components import Component
from torch import Tensor

from generative.errors import GenerativeError
from generative.inference.denoising.noising import denoising
from generative.inference.engine.request import Request
from generative.inference.pictures.provenance import to_note
from generative.library.entries import Entry
from generative.seeds import Seeds
from generative.web.base.controls import ModelChoice
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import DEVICE
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.sources.picker import Picker, first_picture, held_picture, wanted_picture
from generative.web.tools.noise.charts import NOT_MEASURED, charts, loss_chart
from generative.web.tools.noise.noising import (
    Curves,
    Noising,
    believed_message,
    chosen,
    error_message,
    mix_message,
    strip_message,
    strip_of,
)
from generative.web.widgets.easel.easel import Easel, picture_message

UNTOLD = "Nothing"
HEADING = "<h2>What the ${value.title} sees through noise</h2>"
NOTE = (
    "<p>Going from picture to noise needs <b>no network</b>: the noise is mixed in, all of it in one step for any "
    "<i>t</i>. The network only learns the way back. At small <i>t</i> it hardly has to guess; at large <i>t</i> the "
    "picture is gone, and what it believes is the <b>mean of all</b> that it holds possible: a blur. That is why "
    "drawing takes many steps: each removes a little noise, so that the next belief can be sharper. Where noise is "
    "weak the network errs about the noise, where it is strong about the picture, and least in between.</p>"
)


class NoiseTool(Tool):
    """On the left the picture, to be painted on; on the right the slider with all that moves with it.

    As in *Reconstruct*, another model or picture only renews the heading, whose value says which model is on show.
    """

    title = "Add noise"
    ability = "noises"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, untold=UNTOLD)
            self.seed, self.dice = seed_row(prefix)
        with stage:
            self.heading = Heading(asked(first), classes("noise"), HEADING, elem_id=f"{prefix}-heading")
            self.picker = Picker(self.engine, first, prefix)
            with gr.Row(elem_classes="pair"):
                with gr.Column(scale=2, min_width=280):
                    self.easel = Easel(first_picture(first), ("draw",), elem_id=f"{prefix}-easel")
                with gr.Column(scale=3, min_width=280):
                    self.noising = Noising(elem_id=f"{prefix}-noising")
            self.curves = Curves(elem_id=f"{prefix}-curves")
            self.missing = panel("noise", f"{prefix}-missing")
            panel("noise", f"{prefix}-note", NOTE)
        self._wire()

    def _wire(self) -> None:
        told = self.controls.told.controls
        live = {"trigger_mode": "always_last", **DEVICE}
        inputs = [self.heading, self.easel, self.seed, self.noising, *told]
        self.picker.on_picture(self.controls.model, self._bring, self.fail, [self.heading, self.easel, self.noising])
        changed = [self.heading.input, self.easel.input, self.seed.change, self.face.submit]
        changed += [control.input for control in told]
        gr.on(changed, self._renew, inputs, [self.noising, self.curves, self.missing], **live)
        self.noising.input(self._look, inputs, [self.noising], **live)

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, self.easel, self.heading, self.seed, self.noising]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """The model gets the picture, or, if that does not fit, its data set's first."""
        updates = {**self.controls.choose(entry), **self.picker.follow(entry), self.heading: asked(entry)}
        return updates if held_picture(value, entry) is not None else {**updates, self.easel: first_picture(entry)}

    def recall(self, request: Request, *held: Any) -> Updates:
        """Picture, noise and t come back with the controls."""
        entry = request.entry
        told = self.controls.told[entry.told].shown(request.told) if entry.told in self.controls.told.forms else {}
        return {
            **self.controls.choose(entry),
            **told,
            **self.picker.follow(entry),
            self.heading: asked(entry),
            self.seed: request.seeds.first,
            self.easel: picture_message(request.inputs["images"][0], "The picture of this run"),
            self.noising: {**error_message(""), "t": request.inputs["timesteps"][0]},
        }

    def fail(self, words: str) -> Updates:
        return {self.noising: error_message(words)}

    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        return {self.heading: asked(entry), self.easel: picture_message(images[0], names[0])}

    def _renew(self, asked: Any, value: Any, seed: Any, noising: Any, *told: Any) -> dict[Any, Any]:
        """All of it: the noise, the schedules, what is believed along the way and at t."""
        try:
            entry = self._entry(asked)
            model = denoising(self.engine, entry)
            strip, t = strip_of(model.num_timesteps), chosen(noising, model.num_timesteps)
            request = self._request(entry, value, seed, strip, told)
            found = torch.stack([frame.images[0].cpu() for frame in self.engine.run(request)])
            image = request.inputs["images"][0]
            noise = model.flat(model.noise(Seeds(request.seeds.first, 1).generators()))[0]
            told_of = charts(model) + ([loss_chart(model, losses)] if (losses := entry.beside.losses) else [])
            message = {**mix_message(image, noise, model.process), **strip_message(strip, found)}
            message |= self._believed(entry, value, seed, t, told)
        except GenerativeError as e:
            return self.fail(str(e))
        missing = "" if losses else f'<p class="quiet">{NOT_MEASURED.format(id=entry.id)}</p>'
        return {self.noising: message, self.curves: {"charts": told_of}, self.missing: missing}

    def _look(self, asked: Any, value: Any, seed: Any, noising: Any, *told: Any) -> dict[Any, Any]:
        """What is believed at t."""
        try:
            entry = self._entry(asked)
            t = chosen(noising, denoising(self.engine, entry).num_timesteps)
            return {self.noising: self._believed(entry, value, seed, t, told)}
        except GenerativeError as e:
            return self.fail(str(e))

    def _believed(self, entry: Entry, value: Any, seed: Any, t: int, told: tuple[Any, ...]) -> dict[str, Any]:
        request = self._request(entry, value, seed, [t], told)
        frame = self.engine.answer(request)
        image = frame.images[0].cpu()
        rmse = float((image - request.inputs["images"][0]).square().mean().sqrt())
        loss = float(frame.figures["loss"][0])
        return believed_message(t, image, loss, rmse, to_note(request.plain()), request.link())

    def _request(self, entry: Entry, value: Any, seed: Any, timesteps: list[int], told: tuple[Any, ...]) -> Request:
        """Without guidance, which is for drawing: what the network itself says. Raises GenerativeError."""
        said = self.controls.said(entry, dict(zip(self.controls.told.controls, told, strict=True)))
        return self.engine.request(
            "noises",
            entry,
            seed=seed,
            condition=said,
            options={"guidance_scale": 1},
            images=wanted_picture(value, entry),
            timesteps=timesteps,
        )

    def _entry(self, asked: Any) -> Entry:
        """The model that the heading names. Raises GenerativeError, for anyone can send anything."""
        return self.engine.able(asked.get("model") if isinstance(asked, dict) else None, "noises")
