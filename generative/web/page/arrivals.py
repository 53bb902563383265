"""Visitors who are on their way: by a dropped PNG, by the page's address, or by a link on the page."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from generative.abilities import ABILITIES
from generative.errors import GenerativeError, InvalidOption, NotSupported, check_choice, shown
from generative.families import GENERATIVE
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures.provenance import read_note
from generative.library.entries import Entry
from generative.web.base.face import turn
from generative.web.base.run import QUIET
from generative.web.base.visit import Errand, Visit
from generative.web.page.refusals import LONGEST_QUERY, PLACE, TOO_LONG
from generative.web.rooms import compare_link
from generative.web.rooms.family import offered
from generative.web.tools import TOOLS
from generative.web.widgets.stage.stage import Stage, dropped_file, say
from generative.web.widgets.widget import Widget, event_data

TABS = ("start", "compare", "guide")  # besides those of the families
WORDS = {*PLACE, TOO_LONG}  # of an address that leads somewhere


class Way(Widget):
    """Keeps the address of the page; fires ``select`` with {"query": …} when Back or Forward was pressed."""

    files = "page/way"


class Arrivals:
    """Puts an errand into the visit, addressed to its tool, and opens the tab of its family."""

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
                note = read_note(dropped_file(event)[1])
                request, left_out = self.engine.recall(a_run(note))
                errand = self._table(note["tool"], request, note) if "tool" in note else self._errand(request)
                return {**self._arrive(visit, errand), stage: say(notice=left_out)}
            except GenerativeError as e:
                return {self.visit: visit, stage: say(error=str(e))}

        outputs = [self.visit, self.tabs, self.where, stage]
        stage.upload(dropped, self.visit, outputs, **QUIET).then(None, None, None, js=turn(), api_visibility="private")

    def by_link(self, widget: Widget) -> None:
        """Makes a widget's ``select`` with {"query": "?model=…"} lead where that link leads."""

        def chosen(visit: Visit, event: gr.EventData) -> dict[Any, Any]:
            query = event_data(event).get("query")
            return self._go(visit, dict(parse_qsl(query[1:])) if isinstance(query, str) else {})

        outputs = [self.visit, self.tabs, self.where, self.problem]
        widget.select(chosen, self.visit, outputs, **QUIET).then(None, None, None, js=turn(), api_visibility="private")

    def _follow(self, visit: Visit, request: gr.Request) -> dict[Any, Any]:
        query = {k: v for k, v in dict(request.query_params).items() if not k.startswith("__") and k != "present"}
        return self._go(visit, query) if query.keys() & WORDS else {self.visit: visit}

    def _go(self, visit: Visit, query: Mapping[str, str]) -> dict[Any, Any]:
        """To the tab or the tool that a link names, and the run that it tells of, if it does; where it cannot be
        followed, with a word as near as it can."""
        visit, place = self._turned(visit, query)
        try:
            if TOO_LONG in query:
                raise InvalidOption(f"It had more than the {LONGEST_QUERY:,} characters that an address may have.")
            if "model" not in query:
                return {**place, **self._open(visit, query), self.problem: ""}
            errand, left_out = self._wanted(query)
            return {**place, **self._arrive(visit, errand), self.problem: told(left_out, "note")}
        except GenerativeError as e:
            words = told(f"This link cannot be followed. {e}", "problem")
            return {**place, self.visit: visit, **self._nearest(visit, query), self.problem: words}

    def _turned(self, visit: Visit, query: Mapping[str, str]) -> tuple[Visit, dict[Any, Any]]:
        """The data set that a link names, if the page has it."""
        there = {e.dataset for e in self.engine.entries.values() if e.family in GENERATIVE}
        wanted = query.get("data")
        return (visit.turn(wanted), {self.where: wanted}) if wanted in there else (visit, {})

    def _open(self, visit: Visit, query: Mapping[str, str]) -> dict[Any, Any]:
        """A tab and a tool without a word on the model. Raises InvalidOption."""
        tab = check_choice("tab", query.get("tab", "start"), [*TABS, *GENERATIVE])
        if tab == "compare" and "models" in query:
            return self._beside(visit, compare_link.read(self.engine, query))
        family = [e for e in self.engine.entries.values() if e.family == tab]
        if "tool" not in query or not family:
            return {self.visit: visit, self.tabs: gr.Tabs(selected=tab)}
        tool = check_choice("tool", query["tool"], self._tools(family[0]))
        return self._arrive(visit, Errand(visit.entry(TOOLS[tool].serves(family)), tool))

    def _beside(self, visit: Visit, requests: Sequence[Request]) -> dict[Any, Any]:
        """To Compare, to make these runs."""
        dataset = requests[0].entry.dataset
        updates = {self.visit: replace(visit.turn(dataset), compared=requests), self.where: dataset}
        return {**updates, self.tabs: gr.Tabs(selected="compare")}

    def _wanted(self, query: Mapping[str, str]) -> tuple[Errand, str]:
        """What a link with a model leads to, and what of it is left out, in words. Raises GenerativeError."""
        tool = TOOLS.get(query.get("tool", ""))
        said = {name: query[name] for name in tool.words if name in query} if tool else {}
        if query.keys() - said.keys() <= {"tab", "tool", "model"}:
            entry = self.engine.entry(query["model"])
            place = self._place(entry, query.get("tool") or self._usual(entry))
            if said:
                TOOLS[place.tool].understood(entry, said)
            return replace(place, said=said), ""
        asked, left_out = self.engine.follow(query)
        return (self._table(query["tool"], asked, query) if "tool" in query else self._errand(asked)), left_out

    def _nearest(self, visit: Visit, query: Mapping[str, str]) -> dict[Any, Any]:
        """The tool with the model, without the run; or what the model can do; or the tab; or where one is."""
        there = {**self.engine.entries, **self.engine.library.brought}
        entry = there.get(query.get("model", ""))
        if entry is not None and not entry.problem and (usual := self._usual(entry)):
            tool = query.get("tool", "")
            fits = tool in self._tools(entry) and TOOLS[tool].ability in entry.abilities
            return self._arrive(visit, Errand(entry, tool if fits else usual))
        tab = query.get("tab")
        return {self.tabs: gr.Tabs(selected=tab)} if tab in (*TABS, *GENERATIVE) else {}

    def _usual(self, entry: Entry) -> str:
        """The first tool that serves a model; "" where the page has none."""
        return next((t for t in self._tools(entry) if TOOLS[t].ability in entry.abilities), "")

    def _tools(self, entry: Entry) -> list[str]:
        """What the page has for the family of a model."""
        if entry.family not in GENERATIVE:
            return []
        return [*offered([e for e in self.engine.entries.values() if e.family == entry.family])]

    def _place(self, entry: Entry, tool: str) -> Errand:
        """To a tool, to look at a model there. Raises InvalidOption, and NotSupported for what the model cannot do."""
        check_choice("tool", tool, self._tools(entry))
        return Errand(self.engine.able(entry, TOOLS[tool].ability), tool)

    def _table(self, tool: Any, request: Request, said: Mapping[str, Any]) -> Errand:
        """To a tool, to make a table of which `request` is one run, and `said` holds the lists. Raises the same."""
        place = self._place(request.entry, tool)
        return replace(place, request=request, table={n: said[n] for n in TOOLS[place.tool].lists if n in said})

    def _errand(self, request: Request) -> Errand:
        """To the tool that makes such runs. Raises NotSupported where the page has none."""
        ability = request.ability
        able = [name for name in self._tools(request.entry) if ability.name in (TOOLS[name].ability, *TOOLS[name].also)]
        tool = next(iter(able), None)
        if tool is None:
            raise NotSupported(f"The page has no tool to {ability.verb}; the command line and the API have.")
        return Errand(request.entry, tool, request)

    def _arrive(self, visit: Visit, errand: Errand) -> dict[Any, Any]:
        return {
            self.visit: visit.send(errand),
            self.tabs: gr.Tabs(selected=errand.entry.family),
            self.where: errand.entry.dataset or gr.skip(),
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
