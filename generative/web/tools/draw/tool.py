"""Drawing: controls on the left, the stage and the facts of the run on the right."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from generative.errors import GenerativeError
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures.provenance import Provenance
from generative.library.entries import Entry
from generative.web.base.card import sheet_message
from generative.web.base.controls import Controls
from generative.web.base.run import DEVICE, QUIET, Run, facts
from generative.web.widgets.stage.stage import Stage, reused_seed, say, stopped_message


class DrawTool:
    """Images from seeds. `pending` is where another part of the page puts a run that is to be made again."""

    title = "Draw"
    ability = "samples"

    def __init__(self, engine: Engine, entries: list[Entry], prefix: str) -> None:
        self.engine, self.prefix = engine, prefix
        self.built = f"#{prefix}-stage"
        self.pending = gr.State(None, render=False)
        with gr.Row(elem_classes="bench"):
            with gr.Column(scale=0, min_width=320, elem_classes="controls"):
                self.controls = Controls(engine, entries, prefix)
            with gr.Column(scale=1, min_width=300, elem_classes="stage-column"):
                self.stage = Stage(sheet_message(self.controls.first), elem_id=f"{prefix}-stage")
                self.facts = gr.HTML(elem_id=f"{prefix}-facts", padding=False)
        self._wire()

    def _wire(self) -> None:
        c, stage = self.controls, self.stage
        generate = gr.on(
            [c.generate.click, c.seed.submit],
            self._generate,
            c.inputs,
            [stage, self.facts],
            validator=c.validator(),
            trigger_mode="once",
            **DEVICE,
        )
        recalled = self.pending.change(self._recall, self.pending, [*c.inputs, *c.groups.values()], **QUIET)
        again = recalled.then(self._again, self.pending, [stage, self.facts], **DEVICE)
        c.stop.click(stopped_message, None, stage, cancels=[generate, again], queue=False, **QUIET)
        stage.select(reused_seed, None, c.seed, **QUIET)

    @property
    def states(self) -> list[gr.State]:
        return [self.pending]

    @property
    def held(self) -> list[gr.components.Component]:
        """What `follow` wants to know."""
        return []

    @property
    def follows(self) -> list[gr.components.Component]:
        """What `follow` and `fail` may change."""
        return [*self.controls.chosen, self.stage, self.facts]

    def follow(self, entry: Entry) -> dict[Any, Any]:
        """The updates for another model."""
        return {**self.controls.choose(entry), self.stage: sheet_message(entry), self.facts: ""}

    def fail(self, words: str) -> dict[Any, Any]:
        return {self.stage: say(error=words)}

    def _generate(self, *values: Any) -> Iterator[tuple[Any, Any]]:
        try:
            request = self.controls.wish(*values).request(self.engine)
        except GenerativeError as e:
            yield say(error=str(e)), gr.skip()
            return
        yield from self._run(request)

    def _recall(self, pending: dict[str, Any] | None) -> dict[Any, Any]:
        return self.controls.show(self._request(pending)) if pending else {self.controls.seed: gr.skip()}

    def _again(self, pending: dict[str, Any] | None) -> Iterator[tuple[Any, Any]]:
        if pending:
            yield from self._run(self._request(pending))

    def _request(self, pending: dict[str, Any]) -> Request:
        made = Provenance(**pending["made"])
        return self.engine.request(made.model, made.seed, made.count, made.options)

    def _run(self, request: Request) -> Iterator[tuple[Any, Any]]:
        run = Run(self.engine, request)
        try:
            for message in run.messages():
                yield message, facts(run) if message["done"] else gr.skip()
        except GenerativeError as e:
            yield {**say(error=str(e)), **stopped_message()}, gr.skip()
