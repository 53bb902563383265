"""Drawing: controls on the left, the stage and the facts of the run on the right."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.card import sheet_message
from generative.web.base.controls import Controls
from generative.web.base.falling import Falling
from generative.web.base.panel import panel
from generative.web.base.run import NO_FACTS, Run, facts, runs, told_on_stage
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.tools.draw.mechanism import Diagram, described
from generative.web.tools.draw.settling import Settling
from generative.web.widgets.stage.stage import Stage, say


class DrawTool(Tool):
    """Images from seeds."""

    title = "Draw"
    ability = "samples"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench)
        with stage:
            self.stage = Stage(sheet_message(bench.first), elem_id=f"{bench.prefix}-stage")
            Diagram(described(bench.first.family), elem_id=f"{bench.prefix}-mechanism")
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{bench.prefix}-facts", padding=False)
            self.settling = panel("draw", f"{bench.prefix}-settling")
        bench.restores(self.stage)
        runs(self.controls, self._draw, [], self.stage, [self.stage, self.facts, self.settling], self.face)

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, self.stage, self.facts, self.settling]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        nothing = {self.stage: sheet_message(entry), self.facts: NO_FACTS, self.settling: ""}
        return {**self.controls.choose(entry), **nothing}

    def recall(self, request: Request, *held: Any) -> Updates:
        return self.controls.show(request)

    def fail(self, words: str) -> Updates:
        return {self.stage: say(error=words)}

    @told_on_stage(2)
    def _draw(self, *values: Any) -> Iterator[tuple[Any, Any, Any]]:
        settling, falling = Settling(), Falling()
        watch = lambda frames: falling.of(settling.of(frames))  # noqa: E731 - of a run it is one or the other
        run = Run(self.engine, self.controls.request(*values), watch)
        for message in run.messages():
            chart = falling.to_html() or (settling.to_html() if message["done"] else gr.skip())
            yield message, facts(run) if message["done"] else gr.skip(), chart
