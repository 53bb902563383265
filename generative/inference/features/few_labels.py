"""How well pictures can be told apart by a model's features where labels are few: a probe on the features, the same
probe on raw pixels, and a small network that starts from nothing, all taught the same labelled pictures."""

import statistics
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import torch
from torch import Tensor

from generative.abilities import ABILITIES
from generative.data.by_class import TRAINING, ByClass, by_class
from generative.errors import check_integer
from generative.inference.engine.engine import Engine
from generative.inference.features.network import taught
from generative.inference.features.probe import fitted, scaled
from generative.library.entries import Entry

COUNTS = (1, 2, 5, 10, 50, 500)  # labels a class
_looking = threading.Lock()
METHODS = {"features": "Probe on features", "pixels": "Probe on pixels", "network": "Network from nothing"}


def draws(each: int) -> int:
    """How often labelled pictures are drawn anew: the fewer there are, the more depends on which."""
    return 5 if each <= 10 else 3 if each <= 100 else 1


@dataclass(frozen=True)
class Accuracy:
    """Over test pictures, of each draw of the labelled ones."""

    of_draws: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the draws."""
        return statistics.fmean(self.of_draws)

    @property
    def deviation(self) -> float | None:
        """From draw to draw; None where there is but one."""
        return statistics.stdev(self.of_draws) if len(self.of_draws) > 1 else None


@dataclass(frozen=True, eq=False)
class Learnt:
    """each: labels a class. accuracies: by METHODS. said: (M,) what the probe on features, taught the first draw, says
    of the test pictures."""

    each: int
    accuracies: Mapping[str, Accuracy]
    said: Tensor


@dataclass(frozen=True, eq=False)
class Perceived:
    """Features of a data set's labelled pictures, or what stands for them: training (K·500, D) and test (K·100, D), of
    mean 0 and variance 1 over the training pictures, divided by √D."""

    training: Tensor
    test: Tensor


def learnt(engine: Engine, entry: Entry, counts: Sequence[int] = COUNTS, seed: int = 0) -> Iterator[Learnt]:
    """What comes of each number of labels a class. seed: of the first draw. Raises NotSupported for a data set of which
    no labelled pictures are bundled, InvalidOption for a count that is not 1 to 500."""
    counts = [check_integer("labels", each, 1, TRAINING) for each in counts]
    seen, known = perceived(engine, entry), by_class(entry.dataset)
    for each in counts:
        probes = [probe(seen, known, each, seed + draw) for draw in range(draws(each))]
        found = {
            "features": Accuracy(tuple(right(said, known) for said in probes)),
            **{name: Accuracy(without(entry.dataset, name, each, seed)) for name in ("pixels", "network")},
        }
        yield Learnt(each, found, probes[0])


def perceived(engine: Engine, entry: Entry) -> Perceived:
    """What a model makes of the bundled pictures; kept, as it takes seconds. Raises what the engine does."""
    changed = max((p.stat().st_mtime_ns for p in entry.folder.rglob("*.safetensors")), default=0)
    with _looking:  # so that two who ask at once do not both make them
        return _perceived(engine, entry.id, changed)


@lru_cache(maxsize=4)
def _perceived(engine: Engine, id: str, changed: int) -> Perceived:
    entry = engine.entry(id)
    known = by_class(entry.dataset)
    most = engine.limits.most(ABILITIES["perceives"])

    def features(images: Tensor) -> Tensor:
        parts = (part.float() / 255 for part in images.flatten(0, 1).split(most))
        return torch.cat([engine.answer(engine.request("perceives", entry, images=part)) for part in parts])

    return standard(features(known.training), features(known.test))


def standard(training: Tensor, test: Tensor) -> Perceived:
    """Features (N, D) and (M, D), scaled alike."""
    training, test = training.flatten(1).float(), test.flatten(1).float()
    return Perceived(scaled(training, training), scaled(test, training))


@lru_cache(maxsize=4)
def pixels(dataset: str) -> Perceived:
    """What stands for features where there is no model."""
    known = by_class(dataset)
    return standard(*(part.flatten(0, 1).float() / 255 for part in (known.training, known.test)))


@lru_cache(maxsize=256)
def without(dataset: str, method: str, each: int, seed: int) -> tuple[float, ...]:
    """Accuracies of what needs no model, by draw: the same beside every model."""
    known = by_class(dataset)
    if method == "pixels":
        return tuple(right(probe(pixels(dataset), known, each, seed + draw), known) for draw in range(draws(each)))
    training, test = (part.flatten(0, 1).float() / 255 for part in (known.training, known.test))
    accuracies = []
    for draw in range(draws(each)):
        chosen = drawn(known, each, seed + draw)
        network = taught(training[chosen], classes_of(chosen), len(known.training), seed + draw)
        accuracies.append(right(network(test).argmax(1), known))
    return tuple(accuracies)


def probe(seen: Perceived, known: ByClass, each: int, seed: int) -> Tensor:
    """(M,) what a probe says of the test pictures that was taught `each` labels a class."""
    chosen = drawn(known, each, seed)
    return fitted(seen.training[chosen], classes_of(chosen), len(known.training)).classes(seen.test)


def drawn(known: ByClass, each: int, seed: int) -> Tensor:
    """(K·each,) which training pictures are labelled: as many of each class."""
    generator = torch.Generator().manual_seed(seed)
    classes, there = known.training.shape[:2]
    return torch.cat([k * there + torch.randperm(there, generator=generator)[:each] for k in range(classes)])


def classes_of(chosen: Tensor) -> Tensor:
    """(N,) the classes of training pictures, which lie class by class."""
    return chosen // TRAINING


def truth(known: ByClass) -> Tensor:
    """(M,) the classes of the test pictures."""
    classes, each = known.test.shape[:2]
    return torch.arange(classes).repeat_interleave(each)


def right(said: Tensor, known: ByClass) -> float:
    """The share of test pictures whose class is told rightly."""
    return float((said == truth(known)).double().mean())


def wrong(one: Learnt, known: ByClass) -> list[int]:
    """Which test pictures the probe on features tells wrongly, in turn from every class that has some."""
    missed = torch.nonzero(one.said != truth(known))[:, 0].tolist()
    of_class = [[i for i in missed if i // known.test.shape[1] == k] for k in range(len(known.test))]
    return [i for together in zip_longest(*of_class) for i in together if i is not None]


def row(one: Learnt) -> dict[str, Any]:
    """As JSON."""
    told = {name: {"accuracy": a.mean, "deviation": a.deviation} for name, a in one.accuracies.items()}
    return {"labels": one.each, "draws": draws(one.each), **told}
