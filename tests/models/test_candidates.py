"""The particle filter, against a model whose posterior is known in closed form."""

import itertools
import math

import pytest
import torch
from torch import Tensor

from generative.models.autoregressive.candidates import Candidates
from generative.models.autoregressive.completion import PixelOptions
from generative.models.autoregressive.encoding import LEVELS, PixelConfig
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.model import drain, to_bytes
from generative.seeds import Seeds

SIZE, VALUES = 3, 2
START = torch.tensor([0.5, 0.5])
NEXT = torch.tensor([[0.9, 0.1], [0.3, 0.7]])  # p(next value | value), along raster order
KNOWN = torch.tensor([[0, 0, 0], [0, 1, 0], [0, 1, 1]])
HOLE = torch.tensor([[0, 1, 1], [1, 0, 1], [1, 0, 0]], dtype=torch.bool)  # known pixels between and after its parts


class Chain(PixelModel):
    """A Markov chain along raster order over two of the 256 values."""

    title = "Markov chain"
    Options = PixelOptions

    def __init__(self) -> None:
        super().__init__(PixelConfig((), SIZE))
        impossible = torch.full((VALUES + 1, LEVELS - VALUES), -1e4)
        self.rows = torch.nn.Parameter(torch.cat([torch.cat([NEXT, START[None]]).log(), impossible], 1))

    def forward(self, images: Tensor, labels: Tensor | None) -> Tensor:
        flat = to_bytes(images).flatten(1)
        before = torch.cat([torch.full_like(flat[:, :1], VALUES), flat[:, :-1]], 1)
        return self.rows[before].transpose(1, 2).unflatten(2, (SIZE, SIZE))

    def sweep(self, canvas: Tensor, labels: Tensor | None) -> "ChainSweep":
        return ChainSweep(self, canvas)


class ChainSweep:
    def __init__(self, model: Chain, canvas: Tensor) -> None:
        self.model, self.canvas = model, canvas

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor:
        here = row * SIZE + column
        before = to_bytes(self.canvas).flatten(1)[:, here - 1] if here else torch.full((len(self.canvas),), VALUES)
        return self.model.rows[before]

    def reorder(self, index: Tensor) -> None:
        pass


def completed(count: int, candidates: int, first: int = 0) -> Tensor:
    """(count, pixels of the hole): what was drawn there."""
    known = (KNOWN / 255)[None, None]
    frames = Chain().complete(known, HOLE, Seeds(first, count), PixelOptions(candidates=candidates))
    return to_bytes(drain(frames).images[:, 0, HOLE])


def probability(hole: tuple[int, ...]) -> float:
    """p(hole, known), by the chain rule."""
    image = KNOWN.masked_scatter(HOLE, torch.tensor(hole)).flatten().tolist()
    return float(START[image[0]]) * math.prod(float(NEXT[a, b]) for a, b in itertools.pairwise(image))


def total_variation(drawn: Tensor, wanted: dict[tuple[int, ...], float]) -> float:
    """Half the L1 distance of the frequencies of what was drawn to normalised `wanted`: 0 the same, 1 disjoint."""
    found = [tuple(row) for row in drawn.tolist()]
    whole = sum(wanted.values())
    return sum(abs(found.count(hole) / len(found) - p / whole) for hole, p in wanted.items()) / 2


def posterior() -> dict[tuple[int, ...], float]:
    return {hole: probability(hole) for hole in itertools.product(range(VALUES), repeat=int(HOLE.sum()))}


def sequential() -> dict[tuple[int, ...], float]:
    """p(hole) when each pixel is drawn from those before it and known pixels have no say."""
    drawn = {}
    for hole in posterior():
        image = KNOWN.masked_scatter(HOLE, torch.tensor(hole)).flatten().tolist()
        hidden = HOLE.flatten().tolist()
        drawn[hole] = math.prod(float(NEXT[image[i - 1], image[i]]) for i in range(1, SIZE**2) if hidden[i])
    return drawn


def test_what_survives_is_distributed_as_the_exact_posterior() -> None:
    distances = [total_variation(completed(2000, m), posterior()) for m in (1, 4, 16)]
    assert distances[0] > 0.4, "the example must be hard enough to tell"
    assert distances[1] < 0.25  # the error falls with 1 / candidates
    assert distances[2] < 0.1  # 2,000 exact draws are at 0.03; weights that outlive their resampling at 0.13


def test_one_candidate_is_the_plain_draw_in_raster_order() -> None:
    drawn = completed(2000, 1)
    assert total_variation(drawn, sequential()) < 0.05
    assert total_variation(drawn, posterior()) > 0.3


def test_an_image_depends_on_its_own_seed_and_not_on_its_batch() -> None:
    together = completed(9, 8, first=20)
    assert torch.equal(completed(3, 8, first=23), together[3:6])
    assert torch.equal(torch.cat([completed(1, 8, first=s) for s in range(20, 29)]), together)
    assert len(together.unique(dim=0)) > 1


def test_the_effective_sample_size_does_not_depend_on_the_batch_either() -> None:
    known, options = (KNOWN / 255)[None, None], PixelOptions(candidates=8)
    together = drain(Chain().complete(known, HOLE, Seeds(0, 12), options)).figures["effective_candidates"]
    alone = [drain(Chain().complete(known, HOLE, Seeds(s), options)).figures["effective_candidates"] for s in range(12)]
    torch.testing.assert_close(torch.cat(alone), together)
    assert together.min() >= 1 and together.max() <= 8
    assert together.unique().numel() > 1


WEIGHTS = torch.tensor([0.55, 0.0, 0.02, 0.2, 0.03, 0.1, 0.1, 0.0], dtype=torch.float64)


@pytest.fixture
def weighed() -> Candidates:
    candidates = Candidates(Seeds(0, 4000), len(WEIGHTS), 1, torch.device("cpu"))
    candidates.log_weights += WEIGHTS.log()
    return candidates


def test_resampling_keeps_expectations_and_is_systematic(weighed: Candidates) -> None:
    count = len(WEIGHTS)
    survivors = weighed.resampled(0)
    assert survivors is not None
    own = survivors.view(-1, count) - torch.arange(4000)[:, None] * count
    copies = torch.nn.functional.one_hot(own, count).sum(1)
    expected = count * WEIGHTS
    assert (copies >= expected.floor()).all() and (copies <= expected.ceil()).all()
    torch.testing.assert_close(copies.double().mean(0), expected, atol=0.04, rtol=0)
    assert not weighed.log_weights.any()


def test_the_result_is_chosen_in_proportion_to_the_weights(weighed: Candidates) -> None:
    chosen = weighed.chosen() - torch.arange(4000) * len(WEIGHTS)
    shares = torch.bincount(chosen, minlength=len(WEIGHTS)) / 4000
    torch.testing.assert_close(shares.double(), WEIGHTS, atol=0.03, rtol=0)
    assert (weighed.best() == torch.arange(4000) * len(WEIGHTS)).all()


def test_what_is_told_is_the_worst_row_and_the_surviving_beginnings() -> None:
    """Two candidates that carry all the weight are copied twice; then the weights are even, and one decides again."""
    candidates = Candidates(Seeds(0, 1), 4, 3, torch.device("cpu"))
    for row, shares in enumerate([(0.6, 0.4, 0, 0), (1, 1, 1, 1), (1, 0, 0, 0)]):
        logits = torch.full((4, 2), -torch.inf)
        logits[:, 0] = torch.tensor(shares, dtype=torch.float32).log()
        logits[:, 1] = (1 - torch.tensor(shares, dtype=torch.float32)).log()
        candidates.weigh(logits, torch.zeros(4, dtype=torch.long))
        candidates.resampled(row)
        told = {name: float(values) for name, values in candidates.figures().items()}
        if row == 1:
            assert told == {"effective_candidates": pytest.approx(1 / 0.52), "ancestors": 2}
    assert told["effective_candidates"] == 1 and told["ancestors"] == 1


def test_only_images_whose_weight_is_with_few_are_resampled() -> None:
    candidates = Candidates(Seeds(0, 2), 4, 1, torch.device("cpu"))
    candidates.log_weights[0] = torch.tensor([0.9, 0.05, 0.03, 0.02]).log()
    candidates.log_weights[1] = torch.tensor([0.3, 0.3, 0.2, 0.2]).log()
    kept = candidates.log_weights[1].clone()
    survivors = candidates.resampled(0)
    assert survivors is not None
    assert survivors[4:].tolist() == [4, 5, 6, 7]
    assert survivors[:3].tolist() == [0, 0, 0]
    assert torch.equal(candidates.log_weights[1], kept) and not candidates.log_weights[0].any()
    assert candidates.resampled(0) is None
