"""Test images by what they show: the bundled ones, or those rendered for the attributes that are asked for."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from generative.data.examples import captions, examples
from generative.data.known import DATASETS
from generative.errors import InvalidOption, MissingData
from generative.inference.engine.limits import MAX_SCORED
from generative.library.entries import Entry
from generative.models.classifier import SINGLE, grouped

MOST = 32  # images of one set of attributes
OFFERED = 40  # to pick from


def has_images(entry: Entry) -> bool:
    """Whether there are labelled test images that this model can encode."""
    return "encodes" in entry.abilities and len(test_images(entry.dataset, entry.size)[0]) > 0


@lru_cache(maxsize=8)
def test_images(dataset: str, size: int) -> tuple[Tensor, tuple[str, ...]]:
    """(N, C, size, size) bundled test images, a class after the other in turn, and what each shows."""
    try:
        images, words = examples(dataset, size), captions(dataset)
    except (InvalidOption, MissingData):
        return torch.empty(0, 1, size, size), ()
    each = max(1, OFFERED // len(images))
    return images[:, :each].transpose(0, 1).flatten(0, 1), tuple(group[i] for i in range(each) for group in words)


def labelled_images(entry: Entry, labels: tuple[str, ...]) -> tuple[Tensor, str]:
    """Test images (N, C, H, W) that have the labels, at most MOST of them, and words."""
    kind = DATASETS[entry.dataset]
    if kind.rendered is None:
        each = max(1, MAX_SCORED // len(labels))
        images = torch.cat([examples(kind.id, entry.size)[kind.classes.index(label)][:each] for label in labels])
        return images, f"{len(images)} test images of the class {told(labels)}"
    images = rendered(kind.id, labels, entry.size)
    return images.float() / 255, f"{counted(len(images), 'test image')} with {told(labels)}"


@lru_cache(maxsize=32)
def rendered(dataset: str, labels: tuple[str, ...], size: int) -> Tensor:
    """(N, C, size, size) uint8: the first test images that have the labels and show it. Raises InvalidOption."""
    kind = DATASETS[dataset]
    every = kind.rendered.labels("test")
    rows = having(every, labels, kind.labels)
    for attribute in {attribute_of(label) for label in labels} & set(kind.seen):
        rows &= kind.seen[attribute](every)
    found = every[rows.nonzero()[:MOST, 0]]
    if not len(found):
        raise InvalidOption(f"No test image has {told(labels)}. Ask for less.", "examples")
    return kind.rendered.images(found, size)


def having(rows: Tensor, labels: Sequence[str], names: Sequence[str]) -> Tensor:
    """(N,) bool: which of rows (N, A), indices of values, have for each attribute in `labels` one of its values."""
    keep = torch.ones(len(rows), dtype=torch.bool)
    for column, (attribute, place) in enumerate(grouped(names).items()):
        wanted = [names.index(label) - place.start for label in labels if attribute_of(label) == attribute]
        if wanted:
            keep &= torch.isin(rows[:, column], torch.tensor(wanted))
    return keep


def attribute_of(label: str) -> str:
    """ "glasses" of "glasses: sun"; a class alone belongs to SINGLE."""
    return label.partition(": ")[0] if ": " in label else SINGLE


def told(labels: Sequence[str]) -> str:
    """ "glasses: sun or clear and hair: bob"."""
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault(attribute_of(label), []).append(label.partition(": ")[2] or label)
    return ", ".join(
        " or ".join(values) if attribute == SINGLE else f"{attribute}: {' or '.join(values)}"
        for attribute, values in groups.items()
    )


def counted(number: int, what: str) -> str:
    """ "1 image", "2 images"."""
    return f"{number} {what}{'' if number == 1 else 's'}"
