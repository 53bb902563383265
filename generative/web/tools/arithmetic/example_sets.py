"""Examples for A − B + C: which pictures or seeds there are to choose from, and the latents of a choice.

Of a model with an encoder they are test images, whose attributes are known. Of one without they are samples: by class
where the model is told one, and else those in which the data set's classifier sees an attribute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.data.known import DATASETS
from generative.errors import InvalidOption, check_choice, check_integer
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_COUNT
from generative.inference.sources import decoded, encoded, seeded
from generative.library.entries import Entry
from generative.models.classifier import likeliest
from generative.web.tools.arithmetic.labelled_images import (
    MOST,
    OFFERED,
    counted,
    has_images,
    having,
    labelled_images,
    test_images,
    told,
)

SEEDS = 256  # samples that a classifier looks through for them
MAX_LABELS = 12  # of one set


@dataclass(frozen=True, eq=False)
class Examples:
    """latents: (N, D). words: what they are of."""

    latents: Tensor
    words: str


@dataclass(frozen=True)
class Choice:
    """What a set is made of: the pictures of those numbers or, without any, examples that have all `labels`: of each
    attribute one of the values that are named."""

    labels: tuple[str, ...] = ()
    picked: tuple[int, ...] = ()


class ExampleSets:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._seen: dict[str, Seen] = {}

    def offer(self, entry: Entry) -> tuple[Tensor, tuple[str, ...]]:
        """(N, C, H, W) pictures to pick, and what each shows."""
        if has_images(entry):
            return test_images(entry.dataset, entry.size)
        request = self.engine.request("interpolates", entry, count=OFFERED)
        names = (f"seed {s}, {c}" if c else f"seed {s}" for s, c in zip(request.seeds, request.captions, strict=True))
        return decoded(self.engine, entry, self.engine.answer(request)), tuple(names)

    def labels(self, entry: Entry) -> tuple[str, ...]:
        """What a set can be asked to have: "Sneaker", or "glasses: sun". Empty where nobody can tell."""
        if has_images(entry):
            return DATASETS[entry.dataset].labels
        classifier = self._classifier(entry)
        return tuple(entry.classes if entry.classes else classifier.labels if classifier else ())

    def choose(self, entry: Entry, choice: Choice) -> Examples:
        """Raises GenerativeError for a picture or a label that there is not, or when nothing has the labels."""
        if choice.picked:
            return self._picked(entry, choice.picked)
        if not choice.labels:
            raise InvalidOption("Pick a picture, or choose an attribute that the examples are to have.", "examples")
        known = list(self.labels(entry))
        labels = [check_choice("attribute", label, known) for label in dict.fromkeys(choice.labels[:MAX_LABELS])]
        if has_images(entry):
            images, words = labelled_images(entry, tuple(labels))
            return Examples(encoded(self.engine, entry, images), words)
        return self._of_classes(entry, labels) if entry.classes else self._as_seen(entry, labels)

    def _picked(self, entry: Entry, picked: Sequence[int]) -> Examples:
        """The latents of those pictures of `offer`."""
        indices = [check_integer("picture", index, 0, OFFERED - 1) for index in dict.fromkeys(picked)]
        if not has_images(entry):
            latents = torch.cat([seeded(self.engine, entry, i) for i in indices])
            return Examples(latents, counted(len(indices), "picked sample"))
        images, _ = test_images(entry.dataset, entry.size)
        check_integer("picture", max(indices), 0, len(images) - 1)
        return Examples(encoded(self.engine, entry, images[indices]), counted(len(indices), "picked test image"))

    def _of_classes(self, entry: Entry, labels: Sequence[str]) -> Examples:
        """As many samples of each of these classes."""
        each = MAX_COUNT // len(labels)
        latents = torch.cat([seeded(self.engine, entry, 0, each, condition=label) for label in labels])
        return Examples(latents, f"{len(latents)} samples of the class {told(labels)}")

    def _as_seen(self, entry: Entry, labels: Sequence[str]) -> Examples:
        """Of the first samples those in which a classifier sees these attributes."""
        seen = self._seen.get(entry.id) or self._seen.setdefault(entry.id, self._look(entry))
        rows = having(seen.labels, labels, seen.names).nonzero()[:, 0]
        if not len(rows):
            raise InvalidOption(f"In none of {SEEDS} samples does a classifier see {told(labels)}.", "examples")
        words = f"{counted(len(rows[:MOST]), 'sample')}, of {SEEDS}, in which a classifier sees {told(labels)}"
        return Examples(seen.latents[rows[:MOST]], words)

    def _look(self, entry: Entry) -> "Seen":
        parts = [seeded(self.engine, entry, first, MAX_COUNT) for first in range(0, SEEDS, MAX_COUNT)]
        classifier = self._classifier(entry)
        model, size, labels = self.engine.model(classifier.id), (classifier.size, classifier.size), []
        for latents in parts:
            images = F.interpolate(decoded(self.engine, entry, latents), size, mode="area")
            labels.append(likeliest(model.classify(images).cpu(), classifier.labels))
        return Seen(torch.cat(parts), torch.cat(labels), tuple(classifier.labels))

    def _classifier(self, entry: Entry) -> Entry | None:
        able = self.engine.usable("classifier", "classifies")
        return next((e for e in able if e.dataset == entry.dataset), None)


@dataclass(frozen=True, eq=False)
class Seen:
    """latents: (N, D) of samples. labels: (N, A), for each attribute of `names` the index of the value seen."""

    latents: Tensor
    labels: Tensor
    names: tuple[str, ...]


@lru_cache(maxsize=4)
def example_sets(engine: Engine) -> ExampleSets:
    """The engine's one ExampleSets: what a classifier has seen for a visitor is there for all."""
    return ExampleSets(engine)
