"""What is told of features from few labels, whoever asks: numbers, and the pictures that are told wrongly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image
from torch import Tensor

from generative.data.by_class import ByClass, by_class
from generative.errors import check_integer
from generative.inference.denoising.trials import several
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.features.feature_map import Clusters, clustered
from generative.inference.features.few_labels import COUNTS, Learnt, learnt, perceived, row, truth, wrong
from generative.inference.pictures.sheet import sheet
from generative.library.entries import Entry

MOST_CLUSTERS = 50
SHOWN = 16  # pictures of a sheet


@dataclass(frozen=True, eq=False)
class Report:
    """request: a drawing of the model, which a link to all this goes by. rows: by number of labels."""

    request: Request
    rows: Sequence[Learnt]
    clusters: Clusters

    @property
    def known(self) -> ByClass:
        """The pictures."""
        return by_class(self.request.entry.dataset)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "model": self.request.entry.id,
            "was_told": bool(self.request.entry.told),
            "rows": [row(one) for one in self.rows],
            "clusters": len(self.clusters.centres),
            "purity": self.clusters.purity,
            "information": self.clusters.information,
        }

    def made(self) -> dict[str, Any]:
        """What a PNG tells of its making."""
        return self.request.plain() | {"tool": "features", "labels": [one.each for one in self.rows]}

    def sheet(self) -> Image.Image:
        """Pictures that are told wrongly, taught the first number of labels."""
        images, words = mistaken(self.rows[0], self.known)
        return sheet({"": images[:SHOWN]}, words[:SHOWN])


def counted(said: Any) -> list[int]:
    """Numbers of labels, as anyone may have written them. Raises InvalidOption."""
    return [check_integer("labels", each, 1, COUNTS[-1]) for each in several("labels", said, len(COUNTS))]


def reported(engine: Engine, model: str | Entry, labels: Any, seed: Any, clusters: Any) -> Report:
    """All of it at once. Raises a GenerativeError."""
    entry = engine.able(model, "perceives")
    clusters = check_integer("clusters", clusters, 2, MOST_CLUSTERS)
    counts, request = counted(labels), drawing(engine, entry, seed)
    rows = list(learnt(engine, entry, counts, request.seeds.first))
    found = clustered(perceived(engine, entry).test, truth(by_class(entry.dataset)), clusters, request.seeds.first)
    return Report(request, rows, found)


def drawing(engine: Engine, entry: Entry, seed: Any) -> Request:
    """The drawing that a link goes by, of a seed that is checked."""
    return engine.request("samples", entry, seed=seed, count=1)


def mistaken(one: Learnt, known: ByClass) -> tuple[Tensor, list[str]]:
    """(N, C, H, W) test pictures that are told wrongly, and of each what it is and what is said."""
    places, names = wrong(one, known), known.kind.classes
    images = known.test.flatten(0, 1)[places].float() / 255
    truths = truth(known)[places].tolist()
    said = one.said[places].tolist()
    return images, [f"{names[of]}, said {names[to]}" for of, to in zip(truths, said, strict=True)]
