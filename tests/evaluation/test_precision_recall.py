import pytest
import torch

from generative.evaluation import precision_recall as module
from generative.evaluation.precision_recall import precision_recall


@pytest.fixture
def features() -> torch.Tensor:
    return torch.randn(60, 5, generator=torch.Generator().manual_seed(0))


def test_identical_sets_score_one(features):
    result = precision_recall(features, features)
    assert (result.precision, result.recall) == (1, 1)


def test_far_apart_sets_score_zero(features):
    result = precision_recall(features, features + 100)
    assert (result.precision, result.recall) == (0, 0)


def test_a_model_that_draws_half_of_what_is_real_is_precise_but_recalls_half(features):
    real = torch.cat([features, features + 100])
    result = precision_recall(real, features)
    assert (result.precision, result.recall) == (1, 0.5)


def test_the_radius_reaches_to_the_kth_neighbour_and_no_farther():
    real = torch.tensor([[0.0], [1.0], [2.0], [10.0]])  # radii for k = 1: 1, 1, 1, 8
    fake = torch.tensor([[3.0], [3.1], [-1.5], [18.5]])  # 3.0 and 3.1 lie within 8 of 10; the others in no ball
    assert precision_recall(real, fake, k=1).precision == 0.5


def test_chunks_do_not_change_the_result(features, monkeypatch):
    fake = features + 0.8
    whole = precision_recall(features, fake)
    monkeypatch.setattr(module, "CHUNK", 7)
    assert precision_recall(features, fake) == whole
    assert 0 < whole.precision < 1


def test_refuses_sets_without_k_neighbours(features):
    with pytest.raises(ValueError, match="More than 3"):
        precision_recall(features, features[:3])
