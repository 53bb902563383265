"""Completions come in order of likelihood, and say what they are worth."""

import pytest
import torch

from generative.frame import Frame
from generative.inference.likelihood.completions import Completions
from generative.inference.pictures.grids import grid
from generative.inference.pictures.masks import hatched
from generative.models.autoregressive.completion import PixelOptions
from generative.seeds import Seeds

IMAGE, MASK = torch.rand(1, 4, 4), torch.eye(4, dtype=torch.bool)
IMAGES = torch.tensor([0.0, 0.2, 0.4, 0.6]).view(4, 1, 1, 1).expand(4, 1, 4, 4)


def ranked(candidates: int = 8, **figures: list[float]) -> Completions:
    frame = Frame(IMAGES, 4, 4, figures={name: torch.tensor(values) for name, values in figures.items()})
    return Completions.ranked(IMAGE, MASK, Seeds(7, 4), PixelOptions(candidates=candidates), frame)


def test_the_most_probable_comes_first_with_its_own_figures() -> None:
    done = ranked(
        bits_per_dim=[3.0, 1.0, 4.0, 2.0], effective_candidates=[5.0, 6.0, 7.0, 8.0], ancestors=[1.0, 2, 3, 4]
    )
    assert done.seeds == [8, 10, 7, 9]
    assert done.bits_per_dim == [1, 2, 3, 4]
    assert done.effective == [6, 8, 5, 7] and done.ancestors == [2, 4, 1, 3]
    assert done.effective_sample_size == 5
    assert torch.equal(done.images, IMAGES[[1, 3, 0, 2]])


def test_without_likelihoods_the_seeds_give_the_order() -> None:
    done = ranked()
    assert done.seeds == [7, 8, 9, 10] and done.bits_per_dim is None and torch.equal(done.images, IMAGES)


def test_the_sheet_begins_with_what_the_model_saw() -> None:
    done = ranked(bits_per_dim=[3.0, 1.0, 4.0, 2.0])
    expected = grid(torch.cat([hatched(IMAGE, MASK)[None], IMAGES[[1, 3, 0, 2]]]))
    assert done.sheet().tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("candidates", "effective", "words"),
    [
        (
            8,
            [2.0, 4.0, 4.0, 3.2],
            "effective sample size 2.0 of 8 candidates where it was least; of those begun 1 to 3",
        ),
        (8, None, "no known pixels come after the hole"),
        (1, None, "one candidate each"),
    ],
)
def test_what_the_candidates_were_worth_is_told_in_words(candidates: int, effective: list | None, words: str) -> None:
    figures = {} if effective is None else {"effective_candidates": effective, "ancestors": [3.0, 1, 2, 1]}
    assert ranked(candidates, **figures).weighing.startswith(words)
