from pathlib import Path

import pytest
import torch

from generative.data.avatars.record import AVATARS
from generative.data.known import read
from generative.data.subset import subset
from generative.errors import InvalidOption
from generative.inference.likelihood import neighbours
from generative.inference.likelihood.neighbours import nearest_known, nearest_training


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


def test_all_training_images_are_looked_through_where_they_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENERATIVE_DATA", str(tmp_path))
    bundled = subset("fashion-mnist").tiles
    (tmp_path / "FashionMNIST" / "raw").mkdir(parents=True)
    (tmp_path / "FashionMNIST" / "raw" / "train-images-idx3-ubyte.gz").touch()
    monkeypatch.setattr(neighbours, "training_images", lambda dataset, size: bundled[-300:])
    found = nearest_known("fashion-mnist", bundled[-2:].float() / 255)
    assert found.whole and found.among == 300 and found.indices.tolist() == [298, 299]


def test_without_data_the_bundled_ones_are_looked_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENERATIVE_DATA", str(tmp_path))
    bundled = subset("fashion-mnist").tiles
    found = nearest_known("fashion-mnist", bundled[[7, 1999]].float() / 255)
    assert not found.whole and found.among == 2000 and found.indices.tolist() == [7, 1999]
    assert found.distances.tolist() == [0, 0] and torch.equal(found.images, bundled[[7, 1999]])
    assert not list(tmp_path.iterdir())  # nothing was downloaded


@pytest.mark.parametrize("size", [32, 64])
def test_of_avatars_the_nearest_are_rendered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int) -> None:
    monkeypatch.setenv("GENERATIVE_DATA", str(tmp_path))
    whole = AVATARS.rendered.images(AVATARS.rendered.labels("train")[[3, 1998]], size)
    found = nearest_known("avatars", whole.float() / 255)
    assert found.indices.tolist() == [3, 1998] and found.distances.tolist() == [0, 0]
    assert torch.equal(found.images, whole)


def test_data_that_cannot_be_read_are_replaced_by_those_bundled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENERATIVE_DATA", str(tmp_path))
    (tmp_path / "FashionMNIST" / "raw").mkdir(parents=True)
    (tmp_path / "FashionMNIST" / "raw" / "train-images-idx3-ubyte.gz").write_bytes(b"not gzip")
    assert nearest_known("fashion-mnist", torch.zeros(1, 1, 28, 28)).among == 2000


def test_where_nothing_is_bundled_all_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "training_images", lambda dataset, size: torch.zeros(3, 1, size, size))
    assert nearest_known("mnist", torch.zeros(1, 1, 28, 28)).among == 3
