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
    said: what is to be shown where no run is made, by the tool's `words`.
    token: tells it from the same run asked for once more.
    """

    entry: Entry
    tool: str
    request: Request | None = None
    table: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def is_bare(self) -> bool:
        """Whether it leads to a tool and a model, and to nothing that was made there."""
        return self.request is None and not self.said

    def to(self, family: str, tool: str) -> bool:
        return (self.entry.family, self.tool) == (family, tool)


@dataclass(frozen=True)
class Visit:
    """dataset: what the models on show learnt from. chosen: a model's id by family. errand: one that is under way.
    compared: the runs that Compare is to make when it comes on show."""

    dataset: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    errand: Errand | None = None
    compared: Sequence[Request] = ()

    def choose(self, entry: Entry) -> "Visit":
        """The visit with another model for its family."""
        return replace(self, chosen={**self.chosen, entry.family: entry.id})

    def turn(self, dataset: str) -> "Visit":
        """The visit with models of another data set, and none that is of no data set here."""
        kept = {family: id for family, id in self.chosen.items() if dataset == self.dataset or not is_brought(id)}
        return replace(self, dataset=dataset, chosen=kept)

    def send(self, errand: Errand) -> "Visit":
        """The visit with an errand under way, to its model and its data set."""
        dataset = errand.entry.dataset or self.dataset  # what a visitor has brought goes with any
        return replace(self.turn(dataset).choose(errand.entry), errand=errand)

    def arrived(self) -> "Visit":
        """The visit once the errand is where it was sent."""
        return replace(self, errand=None)

    def entry(self, entries: Sequence[Entry], shown: object = None) -> Entry:
        """Which of `entries`, those of a family that a tool is for, is to be on show in it.

        The chosen one, unless it is of another data set than the visit and there are models of that. A tool that
        shows one of the right data set already, `shown`, keeps it while none is chosen that it can show. What a
        visitor has brought is of none and goes with each.
        """
        there = [e for e in entries if e.dataset == self.dataset] or list(entries)
        wish = self.chosen.get(entries[0].family)
        found = next((e for e in entries if e.id == wish and (e in there or is_brought(e.id))), None)
        return found or next((e for e in there if e.id == shown), None) or opening(there)


def is_brought(id: str) -> bool:
    """Whether a model is none of the page's own."""
    return id.startswith("hf:")


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
