"""The tab of a family: a tool for each thing that its models can do, and under them what belongs to all."""

import uuid
from collections.abc import Callable
from typing import Any

import gradio as gr

from generative.data.known import title
from generative.errors import GenerativeError
from generative.families import FAMILIES
from generative.inference.engine.engine import Engine
from generative.library.entries import Entry
from generative.web.base.card import card
from generative.web.base.controls import opening
from generative.web.base.run import QUIET, WHEN_BUILT
from generative.web.rooms.how_it_works import MATH, how_it_works
from generative.web.tools.arithmetic.tool import ArithmeticTool
from generative.web.tools.complete.tool import CompleteTool
from generative.web.tools.critic.tool import CriticTool
from generative.web.tools.draw.tool import DrawTool
from generative.web.tools.explore.tool import ExploreTool
from generative.web.tools.interpolate.tool import InterpolateTool
from generative.web.tools.likelihood.tool import LikelihoodTool
from generative.web.tools.project.tool import ProjectTool
from generative.web.tools.reconstruct.tool import ReconstructTool
from generative.web.widgets.stage.stage import Stage

TOOLS: dict[str, Any] = {
    "samples": DrawTool,
    "project": ProjectTool,
    "critic": CriticTool,
    "reconstruct": ReconstructTool,
    "completes": CompleteTool,
    "scores": LikelihoodTool,
    "interpolate": InterpolateTool,
    "arithmetic": ArithmeticTool,
    "explore": ExploreTool,
}  # by name; each says the ability that a model needs for it


class FamilyTab:
    """Builds the tab. `dataset` and `chosen`, a model's id, are states that other parts of the page may set.

    Each tool has its own list of models; `chosen` carries the choice from one to the next. A tool that has not been
    opened yet must not be touched (Gradio would never build it), so each has a state of its own, its `arrival`, and
    follows that. The page renders the states, outside all tabs: one inside would change when Gradio builds its tab.
    """

    def __init__(self, engine: Engine, family: str) -> None:
        self.engine, self.family = engine, family
        entries = [e for e in engine.entries.values() if e.family == family]
        self.entries = entries
        gr.Markdown(FAMILIES[family].sentence, elem_classes="in-short")
        self.tools: dict[str, Any] = {}
        if not entries:
            gr.Markdown("No model of this family is here yet. Train one: `python -m generative train --help`.")
            return
        able = {n: [e for e in entries if e.problem or t.ability in e.abilities] for n, t in TOOLS.items()}
        with gr.Tabs(elem_id=f"{family}-tools", elem_classes="tools") as self.tabs:
            pages = {}
            for name, tool in TOOLS.items():
                if able[name] and (name == "samples" or any(not e.problem for e in able[name])):
                    prefix = family if name == "samples" else f"{family}-{name}"
                    with gr.Tab(tool.title, id=name, elem_id=f"tab-{prefix}-tool") as pages[name]:
                        self.tools[name] = tool(engine, able[name], prefix)
        first = self.tools["samples"].controls.first
        with gr.Accordion("How it works", open=False, elem_id=f"{family}-how"):
            gr.Markdown(how_it_works(FAMILIES[family]), latex_delimiters=MATH)
        with gr.Accordion("This model", open=False, elem_id=f"{family}-card"):
            self.card = gr.HTML(card(first))
        self.dataset, self.chosen = gr.State(first.dataset, render=False), gr.State(first.id, render=False)
        self.open = gr.State("samples", render=False)
        self.arrivals = {name: gr.State(None, render=False) for name in self.tools}
        self._wire(pages)

    @property
    def states(self) -> list[gr.State]:
        own = [state for tool in self.tools.values() for state in tool.states]
        return [self.dataset, self.chosen, self.open, *own, *self.arrivals.values()]

    @property
    def stages(self) -> list[Stage]:
        return [tool.stage for tool in self.tools.values() if hasattr(tool, "stage")]

    @property
    def built(self) -> str:
        """A selector of what is there once Gradio has built the tab."""
        return self.draw.built

    def absence(self, dataset: str) -> str:
        """Words for a data set that no model of this family has learnt from; none if one has."""
        if any(e.dataset == dataset for e in self.entries):
            return ""
        return f"No model of this family has learnt from {title(dataset)} yet: these are another data set's."

    @property
    def draw(self) -> DrawTool:
        return self.tools["samples"]

    def _wire(self, pages: dict[str, gr.Tab]) -> None:
        self.chosen.change(self._card, self.chosen, self.card, **QUIET)
        self.draw.pending.change(lambda: gr.Tabs(selected="samples"), None, self.tabs, **QUIET)
        self.dataset.change(
            self._change_dataset,
            [self.dataset, self.open, self.chosen, *self.arrivals.values()],
            [*self.arrivals.values()],
            **QUIET,
        )
        for name, tool in self.tools.items():
            arrival, model = self.arrivals[name], tool.controls.model
            arrival.change(self._follower(tool), [arrival, *tool.held], [*tool.follows, self.chosen], **QUIET)
            model.input(arrive, model, arrival, **QUIET)
            pages[name].select(
                self._opener(name),
                [self.chosen, model, arrival],
                [self.open, arrival],
                js=WHEN_BUILT % (tool.built, 3),
                **QUIET,
            )

    def _follower(self, tool: Any) -> Callable[..., dict[Any, Any]]:
        def follow(arrival: dict[str, Any] | None, *held: Any) -> dict[Any, Any]:
            if arrival is None:
                return {self.chosen: gr.skip()}
            try:
                entry = self.engine.entry(arrival["model"])
                return {**tool.follow(entry, *held), self.chosen: entry.id}
            except GenerativeError as e:
                return tool.fail(str(e))

        return follow

    # Both give back an arrival that stays, for Gradio takes a state that is skipped for changed.

    def _opener(self, name: str) -> Callable[..., tuple[str, Any]]:
        def opened(chosen: str, here: str, arrival: Any) -> tuple[str, Any]:
            entry = self.engine.entries.get(chosen)
            able = entry and self.tools[name].ability in entry.abilities
            return name, arrive(chosen) if able and chosen != here else arrival

        return opened

    def _change_dataset(self, dataset: str, name: str, chosen: str, *arrivals: Any) -> dict[gr.State, Any]:
        """The open tool turns to the opening model of a data set, if there is one and none is chosen yet."""
        entries: list[Entry] = [e for e in self.tools[name].controls.entries if e.dataset == dataset]
        stay = dict(zip(self.arrivals.values(), arrivals, strict=True))
        if entries and all(e.id != chosen for e in entries):
            return {**stay, self.arrivals[name]: arrive(opening(entries).id)}
        return stay

    def _card(self, chosen: str) -> str:
        entry = self.engine.entries.get(chosen)
        return card(entry) if entry else ""


def arrive(model: Any) -> dict[str, Any]:
    """The state that makes a tool turn to a model, new each time, so that it counts as a change."""
    return {"model": model, "token": uuid.uuid4().hex}
