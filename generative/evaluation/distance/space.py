"""A model's latent space, seen through the classifier of its data set."""

from dataclasses import dataclass

import torch
from torch import Tensor
from tqdm import tqdm

from generative.evaluation import attributes
from generative.evaluation.reference import Reference
from generative.evaluation.run import Run
from generative.inference.latent.atlas import Atlas, Direction, directions
from generative.inference.latent.formula import Term
from generative.protocols import Encodes, Interpolates
from generative.seeds import Seeds

BATCH = 250


@dataclass(frozen=True, eq=False)
class Labelled:
    """latents: (N, D). labels: (N, A), the index of the value of each attribute; seen: (N, A) bool, where it shows."""

    latents: Tensor
    labels: Tensor
    seen: Tensor


class Space:
    """A model's latent space, seen through the classifier of its data set."""

    def __init__(self, model: Interpolates, run: Run, real: Reference) -> None:
        self.model, self.run, self.real = model, run, real
        self.attributes = dict(run.dataset.attributes) or {"class": run.dataset.classes}
        self.encodes = isinstance(model, Encodes)
        self.source = "test images" if self.encodes else "samples"
        self.directions = directions(self.attributes)

    def labelled(self, split: str, count: int) -> Labelled:
        """Latents of a split's images, with their true labels; or of samples, with what the classifier sees."""
        if self.encodes:
            images, labels = self.run.read(split)
            images, labels = images[:count], labels[:count].reshape(len(images[:count]), -1)
            parts = tqdm(images.split(BATCH), desc=f"codes of {split} images", unit="batch", leave=False)
            latents = torch.cat([self.model.encode(part.float() / 255).cpu() for part in parts])
            return Labelled(latents, labels, self.visible(labels))
        first = self.run.seed + {"train": 1_000_000, "test": 2_000_000}[split]
        batches = tqdm(list(Seeds(first, count).batches(BATCH)), desc="samples", unit="batch", leave=False)
        latents = torch.cat([self.model.latents(part).cpu() for part in batches])
        return self.as_shown(latents)

    def visible(self, labels: Tensor) -> Tensor:
        """Which attributes of labelled pictures can be seen, (N, attributes): a hat hides hair. Of classes, all."""
        if self.run.dataset.attributes:
            return attributes.seen(labels, self.run.dataset)
        return torch.ones_like(labels, dtype=torch.bool)

    def seen_in(self, latents: Tensor, task: str = "") -> Tensor:
        """(N, A) int64: the likeliest value of each attribute in what latents (N, D) decode to."""
        found = []
        for part in tqdm(latents.split(BATCH), desc=task, unit="batch", leave=False, disable=not task):
            logits = self.real.logits_of(self.model.decode(part).cpu(), "")
            if self.run.dataset.attributes:
                found.append(attributes.shown(logits, self.attributes))
            else:
                found.append(logits.argmax(1, keepdim=True))
        return torch.cat(found)

    def as_shown(self, latents: Tensor) -> Labelled:
        """Labelled by what the classifier sees in the images that they decode to."""
        labels = self.seen_in(latents, "attributes of decoded images")
        return Labelled(latents, labels, self.visible(labels))

    def without(self, direction: Direction, known: Labelled, count: int) -> Labelled:
        """The first `count` that do not show what the direction is for, where it could be seen."""
        rows = (~direction.holds(known.labels) & known.seen[:, direction.column]).nonzero()[:count, 0]
        return Labelled(known.latents[rows], known.labels[rows], known.seen[rows])

    def effect(self, direction: Direction, before: Labelled, after: Tensor) -> tuple[float, float | None]:
        """Success and leakage of moving latents to `after` (N, D)."""
        shown = self.seen_in(after)
        success = float(direction.holds(shown).double().mean())
        others = before.seen & self.visible(shown)
        others[:, direction.column] = False
        changed = (shown != before.labels) & others
        return success, float(changed.sum() / others.sum()) if others.any() else None


def moved(atlas: Atlas, before: Labelled, direction: Direction, amount: float, method: str) -> Tensor:
    """(N, D): each latent and so much of a direction."""
    terms = [Term(direction.name, amount)]
    return torch.stack([atlas.moved(latent, terms, method) for latent in before.latents])
