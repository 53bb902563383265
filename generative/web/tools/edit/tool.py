"""Editing: a picture drawn anew, by noise that is added and taken away again, or from the very noise it comes from."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.abilities import ABILITIES
from generative.errors import GenerativeError
from generative.inference.engine.limits import VISITOR
from generative.inference.engine.request import Request
from generative.inference.inputs import WAYS
from generative.inference.restoring.inversion import between, ways_back
from generative.library.entries import Entry
from generative.web.base.controls import Controls
from generative.web.base.panel import panel
from generative.web.base.run import DEVICE, NO_FACTS, Run, as_code, cells, runs, seed_range, told_on_stage
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.picker import Picker, wanted_picture
from generative.web.sources.picture_tool import PictureTool
from generative.web.tools.edit.views import strip, way_back
from generative.web.widgets.easel.easel import easel_state, picture_message
from generative.web.widgets.plot.charts import problem

REDRAW, INVERT = WAYS
NAMES = [("Noise it, and draw on", REDRAW), ("From the noise it comes from", INVERT)]
STRENGTH = (
    "0 keeps the picture, 1 keeps next to nothing. Drawing on: the share of the steps that are taken. From its noise: "
    "how far that is moved towards the noise of the seed."
)
NOTE = (
    "**Noise it, and draw on** (*SDEdit*): the picture is noised part of the way, and the model goes on from there. "
    "Large shapes stay, details are new with every seed. **From the noise it comes from** (*DDIM inversion*): drawing "
    "without fresh noise can be run backwards, so any picture has a noise that leads to it. At strength 0 it comes "
    "back; tell it another class or attribute, and it is drawn anew as that, from the same noise. In between lie the "
    "pictures between yours and the seed's."
)
INVITATION = {"run": "invitation", "notice": "Choose a picture or draw one, then press Draw it anew."}


class EditTool(PictureTool):
    """The picture on an easel, beside it what is drawn anew; under them how exactly an inversion comes back."""

    title = "Edit"
    ability = "edits"
    invitation = INVITATION

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "edits", VISITOR.most(ABILITIES["edits"]))
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            self._ways(prefix)
            self.build_pair()
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{prefix}-facts", padding=False)
            gr.Markdown(NOTE, elem_classes="note")
            about = {"size": "sm", "elem_classes": "own-width"}
            self.walk = gr.Button("All the way to the seed's noise", elem_id=f"{prefix}-walk", **about)
            self.strip = panel("trials", f"{prefix}-strip")
            self.measure = gr.Button("How exactly does it come back?", elem_id=f"{prefix}-measure", **about)
            self.back = panel("edit", f"{prefix}-back")
        self._wire()

    def _ways(self, prefix: str) -> None:
        about = {"interactive": True, "min_width": 260}
        with gr.Row(elem_classes="asks"):
            self.way = gr.Radio(NAMES, value=REDRAW, label="Way", elem_id=f"{prefix}-way", **about)
            words = {"label": "Strength", "info": STRENGTH}
            self.strength = gr.Slider(0, 1, value=0.5, step=0.05, elem_id=f"{prefix}-strength", **words, **about)

    def _wire(self) -> None:
        given_by, model = [self.easel, self.way, self.strength], self.controls.model
        self.bench.restores(self.stage)
        self.picker.on_picture(model, self._show, self.fail, [self.easel, self.stage, self.strip, self.back])
        runs(self.controls, self._edit, given_by, self.stage, [self.stage, self.facts], self.face, given)
        inputs = [*self.controls.inputs, self.easel]
        self.walk.click(self._walk, inputs, self.strip, trigger_mode="once", **DEVICE)
        self.measure.click(self._measure, [model, self.easel], self.back, trigger_mode="once", **DEVICE)

    @property
    def outputs(self) -> list[Component]:
        own = [self.easel, self.way, self.strength, self.stage, self.facts, self.strip, self.back]
        return [*self.controls.chosen, *self.picker.chosen, *own]

    def cleared(self, entry: Entry) -> dict[Any, Any]:
        return {self.stage: INVITATION, self.facts: NO_FACTS, self.strip: "", self.back: ""}

    def recall(self, request: Request, *held: Any) -> Updates:
        """The picture comes back with the way, its strength and the controls."""
        inputs = request.inputs
        return {
            **super().recall(request),
            self.way: inputs.get("way", REDRAW),
            self.strength: inputs.get("strength", 0.5),
            self.strip: "",
            self.back: "",
        }

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        nothing = {self.stage: INVITATION, self.strip: "", self.back: ""}
        return {self.easel: picture_message(images[0], names[0]), **nothing}

    @told_on_stage(1)
    def _edit(self, *values: Any) -> Iterator[tuple[Any, Any]]:
        run = Run(self.engine, self.controls.request(*values[:-3], **given(*values[-3:])))
        for message in run.messages():
            yield message, facts(run) if message["done"] else gr.skip()

    def _walk(self, *values: Any) -> Iterator[str]:
        """The pictures between this one and the seed's, from noises on the arc between theirs, as they are drawn."""
        try:
            request = self.controls.request(*values[:-1], **given(values[-1], INVERT, 0.0))
            found: list[tuple[Request, Tensor]] = []
            yield strip(found)
            with closing(between(self.engine, request)) as walking:
                for one in walking:
                    found.append(one)
                    yield strip(found)
        except GenerativeError as e:
            yield problem(str(e))

    def _measure(self, model: Any, value: Any) -> Iterator[str]:
        """The error of the way to the noise and back, for more and more steps, as they are measured."""
        try:
            entry = self.engine.able(model, "edits")
            found: list[tuple[int, float]] = []
            with closing(ways_back(self.engine, entry, wanted_picture(value, entry))) as measuring:
                for point in measuring:
                    found.append(point)
                    yield way_back(found)
        except GenerativeError as e:
            yield problem(str(e))


def given(value: Any, way: Any, strength: Any) -> dict[str, Any]:
    """What easel and controls give a request."""
    return {"images": easel_state(value).image, "way": way, "strength": strength}


def facts(run: Run) -> str:
    """What drawing anew took, and how far it led from the picture."""
    items = [
        ("Time", run.time, "From the request to the last picture"),
        ("Seeds", seed_range(run.request.seeds), "Each seed is another variation; at strength 0 from its noise, none"),
    ]
    return f'<dl class="facts">{cells(items)}</dl>{as_code(run.request)}'
