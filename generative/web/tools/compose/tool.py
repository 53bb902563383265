"""Composing: two energies are added, and what both allow is drawn."""

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.abilities import ABILITIES
from generative.inference.engine.limits import VISITOR
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.controls import Controls
from generative.web.base.falling import Falling
from generative.web.base.forms import Form, Forms
from generative.web.base.panel import panel
from generative.web.base.run import NO_FACTS, Run, facts, runs, told_on_stage
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.widgets.stage.stage import Stage, say

NOTE = (
    "Low where both are low: **the energies of two conditions are added**, which multiplies their densities, and "
    "pictures roll down the sum. No training picture shows two classes at once: what comes fits both, or falls into "
    "whichever valley is near."
)
INVITATION = {"run": "invitation", "notice": "Choose two things, then press Compose."}
AND = '<p class="note">What is chosen on the left <b>and, at once,</b></p>'


class ComposeTool(Tool):
    title = "Compose"
    ability = "composes"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "composes", VISITOR.most(ABILITIES["composes"]))
        with stage:
            gr.HTML(AND, padding=False)
            self.other = Forms()
            for told in dict.fromkeys(e.told[:1] for e in bench.entries if e.told):
                shown = {"visible": told == first.told[:1], "untold": "Choose one"}
                self.other.forms[told] = Form(told, second(told[0]), f"{prefix}-other", **shown)
            self.stage = Stage(INVITATION, elem_id=f"{prefix}-stage")
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{prefix}-facts", padding=False)
            self.chart = panel("draw", f"{prefix}-chart")
            gr.Markdown(NOTE, elem_classes="note")
        bench.restores(self.stage)
        outputs = [self.stage, self.facts, self.chart]
        more = [self.controls.model, *self.other.controls]
        runs(self.controls, self._compose, more, self.stage, outputs, self.face, self._given)

    @property
    def outputs(self) -> list[Component]:
        others = [*self.other.groups, *self.other.controls]
        return [*self.controls.chosen, *others, self.stage, self.facts, self.chart]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        nothing = {self.stage: INVITATION, self.facts: NO_FACTS, self.chart: ""}
        return {**self.controls.choose(entry), **self.other.turn(entry.told[:1]), **nothing}

    def recall(self, request: Request, *held: Any) -> Updates:
        first = request.entry.told[:1]
        plain = request.plain()["inputs"]["other"]
        return {**self.controls.show(request), **self.other.turn(first), **self.other[first].shown(plain)}

    def fail(self, words: str) -> Updates:
        return {self.stage: say(error=words)}

    def _given(self, model: Any, *values: Any) -> dict[str, Any]:
        """What the second form gives a request."""
        told = self.engine.entry(model).told[:1]
        if told not in self.other.forms:
            return {}
        return {"other": self.other[told].said(dict(zip(self.other.controls, values, strict=True)))}

    @told_on_stage(2)
    def _compose(self, *values: Any) -> Iterator[tuple[Any, Any, Any]]:
        falling, own = Falling(), len(self.controls.inputs)
        request = self.controls.request(*values[:own], **self._given(*values[own:]))
        run = Run(self.engine, request, falling.of)
        for message in run.messages():
            yield message, facts(run) if message["done"] else gr.skip(), falling.to_html()


def second(condition: Any) -> Mapping[str, Any]:
    """What the second form says at first: the second class; of attributes nothing."""
    names = getattr(condition, "names", ())
    return {condition.name: names[1]} if len(names) > 1 else {}
