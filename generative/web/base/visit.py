"""What a visitor has chosen: one state, which a tool pulls when it comes on show."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generative.data.known import DATASETS
from generative.families import FAMILIES
from generative.inference.engine.request import Request
from generative.library.entries import Entry


@dataclass(frozen=True)
class Errand:
    """The way to a tool, with a model, and there to a run that is to be made again, if there is one.

    table: of a run that is one of a table, what else the table holds, by the tool's `lists`, not yet checked.
    token: tells it from the same run asked for once more.
    """

    entry: Entry
    tool: str
    request: Request | None = None
    table: Mapping[str, Any] = field(default_factory=dict)
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def to(self, family: str, tool: str) -> bool:
        return (self.entry.family, self.tool) == (family, tool)


@dataclass(frozen=True)
class Visit:
    """dataset: what the models on show learnt from. chosen: a model's id by family. errand: one that is under way."""

    dataset: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    errand: Errand | None = None

    def choose(self, entry: Entry) -> "Visit":
        """The visit with another model for its family."""
        return replace(self, chosen={**self.chosen, entry.family: entry.id})

    def turn(self, dataset: str) -> "Visit":
        """The visit with models of another data set."""
        return replace(self, dataset=dataset)

    def send(self, errand: Errand) -> "Visit":
        """The visit with an errand under way, to its model and its data set."""
        return replace(self.choose(errand.entry).turn(errand.entry.dataset), errand=errand)

    def arrived(self) -> "Visit":
        """The visit once the errand is where it was sent."""
        return replace(self, errand=None)

    def entry(self, entries: Sequence[Entry], shown: object = None) -> Entry:
        """Which of `entries`, those of a family that a tool is for, is to be on show in it.

        The chosen one, unless it is of another data set than the visit and there are models of that. A tool that
        shows one of the right data set already, `shown`, keeps it while none is chosen that it can show.
        """
        there = [e for e in entries if e.dataset == self.dataset] or list(entries)
        for wish in (self.chosen.get(entries[0].family), shown):
            if found := next((e for e in there if e.id == wish), None):
                return found
        return opening(there)


def opening(entries: Sequence[Entry]) -> Entry:
    """What a tool begins with, of the first data set there: what the family's record says, else the first ready one."""
    there = [e for e in entries if e.dataset == first_dataset(entries)]
    usable = [e for e in there if not e.problem] or there
    family = FAMILIES.get(usable[0].family)
    wanted = family.opens.get(usable[0].dataset) if family else None
    ready = [e for e in usable if e.state == "ready"] or usable
    return next((e for e in usable if e.folder.name == wanted), ready[0])


def first_dataset(entries: Sequence[Entry]) -> str:
    """The data set that a page opens with: the first that the project knows."""
    there = [e.dataset for e in entries]
    return next((known for known in DATASETS if known in there), there[0])
