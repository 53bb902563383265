"""Do the images show attributes, each of them clearly? For data sets whose images have these instead of a class."""

from collections.abc import Mapping

import torch
from torch import Tensor

from generative.data.dataset import Dataset, having
from generative.models.classifier import grouped, likeliest

CERTAIN = 0.5  # more than all other values together; every attribute has three values or more


def parts(logits: Tensor, attributes: Mapping[str, tuple[str, ...]]) -> list[Tensor]:
    """(N, K) logits of all values of all attributes → for each attribute (N, values) log-probabilities."""
    return [logits[:, columns].log_softmax(1) for columns in grouped(labels_of(attributes)).values()]


def labels_of(attributes: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Every value of every attribute, "name: value", in the order of a formula's directions."""
    return [f"{name}: {value}" for name, values in attributes.items() for value in values]


def shown(logits: Tensor, attributes: Mapping[str, tuple[str, ...]]) -> Tensor:
    """(N, K) logits of all values of all attributes → (N, A), the index of the likeliest value of each attribute."""
    return likeliest(logits, labels_of(attributes))


def seen(labels: Tensor, known: Dataset) -> Tensor:
    """(N, A) bool: which attributes can be seen at all, where labels (N, A) are the indices of their values."""
    everywhere = torch.ones(len(labels), dtype=torch.bool)
    return torch.stack([known.seen[a](labels) if a in known.seen else everywhere for a in known.attributes], 1)


def accuracies(logits: Tensor, labels: Tensor, known: Dataset) -> dict[str, float]:
    """For each attribute, of the images that let it be seen, the share whose likeliest value is that of labels."""
    return {name: float(found.nanmean()) for name, found in hits(logits, labels, known).items()}


def hits(logits: Tensor, labels: Tensor, known: Dataset) -> dict[str, Tensor]:
    """For each attribute, (N,) float64: 1 where the likeliest value is that of labels, 0 where not, NaN where no value
    can be seen."""
    right, visible = shown(logits, known.attributes) == labels, seen(labels, known)
    found = torch.where(visible, right.double(), torch.nan)
    return dict(zip(known.attributes, found.unbind(1), strict=True))


def clear(logits: Tensor, known: Dataset) -> Tensor:
    """(N,) bool: which images have a value of probability CERTAIN or more for every attribute that can be seen in them,
    given the likeliest values of the others."""
    certain = torch.stack([part.amax(1).exp() >= CERTAIN for part in parts(logits, known.attributes)], 1)
    return (certain | ~seen(shown(logits, known.attributes), known)).all(1)


def shows_held_out(known: Dataset, logits: Tensor) -> Tensor:
    """(N,) bool: the images whose likeliest values are a combination that is held out of training."""
    labels = shown(logits, known.attributes)
    return torch.stack([having(labels, combination, known.attributes) for combination in known.held_out]).any(0)
