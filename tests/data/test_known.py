"""What is known of the data sets, and reading them by name."""

from pathlib import Path

import pytest
import torch

from generative.data.avatars import labels
from generative.data.dataset import Dataset
from generative.data.examples import example
from generative.data.known import DATASETS, dataset, read
from generative.errors import InvalidOption, MissingData
from generative.inference.latent.atlas import directions
from generative.inference.latent.formula import parse


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "COUNTS", {"train": 4, "test": 3})


def test_an_image_has_a_class_or_attributes() -> None:
    for kind in DATASETS.values():
        assert bool(kind.classes) != bool(kind.attributes), kind.id
        assert kind.size in kind.sizes
    assert dataset("mnist").labels == tuple("0123456789")
    assert "glasses: sun" in dataset("avatars").labels


def test_avatars_are_read_at_both_sizes(few: None, tmp_path: Path) -> None:
    images, labels = read("avatars", "train", tmp_path)
    assert images.shape == (4, 3, 32, 32) and images.dtype == torch.uint8
    assert labels.shape == (4, len(dataset("avatars").attributes)) and labels.dtype == torch.int64
    assert read("avatars", "test", tmp_path, 64)[0].shape == (3, 3, 64, 64)


@pytest.mark.parametrize(("name", "size"), [("avatars", 28), ("avatars", 0), ("fashion-mnist", 32)])
def test_a_size_that_is_not_there_is_told(name: str, size: int, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match=str(size)) as failure:
        read(name, "train", tmp_path, size)
    assert failure.value.field == "size"


def test_an_unknown_split_or_data_set_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="train, test"):
        read("avatars", "validation", tmp_path)
    with pytest.raises(MissingData, match="avatars"):
        read("avatar", "train", tmp_path)


@pytest.mark.parametrize("kind", DATASETS.values(), ids=lambda kind: kind.id)
def test_what_a_record_says_of_its_pictures_holds(kind: Dataset) -> None:
    """What tools begin with are labels of its own; what is strange to it is bundled with another data set."""
    for sets in filter(None, (kind.openings.sets, kind.openings.few)):
        assert all(set(labels) <= set(kind.labels) for labels in sets), sets
    assert [term.name for term in parse(kind.openings.formula, names_of(kind))]
    assert kind.strange and kind.strange[0] != kind.id
    assert example(*kind.strange).min() >= 0
    assert set(kind.seen) <= set(kind.attributes) and bool(kind.captions) == bool(kind.attributes)


def names_of(kind: Dataset) -> list[str]:
    return [direction.name for direction in directions(dict(kind.attributes) or {"class": kind.classes})]
