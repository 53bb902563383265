"""What all tools share: built when first opened, kept afterwards, and told what is current when it comes on show."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import gradio as gr
from gradio.components import Component

from generative.errors import GenerativeError, NotSupported
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.face import Face, turn
from generative.web.base.run import QUIET
from generative.web.base.visit import Errand, Visit, opening
from generative.web.widgets.stage.stage import Stage

if TYPE_CHECKING:
    from generative.web.base.controls import ModelChoice

Updates = Mapping[Any, Any]  # component → its update


@dataclass(frozen=True, eq=False)
class Bench:
    """What a tool is built with: the models of a family that it is for, and the one that it begins with.

    name: its own in the family. prefix: of the ids of its components. visit: the page's state, of which None is a tool
    on its own. restores: makes a stage take pictures that were saved here and bring back their runs.
    """

    engine: Engine
    entries: Sequence[Entry]
    first: Entry
    name: str
    prefix: str
    visit: gr.State | None = None
    restores: Callable[[Stage], None] = lambda stage: None

    @classmethod
    def alone(cls, engine: Engine, entries: Sequence[Entry], prefix: str) -> "Bench":
        """For a tool that stands on no page."""
        return cls(engine, entries, opening(entries), prefix, prefix)


def two_columns() -> tuple[gr.Column, gr.Column]:
    """Where every tool has its controls, and beside them what it shows."""
    with gr.Row(elem_classes="bench"):
        return (
            gr.Column(scale=0, min_width=320, elem_classes="controls"),
            gr.Column(scale=1, min_width=300, elem_classes="stage-column"),
        )


class Tool(ABC):
    """One thing that the models of a family can do. It is built where it is to stand.

    title: of its tab. ability: what a model needs for it. also: other abilities whose runs it brings back. held: what
    `follow`, `recall` and `fail` are told.
    outputs: what they may change. lists: of a tool that makes a table of runs, the names of what it tries. words: of a
    tool that makes none, what a link to what it shows says besides the model.
    """

    title: ClassVar[str]
    ability: ClassVar[str]
    also: ClassVar[tuple[str, ...]] = ()
    lists: ClassVar[tuple[str, ...]] = ()
    words: ClassVar[tuple[str, ...]] = ()
    controls: "ModelChoice"

    def __init__(self, bench: Bench) -> None:
        self.bench, self.engine = bench, bench.engine
        about = {"sender": bench.prefix, "place": {"tab": bench.first.family, "tool": bench.name}}
        self.face = Face({"model": bench.first.id, "run": ""}, elem_id=f"{bench.prefix}-face", **about)

    @classmethod
    def serves(cls, entries: Sequence[Entry]) -> list[Entry]:
        """Of the models of a family those that it is for; damaged ones are among them, for nobody knows."""
        return [e for e in entries if e.problem or cls.ability in e.abilities]

    @property
    def held(self) -> list[Component]:
        return []

    @property
    @abstractmethod
    def outputs(self) -> list[Component]: ...

    @abstractmethod
    def follow(self, entry: Entry, *held: Any) -> Updates:
        """The updates for another model; what fits it is kept."""

    def recall(self, request: Request, *held: Any) -> Updates:
        """The updates that make the controls say `request`; the face then asks for the run. Raises GenerativeError."""
        raise NotSupported(f"{self.title} cannot bring back a run yet.")

    def lay(self, table: Mapping[str, Any]) -> Updates:
        """The updates that choose what a table tries, by `lists`, as anyone may have written it. Raises
        GenerativeError."""
        return {}

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Any:
        """What a link with `words` says of a model, as `show` takes it. Raises GenerativeError."""
        return said

    def show(self, entry: Entry, said: Any) -> Updates:
        """The updates that show what was `understood`, after those that follow the model."""
        return {}

    @abstractmethod
    def fail(self, words: str) -> Updates:
        """The updates that tell what is wrong."""

    def wire(self) -> None:
        """Follows the visit, and tells it of a choice. To be called once, when all is built."""
        visit, model = self.bench.visit, self.controls.model
        if visit is None:
            return
        changed = [visit, self.face, *self.outputs]
        self.face.expand(self._pull, [visit, self.face, *self.held], changed, trigger_mode="always_last", **QUIET)
        chosen = model.input(self._change_model, [visit, model, *self.held], changed, **QUIET)
        chosen.then(None, None, None, js=turn(self.bench.prefix), api_visibility="private")

    def _pull(self, visit: Visit, face: Any, *held: Any) -> Updates:
        """What has changed while the tool was not on show. A state is always given back: one left out counts as new."""
        shown = face.get("model") if isinstance(face, dict) else None
        try:
            errand = visit.errand
            if errand and errand.to(self.bench.first.family, self.bench.name):
                if errand.is_bare and errand.entry.id == shown:  # somebody comes back: what was made stays
                    return {self.bench.visit: visit.arrived()}
                return self._arrived(visit.arrived(), errand, *held)
            entry = visit.entry(self.bench.entries, shown)
            if entry.id == shown:
                return {self.bench.visit: visit}
            return {**self._told(visit, {"model": entry.id, "run": ""}), **self.follow(entry, *held)}
        except GenerativeError as e:
            return {self.bench.visit: visit.arrived(), **self.fail(str(e))}

    def _arrived(self, visit: Visit, errand: Errand, *held: Any) -> Updates:
        """The updates for an errand to this tool. Raises GenerativeError."""
        told = {"model": errand.entry.id, "run": errand.token if errand.request or errand.said else ""}
        came = self.recall(errand.request, *held) if errand.request else self.follow(errand.entry, *held)
        laid = self.lay(errand.table) if errand.table else {}
        seen = self.show(errand.entry, self.understood(errand.entry, errand.said)) if errand.said else {}
        return {**self._told(visit, told), **came, **laid, **seen}

    def _change_model(self, visit: Visit, id: Any, *held: Any) -> Updates:
        try:
            entry = self.engine.able(id, self.ability)
            return {
                **self._told(visit.choose(entry), {"model": entry.id, "run": ""}),
                **self.follow(entry, *held),
            }
        except GenerativeError as e:
            return {self.bench.visit: visit, **self.fail(str(e))}

    def _told(self, visit: Visit, face: dict[str, str]) -> dict[Any, Any]:
        return {self.bench.visit: visit, self.face: face}
