"""The film of a training: which moments it keeps, and what it leaves in the folder."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from generative.training.film import LARGEST, MOMENTS, Film


def test_a_long_run_keeps_two_dozen_moments_the_early_ones_closer_together() -> None:
    film = Film()
    taken = [step for step in range(10_001) if film.due(step / 10_000)]
    assert len(taken) == MOMENTS and taken[0] == 0 and taken[-1] == 10_000
    gaps = [later - earlier for earlier, later in pairwise(taken)]
    assert gaps == sorted(gaps) and gaps[0] < gaps[-1] / 10


def test_a_short_run_keeps_each_step_once() -> None:
    film = Film()
    assert [step for step in range(4) for _ in range(2) if film.due(step / 3)] == [0, 1, 2, 3]


def test_a_resumed_film_goes_on_where_it_was() -> None:
    whole, begun = Film(), Film()
    for film, steps in ((whole, range(101)), (begun, range(50))):
        for step in steps:
            if film.due(step / 100):
                film.keep(torch.full((16, 1, 4, 4), step / 100), step, step / 2)
    resumed = Film()
    resumed.restore(begun.state())
    for step in range(50, 101):
        if resumed.due(step / 100):
            resumed.keep(torch.full((16, 1, 4, 4), step / 100), step, step / 2)
    assert resumed.steps == whole.steps and resumed.seconds == whole.seconds


def test_moments_lie_below_one_another_and_their_steps_are_told(tmp_path: Path) -> None:
    film, random = Film(), torch.Generator().manual_seed(0)
    moments = [torch.rand(16, 1, 8, 8, generator=random) for _ in range(3)]
    for step, images in enumerate(moments):
        film.keep(images, 10 * step, step / 4)
    film.write(tmp_path)
    told = json.loads((tmp_path / "film.json").read_text())
    assert told == {"steps": [0, 10, 20], "seconds": [0.0, 0.2, 0.5], "across": 4, "height": 4 * 8 + 3 * 2}
    strip = np.asarray(Image.open(tmp_path / "film.webp").convert("L"))
    assert strip.shape == (3 * told["height"], 4 * 8 + 3 * 2)
    second = strip[told["height"] : 2 * told["height"]]
    assert np.array_equal(second[10:18, 20:28], (moments[1][6, 0] * 255).round().byte().numpy())  # row 1, column 2


def test_the_largest_film_is_small_enough(tmp_path: Path) -> None:
    film, random = Film(), torch.Generator().manual_seed(0)
    for step in range(MOMENTS):  # noise, which packs worst
        film.keep(torch.rand(16, 3, 128, 128, generator=random), step, 0.0)  # of which means are shown
    film.write(tmp_path)
    assert (tmp_path / "film.webp").stat().st_size <= LARGEST
    told = json.loads((tmp_path / "film.json").read_text())
    assert told["height"] == 4 * 64 + 3 * 2
    assert told["steps"][-1] == MOMENTS - 1  # where some have to go, the last stays
    assert Image.open(tmp_path / "film.webp").height == len(told["steps"]) * told["height"]


def test_a_training_without_pictures_leaves_no_film(tmp_path: Path) -> None:
    Film().write(tmp_path)
    assert not list(tmp_path.iterdir())
