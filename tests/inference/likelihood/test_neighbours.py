from pathlib import Path

import pytest
import torch

from generative.data.avatars.images import Avatars
from generative.data.avatars.labels import COUNTS
from generative.data.known import read
from generative.errors import InvalidOption
from generative.inference.likelihood import neighbours
from generative.inference.likelihood.neighbours import nearest_training, waiting_words


def some_bytes(count: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(256, (count, 1, 8, 8), generator=generator).to(torch.uint8)


def test_finds_a_planted_copy_at_distance_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "CHUNK", 4000 * 64)
    training, images = some_bytes(9000, 0), some_bytes(3, 1).float() / 255  # more than two chunks
    images[1] = training[8765].float() / 255
    nearest = nearest_training(images, training)
    assert nearest.indices[1] == 8765
    assert nearest.distances[1] == 0
    assert nearest.distances[[0, 2]].min() > 0.1


def test_agrees_with_comparing_all_pairs() -> None:
    training, images = some_bytes(500, 0), some_bytes(40, 1).float() / 255
    pairs = (images[:, None] - training[None].float() / 255).square().mean((2, 3, 4)).sqrt()
    nearest = nearest_training(images, training)
    torch.testing.assert_close(nearest.distances, pairs.min(1).values)
    assert torch.equal(nearest.indices, pairs.argmin(1))


def test_black_and_white_are_one_apart() -> None:
    white = torch.full((1, 1, 8, 8), 255, dtype=torch.uint8)
    assert nearest_training(torch.zeros(1, 1, 8, 8), white).distances.tolist() == [1.0]


def test_a_data_set_is_read_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = []

    def once(dataset: str, split: str, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        asked_for.append((dataset, split, size))
        return torch.zeros(3, 1, size, size, dtype=torch.uint8), torch.zeros(3)

    monkeypatch.setattr(neighbours, "read", once)
    neighbours._read_once.cache_clear()
    first = neighbours.training_images("mnist", 28)
    assert neighbours.training_images("mnist", 28) is first and asked_for == [("mnist", "train", 28)]
    neighbours._read_once.cache_clear()


def test_what_cannot_be_read_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "read", read)
    for _ in range(2):
        with pytest.raises(InvalidOption, match="28 pixels, not 27"):
            neighbours.training_images("mnist", 27)


def test_who_waits_for_avatars_is_told_whether_they_are_rendered_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENERATIVE_DATA", str(tmp_path))
    assert "Rendering 20,000 avatars" in waiting_words("avatars")
    path = Avatars(tmp_path, "train", COUNTS["train"]).path
    path.parent.mkdir()
    path.touch()
    assert waiting_words("avatars") == "Looking through all training images of Avatars …"
    assert "Fashion-MNIST" in waiting_words("fashion-mnist")
