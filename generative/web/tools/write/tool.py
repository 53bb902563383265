"""Write: a beginning, what can come next, how it goes on, and what each character looked back at."""

from typing import Any

import gradio as gr
from gradio.components import Component

from generative.abilities import ABILITIES
from generative.errors import GenerativeError
from generative.inference.engine.limits import VISITOR
from generative.inference.engine.request import Request
from generative.inference.inputs import Beginning
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.forms import Form, ask
from generative.web.base.link import made
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import DEVICE, as_code
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.tools.write import views
from generative.web.tools.write.text import Text, texts
from generative.web.widgets.plot.charts import problem

HEADING = '<h2 data-state="ready">Character by character</h2>'
NOTE = (
    "The network that writes pictures, writing **text**: at each place it says how probable every character is, and "
    "one is drawn. It learnt from what is said of the avatars, and was never told what a word is: that *sung* goes on "
    "with *lasses* it found out. **The darker a character, the more it surprised the model**; click one in the first "
    "text to see what it looked back at."
)
BEGINNING = Beginning(
    "text",
    "Beginning",
    "Goes on from here as you type. Small letters, spaces, commas and hyphens.",
    ("someone with", "a person with sung", "pale skin, a", "qwx"),
)
NOTHING = {"texts": [], "layers": 0, "attention": ""}


class WriteTool(Tool):
    """The beginning and how characters are chosen on the left; on the right texts, and what can come next."""

    title = "Write"
    ability = "writes"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, told=False)
            with gr.Group():
                (self.text,) = ask(BEGINNING, "", prefix).controls.values()
            about = {"label": "Number of texts", "interactive": True, "elem_id": f"{prefix}-count"}
            self.count = gr.Slider(1, VISITOR.most(ABILITIES[self.ability]), value=4, step=1, **about)
            self.seed, self.dice = seed_row(prefix)
            options = next(e for e in bench.entries if not e.problem).kind_class.Options
            self.options = Form(options.fields().values(), options().plain(), f"{prefix}-option")
        with stage:
            self.heading = Heading(asked(first), classes("write"), HEADING, elem_id=f"{prefix}-heading")
            gr.Markdown(NOTE, elem_classes="note")
            self.state = panel("write", f"{prefix}-state")
            self.texts = Text(NOTHING, elem_id=f"{prefix}-texts")
            self.next = panel("write", f"{prefix}-next")
        self._wire()

    def _wire(self) -> None:
        changed = [self.text.change, self.seed.change, self.count.release]
        gr.on(
            [self.heading.input, self.face.submit, *changed, *(c.change for c in self.options.controls)],
            self._write,
            [self.controls.model, self.text, self.count, self.seed, *self.options.controls],
            [self.state, self.texts, self.next],
            trigger_mode="always_last",
            **DEVICE,
        )

    @property
    def outputs(self) -> list[Component]:
        own = [self.text, self.count, self.seed, self.heading, self.state, self.texts, self.next]
        return [*self.controls.chosen, *self.options.controls, *own]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        return {**self.controls.choose(entry), self.state: "", self.heading: asked(entry)}

    def recall(self, request: Request, *held: Any) -> Updates:
        return {
            **self.controls.choose(request.entry),
            **self.options.shown(request.options.plain()),
            self.text: request.inputs["text"],
            self.count: len(request.seeds),
            self.seed: request.seeds.first,
            self.state: "",
        }

    def fail(self, words: str) -> Updates:
        return {self.state: problem(words)}

    def _write(self, id: Any, text: Any, count: Any, seed: Any, *options: Any) -> dict[Any, Any]:
        """The texts and the bars; of a beginning that cannot be gone on with, why."""
        try:
            entry = self.engine.able(id, self.ability)
            said = self.options.said(dict(zip(self.options.controls, options, strict=True)))
            about = {"seed": seed, "count": count, "options": said, "text": text or ""}
            request = self.engine.request(self.ability, entry, **about)
            written = self.engine.answer(request)
        except GenerativeError as e:
            return self.fail(str(e))
        return {
            self.state: "",
            self.texts: texts(written, request.seeds.first),
            self.next: views.coming(written) + as_code(request) + made(request.link()),
        }
