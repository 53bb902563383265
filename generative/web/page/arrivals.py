"""Runs that come back: from a dropped PNG, or from the page's address."""

import html
from collections.abc import Mapping
from typing import Any

import gradio as gr

from generative.abilities import ABILITIES
from generative.errors import GenerativeError, NotSupported, shown
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures.provenance import read_note
from generative.web.base.face import turn
from generative.web.base.run import QUIET
from generative.web.base.visit import Errand, Visit
from generative.web.rooms.family import offered
from generative.web.tools import TOOLS
from generative.web.widgets.stage.stage import Stage, dropped_file, say


class Arrivals:
    """Puts a run into the visit, addressed to its tool, and opens the tab of its family."""

    def __init__(self, engine: Engine, visit: gr.State, tabs: gr.Tabs, where: gr.Radio, problem: gr.HTML) -> None:
        self.engine, self.visit, self.tabs, self.where, self.problem = engine, visit, tabs, where, problem

    def by_address(self, page: gr.Blocks) -> None:
        """Follows the address that a page was opened with."""
        outputs = [self.visit, self.tabs, self.where, self.problem]
        arrived = page.load(self._follow, self.visit, outputs, **QUIET)
        arrived.then(None, None, None, js=turn(), api_visibility="private")

    def by_picture(self, stage: Stage) -> None:
        """Makes a stage take pictures that were saved here."""

        def dropped(visit: Visit, event: gr.EventData) -> dict[Any, Any]:
            try:
                request, left_out = self.engine.recall(a_run(read_note(dropped_file(event)[1])))
                return {**self._arrive(visit, request), stage: say(notice=left_out)}
            except GenerativeError as e:
                return {self.visit: visit, stage: say(error=str(e))}

        outputs = [self.visit, self.tabs, self.where, stage]
        stage.upload(dropped, self.visit, outputs, **QUIET).then(None, None, None, js=turn(), api_visibility="private")

    def _follow(self, visit: Visit, request: gr.Request) -> dict[Any, Any]:
        query = {k: v for k, v in dict(request.query_params).items() if not k.startswith("__")}
        if "model" not in query:
            return {self.visit: visit}
        try:
            asked, left_out = self.engine.follow(query)
            return {**self._arrive(visit, asked), self.problem: told(left_out, "note")}
        except GenerativeError as e:
            return {self.visit: visit, self.problem: told(f"This link cannot be followed. {e}", "problem")}

    def _arrive(self, visit: Visit, request: Request) -> dict[Any, Any]:
        """Raises NotSupported for what no tool of the page does."""
        family, ability = request.entry.family, request.ability
        there = offered([e for e in self.engine.entries.values() if e.family == family])
        tool = next((name for name in there if TOOLS[name].ability == ability.name), None)
        if tool is None:
            raise NotSupported(f"The page has no tool to {ability.verb}; the command line and the API have.")
        return {
            self.visit: visit.send(Errand(request, tool)),
            self.tabs: gr.Tabs(selected=family),
            self.where: request.entry.dataset,
        }


def a_run(note: Mapping[str, Any]) -> Mapping[str, Any]:
    """`note`, if it is of a run. Raises NotSupported for one of a sum or a walk, which are made of several."""
    made = note.get("ability", "samples")
    if made not in ABILITIES:
        raise NotSupported(
            f"This picture was made by {shown(made)}, which the page cannot bring back yet. The note in it holds all "
            "that the command line needs to make it again."
        )
    return note


def told(words: str, kind: str) -> str:
    """A sentence as HTML, "" for none."""
    return f'<p class="{kind}" role="alert">{html.escape(words)}</p>' if words else ""
