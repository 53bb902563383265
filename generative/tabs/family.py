"""The tab of a family: controls on the left, the stage and what belongs to it on the right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from generative.errors import GenerativeError
from generative.inference.engine import Engine, Request
from generative.inference.provenance import Provenance
from generative.tabs.about import card, sheet_message
from generative.tabs.controls import Controls
from generative.tabs.runs import Run, facts
from generative.tabs.stage import Stage, reused_seed, say, stopped_message

QUIET = {"api_visibility": "private", "show_progress": "hidden"}
MATH = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]


@dataclass(frozen=True)
class FamilyText:
    """What a tab says of its family, in Markdown."""

    title: str
    in_short: str
    how: str


class FamilyTab:
    """Builds the tab; `pending` is where another part of the page puts a run that is to be made again."""

    def __init__(self, engine: Engine, family: str, text: FamilyText) -> None:
        self.engine, self.family = engine, family
        entries = [e for e in engine.entries.values() if e.family == family]
        self.pending = gr.State(None)
        gr.Markdown(text.in_short, elem_classes="in-short")
        if not entries:
            gr.Markdown("No model of this family is here yet. Train one: `python -m generative train --help`.")
            self.controls = None
            return
        with gr.Row(elem_classes="bench"):
            with gr.Column(scale=0, min_width=320, elem_classes="controls"):
                self.controls = Controls(engine, family, entries)
            with gr.Column(scale=1, min_width=300, elem_classes="stage-column"):
                self.stage = Stage(sheet_message(self.controls.first), elem_id=f"{family}-stage")
                self.facts = gr.HTML(elem_id=f"{family}-facts", padding=False)
                with gr.Accordion("How it works", open=False, elem_id=f"{family}-how"):
                    gr.Markdown(text.how, latex_delimiters=MATH)
                with gr.Accordion("This model", open=False, elem_id=f"{family}-card"):
                    self.card = gr.HTML(card(self.controls.first))
        self._wire()

    def _wire(self) -> None:
        c, stage = self.controls, self.stage
        shared = {"concurrency_id": "device", "concurrency_limit": 1, **QUIET}
        generate = gr.on(
            [c.generate.click, c.seed.submit],
            self._generate,
            c.inputs,
            [stage, self.facts],
            validator=c.validator(),
            trigger_mode="once",
            **shared,
        )
        recalled = self.pending.change(self._recall, self.pending, [*c.inputs, *c.groups.values(), self.card], **QUIET)
        again = recalled.then(self._again, self.pending, [stage, self.facts], **shared)
        c.stop.click(stopped_message, None, stage, cancels=[generate, again], queue=False, **QUIET)
        c.model.input(self._choose, c.model, [c.label, *c.groups.values(), stage, self.facts, self.card], **QUIET)
        stage.select(reused_seed, None, c.seed, **QUIET)

    def _generate(self, *values: Any) -> Iterator[tuple[Any, Any]]:
        try:
            request = self.controls.wish(*values).request(self.engine)
        except GenerativeError as e:
            yield say(error=str(e)), gr.skip()
            return
        yield from self._run(request)

    def _recall(self, pending: dict[str, Any]) -> dict[Any, Any]:
        request = self._request(pending)
        return {**self.controls.show(request), self.card: card(request.entry)}

    def _again(self, pending: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
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

    def _choose(self, id: str) -> dict[Any, Any]:
        try:
            entry = self.engine.entry(id)
        except GenerativeError as e:
            entry = self.engine.entries.get(id) if isinstance(id, str) else None
            return {self.stage: say(error=str(e)), self.card: card(entry) if entry else ""}
        return {**self.controls.choose(entry), self.stage: sheet_message(entry), self.facts: "", self.card: card(entry)}
