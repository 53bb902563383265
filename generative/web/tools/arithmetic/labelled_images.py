"""Test images by what they show: the bundled ones, and avatars rendered for the attributes that are asked for."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from generative.data import avatars
from generative.data.datasets import DATASETS
from generative.data.examples import captions, examples
from generative.errors import InvalidOption, MissingData
from generative.inference.engine.engine import MAX_SCORED
from generative.library.entries import Entry
from generative.models.classifier import SINGLE, grouped

MOST = 32  # images of one set of attributes
OFFERED = 40  # to pick from


def has_images(entry: Entry) -> bool:
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
    if not kind.attributes:
        each = max(1, MAX_SCORED // len(labels))
        images = torch.cat([examples(kind.id, entry.size)[kind.classes.index(label)][:each] for label in labels])
        return images, f"{len(images)} test images of the class {told(labels)}"
    images = portraits(labels)
    if not len(images):
        raise InvalidOption(f"No test image has {told(labels)}. Ask for less.", "examples")
    images = images if entry.size == avatars.SIZE else avatars.halve(images)
    return images.float() / 255, f"{counted(len(images), 'test image')} with {told(labels)}"


@lru_cache(maxsize=32)
def portraits(labels: tuple[str, ...]) -> Tensor:
    """(N, 3, H, W) uint8: the first avatars of the test split that have the labels, rendered."""
    every = avatars.draw("test", avatars.COUNTS["test"])
    rows = having(every, labels, DATASETS["avatars"].labels)
    if any(label.startswith("hair colour: ") for label in labels):
        rows &= avatars.hair_colour_shown(every)
    found = every[rows.nonzero()[:MOST, 0]]
    return avatars.render(found, "rendering examples") if len(found) else torch.empty(0, 3, avatars.SIZE, avatars.SIZE)


def having(rows: Tensor, labels: Sequence[str], names: Sequence[str]) -> Tensor:
    """(N,) bool: which of rows (N, A), indices of values, have for each attribute in `labels` one of its values."""
    keep = torch.ones(len(rows), dtype=torch.bool)
    for column, (attribute, place) in enumerate(grouped(names).items()):
        wanted = [names.index(label) - place.start for label in labels if attribute_of(label) == attribute]
        if wanted:
            keep &= torch.isin(rows[:, column], torch.tensor(wanted))
    return keep


def attribute_of(label: str) -> str:
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
    return f"{number} {what}{'' if number == 1 else 's'}"
