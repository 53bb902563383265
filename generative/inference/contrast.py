"""GANs that differ in one thing alone, beside one another: what they draw of one noise, what a classifier makes of it,
and whether the curve that each training could watch told how good it was becoming."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.errors import GenerativeError, NotSupported, check_choice
from generative.figures import measured
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_COUNT
from generative.inference.engine.request import Request
from generative.inference.likelihood.neighbours import Found, nearest_known
from generative.library.entries import Entry
from generative.library.modes import read_modes
from generative.models.gans.contenders import Contender
from generative.models.gans.failures import KNOWN, Failure
from generative.models.gans.guidelines import Guided
from generative.models.model import Model

EACH = 10  # pictures of a class, in which it should be seen
COVERED = 0.5  # of them, at least, for a class that counts as drawn
LEAST_POINTS = 5  # for a correlation
FIGURES = ("class_agreement", "fid", "precision", "recall")  # of those measured, what is told


@dataclass(frozen=True)
class Roster:
    """What is put side by side: the models of a data set that are of the class `base`. title: in a list of rosters."""

    title: str
    base: type[Model]


ROSTERS = {
    "objectives": Roster("Objectives", Contender),
    "guidelines": Roster("Guidelines, each broken alone", Guided),
    "failures": Roster("What goes wrong", Failure),
}


@dataclass(frozen=True)
class Curve:
    """What a training could watch, by images seen. fid: what it could not; None where it was not measured.

    estimates: whether `watched` is a Wasserstein estimate; otherwise it is the discriminator's loss.
    """

    images: tuple[float, ...]
    watched: tuple[float, ...]
    fid: tuple[float, ...] | None
    estimates: bool

    @property
    def tells(self) -> float | None:
        """Spearman's rank correlation between what is watched and the FID, where that was measured anew: at 1 the curve
        falls just when pictures get better, at 0 it says nothing of them."""
        if self.fid is None:
            return None
        fresh = [i for i in range(len(self.fid)) if i == 0 or self.fid[i] != self.fid[i - 1]]
        if len(fresh) < LEAST_POINTS:
            return None
        return spearman([self.watched[i] for i in fresh], [self.fid[i] for i in fresh])


@dataclass(frozen=True, eq=False)
class Drawn:
    """Of one model: images (N, C, H, W) of what was asked for, and in what share of EACH pictures of a class a
    classifier sees it, {} where none can tell; of a model that is not told classes, the share of each in all pictures.
    nearest: the training images that are nearest, of a failure where they can be had."""

    request: Request
    images: Tensor
    recognised: dict[str, float]
    nearest: Found | None = None

    @property
    def entry(self) -> Entry:
        """The model."""
        return self.request.entry

    @property
    def covered(self) -> int:
        """How many classes are drawn so that they are seen: half as often as they should be, or more."""
        due = COVERED if self.entry.classes else COVERED / max(1, len(self.recognised))
        return sum(share >= due for share in self.recognised.values())

    @property
    def copied(self) -> int | None:
        """Of how many images the nearest training image is among the KNOWN first ones."""
        return None if self.nearest is None else int((self.nearest.indices < KNOWN).sum())

    def row(self) -> dict[str, Any]:
        """What is known of the model, as JSON."""
        known, found, modes = measured(self.entry.metrics), curve(self.entry), read_modes(self.entry.folder)
        near = self.nearest and [round(value, 4) for value in self.nearest.distances.tolist()]
        return {
            "model": self.entry.id,
            "objective": self.entry.kind_class.objective.title,
            "differs": differs(self.entry),
            "images_seen": self.entry.training.get("images_seen"),
            **{id: known[id]["value"] if id in known else None for id in FIGURES},
            "curve_tells": found.tells if found else None,
            "recognised": self.recognised,
            "classes_drawn": self.covered if self.recognised else None,
            "modes_drawn": modes.counts[-1] if modes else None,
            "modes": modes.of if modes else None,
            "distances": near,
            "copied": self.copied,
        }


def differs(entry: Entry) -> str:
    """In what a model differs from those beside it, or why it went wrong, in words."""
    kind = entry.kind_class
    if issubclass(kind, Guided):
        return kind.instead
    return kind.why if issubclass(kind, Failure) else f"Minimises the {kind.objective.title} objective"


def contenders(entries: Sequence[Entry], dataset: str, roster: str = "objectives") -> list[Entry]:
    """Those of `entries` that are to be put side by side, of one data set. Raises InvalidOption for another roster."""
    base = ROSTERS[check_choice("what", roster, list(ROSTERS))].base
    return [e for e in entries if not e.problem and e.dataset == dataset and issubclass(e.kind_class, base)]


def roster_of(entry: Entry) -> str | None:
    """Which roster a model stands in, if in any."""
    kind = None if entry.problem else entry.kind_class
    return next((id for id, roster in ROSTERS.items() if kind and issubclass(kind, roster.base)), None)


def contrasted(engine: Engine, entries: Sequence[Entry], **about: Any) -> Iterator[Drawn]:
    """What each of them draws, told the same, of the same noise. about: seed, count and condition, as `Engine.request`
    takes them. Raises NotSupported for fewer than two, and what the engine raises."""
    if len(entries) < 2:
        raise NotSupported(
            "Two GANs or more are needed that differ in one thing alone. Train them: python -m generative train "
            "fashion-mnist/non-saturating fashion-mnist/wgan-gp",
            "dataset",
        )
    for request in [engine.request("samples", entry, **about) for entry in entries]:  # all are checked before one runs
        images = engine.answer(request).images.cpu()
        yield Drawn(request, images, recognised(engine, request.entry, request.seeds.first), nearest(request, images))


def nearest(request: Request, images: Tensor) -> Found | None:
    """The training images nearest to those of a failure, if they are at hand."""
    if not issubclass(request.entry.kind_class, Failure):
        return None
    try:
        return nearest_known(request.entry.dataset, images)
    except GenerativeError:
        return None


def recognised(engine: Engine, entry: Entry, seed: int) -> dict[str, float]:
    """Of EACH pictures of every class the share in which the data set's classifier sees it, from `seed` on; of a model
    that is not told classes, the share of each among as many pictures in all."""
    judge = engine.judge(entry)
    if judge is None or any(": " in label for label in judge.labels):
        return {}
    if not entry.classes:
        seen = looked_at(engine, entry, judge, seed=seed, count=min(MAX_COUNT, EACH * len(judge.labels)))
        return {name: seen.count(name) / len(seen) for name in judge.labels}
    if not set(entry.classes) & set(judge.labels):
        return {}
    every = {name: looked_at(engine, entry, judge, seed=seed, count=EACH, condition=name) for name in entry.classes}
    return {name: seen.count(name) / EACH for name, seen in every.items()}


def looked_at(engine: Engine, entry: Entry, judge: Entry, **about: Any) -> list[str]:
    """What a classifier sees in each of the pictures that are asked for."""
    images = engine.answer(engine.request("samples", entry, **about)).images
    logits = engine.answer(engine.request("classifies", judge, images=images.cpu()))
    return [judge.labels[k] for k in logits.argmax(1).tolist()]


def curve(entry: Entry) -> Curve | None:
    """From the checkpoint's training.csv; None where that does not hold it."""
    estimates = entry.kind_class.objective.estimates
    wanted = {"images", *(("d_real", "d_fake") if estimates else ("d_loss",))}
    rows = [row for row in entry.beside.curve if wanted <= set(row)]
    if len(rows) < 2:
        return None
    watched = [row["d_real"] - row["d_fake"] if estimates else row["d_loss"] for row in rows]
    fid = tuple(row["fid"] for row in rows) if all("fid" in row for row in rows) else None
    return Curve(tuple(row["images"] for row in rows), tuple(watched), fid, estimates)


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """The correlation of two sequences' ranks, −1 to 1; of equal values the earlier counts as the smaller."""
    ranks = torch.tensor([first, second], dtype=torch.float64).argsort(dim=1, stable=True).argsort(dim=1)
    return float(torch.corrcoef(ranks.double())[0, 1])
