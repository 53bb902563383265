"""Words: where each word of a sentence looks in the picture that is drawn from it, and what another word changes."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.errors import GenerativeError
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.link import made
from generative.web.base.panel import panel
from generative.web.base.run import DEVICE, QUIET, as_code
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.tools.words import views
from generative.web.widgets.plot.charts import problem

OTHER = "Drawn from the same noise, with the way there: change one word, and see what changes."
NOTE = (
    "<p>At every step each place of the picture <b>asks every word</b> of the sentence what it has to say "
    "(<i>cross-attention</i>). Draw a picture and see which word is listened to where.</p>"
)
BETWEEN = 5  # pictures on the way, with both ends
STOPPED = '<p role="status">Stopped.</p>'
WAITING = '<p role="status">Drawing …</p>'


class WordsTool(Tool):
    """A sentence and another one on the left; on the right the pictures, and under them a row for each word."""

    title = "Words"
    ability = "listens"
    also = ("bridges",)

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix = bench.prefix
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, example=True)
            about = {"label": "Another sentence", "info": OTHER, "elem_id": f"{prefix}-other", "max_length": 2000}
            self.other = gr.Textbox("", interactive=True, **about)
            self.seed, self.dice = seed_row(prefix)
            with gr.Row(elem_classes="go"):
                about = {"variant": "primary", "scale": 2, "min_width": 120, "elem_id": f"{prefix}-generate"}
                self.draw = gr.Button("Draw", **about)
                self.stop = gr.Button("Stop", min_width=80, elem_id=f"{prefix}-stop")
        with stage:
            panel("words", f"{prefix}-note", NOTE)
            self.state = panel("words", f"{prefix}-state")
            self.pictures = panel("words", f"{prefix}-pictures")
            self.looks = panel("words", f"{prefix}-looks")
        self._wire()

    def _wire(self) -> None:
        inputs = [self.controls.model, self.other, self.seed, *self.controls.told.controls]
        shown = [self.state, self.pictures, self.looks]
        asked = [self.draw.click, self.seed.submit, self.other.submit, self.face.submit]
        asked += [line.submit for line in self.controls.told.controls if isinstance(line, gr.Textbox)]
        run = gr.on(asked, self._show, inputs, shown, trigger_mode="once", **DEVICE)
        self.stop.click(lambda: STOPPED, None, self.state, cancels=[run], queue=False, **QUIET)

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, self.other, self.seed, self.state, self.pictures, self.looks]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        return {**self.controls.choose(entry), self.state: "", self.pictures: "", self.looks: ""}

    def recall(self, request: Request, *held: Any) -> Updates:
        told = self.controls.told[request.entry.told].shown(request.told)
        other = request.inputs["other"]["caption"] if request.ability.name == "bridges" else ""
        return {**self.follow(request.entry), **told, self.other: other, self.seed: request.seeds.first}

    def fail(self, words: str) -> Updates:
        return {self.state: problem(words)}

    def _show(self, id: Any, other: Any, seed: Any, *told: Any) -> Iterator[dict[Any, Any]]:
        """The picture and where its words look; then, if it was asked for, the way to another on the same noise."""
        try:
            entry = self.engine.able(id, self.ability)
            values = dict(zip(self.controls.told.controls, told, strict=True))
            about = {"seed": seed, "condition": self.controls.said(entry, values)}
            request = self.engine.request(self.ability, entry, **about)
            second = self.engine.request("bridges", entry, other=other, count=BETWEEN, **about) if other else None
            yield {self.state: WAITING}
            seen = self.engine.answer(request)
            sentence = " ".join(map(str, request.told.values()))
            yield {
                self.state: views.notes([request.notes, unheard(second)])
                + as_code(second or request)
                + made((second or request).link()),
                self.pictures: views.drawn(seen.image, sentence, None),
                self.looks: views.looks(seen),
            }
            if second:
                way = self.engine.answer(second).images.cpu()
                pair = (way[-1], second.inputs["other"]["caption"])
                yield {self.pictures: views.drawn(seen.image, sentence, pair) + views.way(way)}
        except GenerativeError as e:
            yield self.fail(str(e))


def unheard(request: Request | None) -> str:
    """Words of the other sentence that were never learnt."""
    return request.entry.told[0].notes(request.inputs["other"]["caption"]) if request else ""
