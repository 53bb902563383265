"""The film of a training, read from a folder that anyone may have written."""

import json
from pathlib import Path

import pytest
import torch

from generative.library.reel import read_reel
from generative.training.film import Film


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    film = Film()
    for step in (0, 10, 30):
        film.keep(torch.rand(16, 1, 8, 8), step, 0.0)
    film.write(tmp_path)
    return tmp_path


def test_a_film_is_read_as_training_wrote_it(folder: Path) -> None:
    reel = read_reel(folder)
    assert reel is not None and reel.steps == (0, 10, 30) and reel.picture == folder / "film.webp"


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": [0, 10]},
        {"steps": [0, 30, 10]},
        {"steps": [0, 10, "30"]},
        {"steps": 3},
        {"height": 9},
        {"height": "9"},
    ],
)
def test_a_film_of_other_moments_than_it_says_is_none(folder: Path, changes: dict) -> None:
    told = json.loads((folder / "film.json").read_text()) | changes
    (folder / "film.json").write_text(json.dumps(told))
    assert read_reel(folder) is None


def test_half_a_film_is_none(folder: Path) -> None:
    (folder / "film.json").write_text("{")
    assert read_reel(folder) is None
    (folder / "film.webp").unlink()
    assert read_reel(folder) is None
