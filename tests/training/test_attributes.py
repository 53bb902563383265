"""A data set with attributes in the training loop: the classifier learns all of them, at the size that it has."""

from pathlib import Path

import pytest

import generative
from generative.data.avatars import labels as avatar_labels
from generative.data.avatars.images import Avatars
from generative.data.known import dataset
from generative.training.loop import Trainer


@pytest.mark.parametrize("size", [32, 64])
def test_the_classifier_of_the_avatars_is_told_all_values(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(avatar_labels, "COUNTS", {"train": 8, "test": 4})
    config = {"channels": 2, "size": size}
    place = {"data": tmp_path, "runs": tmp_path / "runs", "root": tmp_path / "checkpoints"}
    run = Trainer("avatars/classifier", steps=2, batch_size=4, config=config, **place)
    run.run()
    model = generative.load("avatars/classifier", root=place["root"])
    assert model.config.labels == dataset("avatars").labels and model.config.image_channels == 3
    images, labels = Avatars(tmp_path, "train", 8).read(size)
    found = model.attributes(images.float() / 255)
    assert list(found) == list(avatar_labels.ATTRIBUTES) and found["mouth"].shape == (8, 5) and labels.shape == (8, 8)
    assert 0 < run.rows[-1]["loss"] < 8 * 4 and 0 <= run.rows[-1]["accuracy"] <= 1
