"""The tab of a family: a tool for each thing that its models can do, and under them what belongs to all."""

import html
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import gradio as gr

from generative.data.known import title
from generative.families import FAMILIES
from generative.inference.engine.engine import Engine
from generative.library.entries import Entry
from generative.web.base.card import card
from generative.web.base.face import Face
from generative.web.base.late import when_opened
from generative.web.base.run import QUIET
from generative.web.base.tool import Bench
from generative.web.base.visit import Visit
from generative.web.rooms.bring import BringModel
from generative.web.rooms.how_it_works import MATH, how_it_works
from generative.web.tools import TOOLS

BROUGHT = "diffusion"  # the family of what visitors may bring


class FamilyTab:
    """Builds the tab, but its tools only when they are first on show.

    The room's face brings what belongs to all tools: the model's card, and a word where the family has no model of the
    data set that the visit is about.
    """

    def __init__(self, family: str, engine: Engine, visit: gr.State, restores: Any) -> None:
        self.engine, self.family, self.visit, self.restores = engine, family, visit, restores
        self.entries = [e for e in engine.entries.values() if e.family == family]
        self.offered = offered(self.entries)
        self.words = gr.HTML(in_short(FAMILIES[family].sentence), elem_id=f"{family}-absence")
        if not self.offered:
            gr.HTML(nothing(self.entries))
            return
        self.face = Face({}, sender=f"room-{family}", elem_id=f"{family}-room")
        with gr.Tabs(elem_id=f"{family}-tools", elem_classes="tools") as self.tabs:
            for name in self.offered:
                with gr.Tab(TOOLS[name].title, id=name, elem_id=f"tab-{self._prefix(name)}-tool"):
                    when_opened(visit, partial(self._build, name))
        with gr.Accordion("How it works", open=False, elem_id=f"{family}-how"):
            gr.Markdown(how_it_works(FAMILIES[family]), latex_delimiters=MATH)
        with gr.Accordion("This model", open=False, elem_id=f"{family}-card"):
            self.card = gr.HTML()
        if family == BROUGHT and engine.library.room is not None:
            BringModel(engine, engine.library.room, family)
        self.face.expand(self._pull, visit, [self.tabs, self.words, self.card], trigger_mode="always_last", **QUIET)

    def _brought(self) -> list[Entry]:
        """What visitors have brought by now."""
        return [e for e in self.engine.library.brought.values() if e.family == self.family]

    def _prefix(self, name: str) -> str:
        return self.family if name == next(iter(self.offered)) else f"{self.family}-{name}"

    def _build(self, name: str, visit: Visit) -> None:
        entries = [*self.offered[name], *TOOLS[name].serves(self._brought())]
        bench = Bench(self.engine, entries, visit.entry(entries), name, self._prefix(name), self.visit, self.restores)
        with gr.Column(elem_classes="built"):
            TOOLS[name](bench).wire()

    def _pull(self, visit: Visit) -> dict[Any, Any]:
        """What is current of the room; a run on its way opens the tool that it is for."""
        errand = visit.errand
        mine = errand is not None and errand.entry.family == self.family
        shown = visit.entry([*self.entries, *self._brought()])
        return {
            self.tabs: gr.Tabs(selected=errand.tool) if mine else gr.skip(),
            self.words: in_short(FAMILIES[self.family].sentence) + absence(visit.dataset, self.entries, shown),
            self.card: card(shown),
        }


def offered(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The tools that some model can serve, each with those that can."""
    able = {name: tool.serves(entries) for name, tool in TOOLS.items()}
    return {name: some for name, some in able.items() if any(not e.problem for e in some)}


def nothing(entries: Sequence[Entry]) -> str:
    """Words for a family of which no model can be used."""
    if entries:
        return "".join(map(card, entries))
    return "<p>No model of this family is here yet. Train one: <code>python -m generative train --help</code>.</p>"


def absence(dataset: str, entries: Sequence[Entry], shown: Entry) -> str:
    """Words for a data set that no model of a family has learnt from, and what that on show did; none if one has."""
    if any(e.dataset == dataset for e in entries):
        return ""
    words = f"No model of this family has learnt from {title(dataset)} yet. On show: {title(shown.dataset)}."
    return f'<p class="absence">{words}</p>'


def in_short(sentence: str) -> str:
    """The sentence of a family as HTML."""
    return f'<p class="in-short">{emphasised(sentence)}</p>'


def emphasised(markdown: str) -> str:
    """The bold and the slanted words of a sentence of Markdown as HTML, and nothing else of it."""
    words = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(markdown))
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", words)
