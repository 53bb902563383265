"""GANs side by side that differ in one thing alone: how they learnt, and what they draw of the same noise."""

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import gradio as gr
from gradio.components import Component

from generative.data.known import DATASETS
from generative.errors import GenerativeError
from generative.inference.contrast import ROSTERS, Drawn, contenders, contrasted, roster_of
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.face import turn
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import DEVICE, QUIET, after_each
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.base.visit import Visit
from generative.web.tools.contrast import link
from generative.web.tools.contrast.charts import table
from generative.web.tools.contrast.learning import Learning, learning
from generative.web.tools.contrast.link import MOST_PICTURES, PICTURES, Drawing
from generative.web.tools.contrast.words import Words, words
from generative.web.widgets.plot.charts import problem

HEADING = '<h2 data-state="ready">${value.words}</h2>'
ALONE = "<p>There are no trainings to put side by side for this data set.</p>"


class ContrastTool(Tool):
    """How they learnt on one timeline, and under it a table of what they draw, renewed with every change of the seed.

    What is compared is the roster that the chosen model stands in; choosing a roster chooses its first model. The
    heading asks for all of it when it comes on show for the first time, and whenever a model of another roster has
    renewed it.
    """

    title = "Side by side"
    ability = "judges"
    words = link.WORDS

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.what = gr.Radio(label="Compare", interactive=True, elem_id=f"{prefix}-what", **self._offer(first))
            self.controls = ModelChoice(bench)
            more = {"label": "Pictures of each", "interactive": True, "elem_id": f"{prefix}-count"}
            self.count = gr.Slider(1, MOST_PICTURES, value=PICTURES, step=1, **more)
            self.seed, self.dice = seed_row(prefix)
        with stage:
            self.heading = Heading(renewed(first), classes("contrast"), HEADING, elem_id=f"{prefix}-heading")
            self.note = panel("contrast", f"{prefix}-note", said(first).note)
            self.learning = Learning({}, elem_id=f"{prefix}-learning")
            self.lesson = panel("contrast", f"{prefix}-lesson", said(first).lesson)
            self.table = panel("trials results-contrast", f"{prefix}-table")
            self.state = panel("contrast", f"{prefix}-state")
        self._wire()

    @classmethod
    def serves(cls, entries: Sequence[Entry]) -> list[Entry]:
        """Those of which there are two or more of a roster and a data set, one roster after another."""
        datasets = dict.fromkeys(e.dataset for e in entries)
        found = [contenders(entries, dataset, roster) for dataset in datasets for roster in ROSTERS]
        return [entry for some in found if len(some) > 1 for entry in some]

    def _offer(self, entry: Entry) -> dict[str, Any]:
        """The rosters that there are of the data set of `entry`, as the radio's properties."""
        there = dict.fromkeys(roster_of(e) for e in self.bench.entries if e.dataset == entry.dataset)
        names = [(ROSTERS[id].title, id) for id in ROSTERS if id in there]
        return {"choices": names, "value": roster_of(entry), "visible": len(names) > 1}

    def wire(self) -> None:
        """The choice of a roster is that of its first model."""
        super().wire()
        visit = self.bench.visit
        if visit is not None:
            changed = [visit, self.face, *self.outputs]
            inputs = [visit, self.what, self.controls.model, *self.held]
            chosen = self.what.input(self._turn, inputs, changed, **QUIET)
            chosen.then(None, None, None, js=turn(self.bench.prefix), api_visibility="private")

    def _turn(self, visit: Visit, what: Any, id: Any, *held: Any) -> Updates:
        """The updates for another roster of the data set on show."""
        try:
            first = contenders(self.bench.entries, self.engine.able(id, self.ability).dataset, what)[:1]
            return self._change_model(visit, first[0].id if first else id, *held)
        except GenerativeError as e:
            return {self.bench.visit: visit, **self.fail(str(e))}

    def _wire(self) -> None:
        told = self.controls.told.controls
        inputs = [self.heading, self.controls.model, self.count, self.seed, *told]
        parts = [self.note, self.learning, self.lesson]
        self.heading.input(self._show, self.heading, parts, trigger_mode="always_last", **QUIET)
        changed = [self.heading.input, self.count.release, self.seed.change, *(control.input for control in told)]
        after_each(changed).then(
            self._draw,
            inputs,
            [self.table, self.state],
            trigger_mode="always_last",
            **DEVICE,
        )

    @property
    def held(self) -> list[Component]:
        return [self.heading, self.count, self.seed, *self.controls.told.controls]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, self.what, self.count, self.seed, self.heading, self.state]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        """All that is on show stays for another model of the same roster: it stands there already."""
        shown = held[0].get("model") if held and isinstance(held[0], dict) else None
        beside = {e.id for e in self._roster(entry)}
        again = {self.state: self._link(entry, *held[1:])} if shown in beside else {self.heading: renewed(entry)}
        return {**self.controls.choose(entry), self.what: gr.update(**self._offer(entry)), **again}

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Drawing:
        return link.read(entry, said)

    def show(self, entry: Entry, said: Drawing) -> Updates:
        """The heading then asks for all of it."""
        told = self.controls.told[entry.told].shown(said.told) if entry.told in self.controls.told.forms else {}
        return {self.count: said.count, self.seed: said.seed, **told, self.heading: renewed(entry)}

    def fail(self, words: str) -> Updates:
        return {self.state: problem(words)}

    def _show(self, asked: Any) -> dict[Any, Any]:
        """How they learnt, and what is to be said of it; nothing for a model that is not there, of which the table
        tells."""
        try:
            entries = self._beside(asked)
        except GenerativeError:
            return {self.learning: {}}
        words = said(entries[0]) if entries else None
        told = {self.note: words.note + self._further(entries[0]), self.lesson: words.lesson} if words else {}
        return {self.learning: learning(entries), **told}

    def _further(self, entry: Entry) -> str:
        """From objectives, the way to those trainings of which the modes are counted, if there are some."""
        counted = [e for e in self.controls.entries if e.dataset in DATASETS and DATASETS[e.dataset].counted]
        if roster_of(entry) != "objectives" or not counted or entry.dataset == counted[0].dataset:
            return ""
        there = urlencode({"tab": entry.family, "tool": self.bench.name, "model": counted[0].id})
        return f'<p>On stacked digits <a href="?{html.escape(there)}">mode collapse can be counted</a>.</p>'

    def _draw(self, asked: Any, chosen: Any, count: Any, seed: Any, *told: Any) -> Iterator[dict[Any, Any]]:
        done: dict[str, Drawn] = {}
        try:
            entries = self._beside(asked)
            if not entries:
                yield {self.table: ALONE, self.state: ""}
                return
            at = next((e for e in entries if e.id == chosen), entries[0])
            said = self._said(at, count, seed, *told)
            for one in contrasted(self.engine, entries, seed=said.seed, count=said.count, condition=dict(said.told)):
                done[one.entry.id] = one
                told_of = waiting(entries, done) + link.written(at, said)
                yield {self.table: table(entries, done, said.seed, said.count), self.state: told_of}
        except GenerativeError as e:
            yield self.fail(str(e))

    def _said(self, entry: Entry, count: Any, seed: Any, *told: Any) -> Drawing:
        """What the controls say. Raises GenerativeError."""
        condition = self.controls.said(entry, dict(zip(self.controls.told.controls, told, strict=True)))
        return link.read(entry, {"count": count, "seed": seed, **condition})

    def _link(self, entry: Entry, *said: Any) -> str:
        """To what is on show, by the name of another of its models; "" while the controls say nothing that can be."""
        try:
            return link.written(entry, self._said(entry, *said))
        except (GenerativeError, ValueError, TypeError):
            return ""

    def _beside(self, asked: Any) -> list[Entry]:
        """The models of the roster and the data set that the heading's is of. Raises GenerativeError."""
        entry = self.engine.able(asked.get("model") if isinstance(asked, dict) else None, self.ability)
        return self._roster(entry)

    def _roster(self, entry: Entry) -> list[Entry]:
        """Those that stand beside `entry`, itself among them; none where it stands in no roster."""
        roster = roster_of(entry)
        return contenders(self.controls.entries, entry.dataset, roster) if roster else []


def said(entry: Entry) -> Words:
    """What is said of those that stand beside a model."""
    known = DATASETS.get(entry.dataset)
    return words(roster_of(entry) or "objectives", bool(known and known.counted))


def renewed(entry: Entry) -> dict[str, str]:
    """The heading's value."""
    return {**asked(entry), "words": said(entry).heading}


def waiting(entries: Sequence[Entry], done: dict[str, Drawn]) -> str:
    """How far the table is."""
    return f'<p role="status">{len(done)} of {len(entries)} columns</p>' if len(done) < len(entries) else ""
