"""GANs side by side that differ in their objective alone: how they learnt, and what they draw of the same noise."""

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.errors import GenerativeError, check_integer
from generative.inference.contrast import Drawn, contenders, contrasted
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import DEVICE, QUIET
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.tools.contrast.charts import table
from generative.web.tools.contrast.learning import Learning, learning
from generative.web.widgets.plot.charts import problem

MOST_PICTURES, PICTURES = 10, 4
HEADING = '<h2 data-state="ready">One generator, one discriminator, and what each of them is told to minimise</h2>'
NOTE = (
    "<p>The same networks from the same seed, shown the same pictures in the same order. Only the <b>objective</b> "
    "differs (and, where its paper asks for it, the discriminator's batch norm). Drag the moment, or press Play.</p>"
)
LESSON = (
    "<p class='quiet'>A loss of a game says how one network fares against the other: it may rise while pictures get "
    "better, and fall while they get worse. A Wasserstein critic estimates how far the forgeries are from the data, so "
    "its curve is meant to fall <i>with</i> the quality; the table says how far that held here. A loss near zero is a "
    "bad sign: the discriminator then tells every forgery, and the minimax objective leaves its generator no gradient. "
    "It stands still, whatever it draws.</p>"
)
ALONE = "<p>There are no trainings to put side by side for this data set.</p>"


class ContrastTool(Tool):
    """How they learnt on one timeline, and under it a table of what they draw, renewed with every change of the seed.

    The heading asks for all of it when it comes on show for the first time, and whenever a model of another data set
    has renewed it.
    """

    title = "Side by side"
    ability = "judges"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench)
            more = {"label": "Pictures of each", "interactive": True, "elem_id": f"{prefix}-count"}
            self.count = gr.Slider(1, MOST_PICTURES, value=PICTURES, step=1, **more)
            self.seed, self.dice = seed_row(prefix)
        with stage:
            self.heading = Heading(asked(first), classes("contrast"), HEADING, elem_id=f"{prefix}-heading")
            panel("contrast", f"{prefix}-note", NOTE)
            self.learning = Learning({}, elem_id=f"{prefix}-learning")
            panel("contrast", f"{prefix}-lesson", LESSON)
            self.table = panel("trials results-contrast", f"{prefix}-table")
            self.state = panel("contrast", f"{prefix}-state")
        self._wire()

    @classmethod
    def serves(cls, entries: Sequence[Entry]) -> list[Entry]:
        """Those of which there are two or more of a data set."""
        found = [contenders(entries, dataset) for dataset in dict.fromkeys(e.dataset for e in entries)]
        return [entry for some in found if len(some) > 1 for entry in some]

    def _wire(self) -> None:
        told = self.controls.told.controls
        inputs = [self.heading, self.count, self.seed, *told]
        self.heading.input(self._show, self.heading, self.learning, trigger_mode="always_last", **QUIET)
        gr.on(
            [self.heading.input, self.count.release, self.seed.change, *(control.input for control in told)],
            self._draw,
            inputs,
            [self.table, self.state],
            trigger_mode="always_last",
            **DEVICE,
        )

    @property
    def held(self) -> list[Component]:
        return [self.heading]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, self.heading, self.state]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        """All that is on show stays for another model of the same data set: it stands there already."""
        shown = held[0].get("model") if held and isinstance(held[0], dict) else None
        beside = {e.id for e in contenders(self.controls.entries, entry.dataset)}
        renewed = {} if shown in beside else {self.heading: asked(entry)}
        return {**self.controls.choose(entry), **renewed}

    def fail(self, words: str) -> Updates:
        return {self.state: problem(words)}

    def _show(self, asked: Any) -> dict[str, Any]:
        """How they learnt; nothing for a model that is not there, of which the table tells."""
        try:
            return learning(self._beside(asked))
        except GenerativeError:
            return {}

    def _draw(self, asked: Any, count: Any, seed: Any, *told: Any) -> Iterator[dict[Any, Any]]:
        done: dict[str, Drawn] = {}
        try:
            entries = self._beside(asked)
            if not entries:
                yield {self.table: ALONE, self.state: ""}
                return
            count = check_integer("count", count, 1, MOST_PICTURES)
            said = self.controls.said(entries[0], dict(zip(self.controls.told.controls, told, strict=True)))
            drawing = contrasted(self.engine, entries, seed=seed, count=count, condition=said)
            for one in drawing:
                done[one.entry.id] = one
                yield {self.table: table(entries, done, int(seed), count), self.state: waiting(entries, done)}
        except GenerativeError as e:
            yield self.fail(str(e))

    def _beside(self, asked: Any) -> list[Entry]:
        """The models of the data set that the heading's is of. Raises GenerativeError."""
        entry = self.engine.able(asked.get("model") if isinstance(asked, dict) else None, self.ability)
        return contenders(self.controls.entries, entry.dataset)


def waiting(entries: Sequence[Entry], done: dict[str, Drawn]) -> str:
    """How far the table is."""
    return f'<p role="status">{len(done)} of {len(entries)} columns</p>' if len(done) < len(entries) else ""
