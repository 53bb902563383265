"""Precision and recall, density and coverage: on sets whose figures are known."""

import pytest
import torch
from torch import Tensor

from generative.evaluation.distance import neighbourhoods as module
from generative.evaluation.distance.neighbourhoods import neighbourhoods


@pytest.fixture
def features() -> Tensor:
    return torch.randn(60, 5, generator=torch.Generator().manual_seed(0))


def means(real: Tensor, fake: Tensor, **k: int) -> dict[str, float]:
    return {name: float(parts.mean()) for name, parts in neighbourhoods(real, fake, **k).items().items()}


def test_identical_sets_are_precise_and_cover_all(features: Tensor) -> None:
    found = means(features, features)
    assert found["precision"] == found["recall"] == found["coverage"] == 1
    assert found["density"] == pytest.approx(1.2)  # each of five neighbours, and the image itself


def test_far_apart_sets_score_zero(features: Tensor) -> None:
    assert set(means(features, features + 100).values()) == {0}


def test_a_model_that_draws_half_of_what_is_real_is_precise_but_recalls_half(features: Tensor) -> None:
    found = means(torch.cat([features, features + 100]), features)
    assert found["precision"] == 1 and found["recall"] == found["coverage"] == 0.5


def test_equal_distributions_have_a_density_of_about_one() -> None:
    generator = torch.Generator().manual_seed(1)
    found = means(*torch.randn(2, 600, 4, generator=generator))
    assert found["density"] == pytest.approx(1, abs=0.15) and found["coverage"] > 0.9


def test_one_outlier_sways_precision_but_not_density() -> None:
    """Its ball reaches to all real images, and farther: Naeem et al. 2020, figure 1."""
    generator = torch.Generator().manual_seed(0)
    real, wrong = torch.randn(100, 2, generator=generator), torch.randn(100, 2, generator=generator) + 12
    with_outlier = torch.cat([real, torch.tensor([[20.0, 20.0]])])
    before, after = means(real, wrong), means(with_outlier, wrong)
    assert before["precision"] == 0 and after["precision"] > 0.9
    assert after["density"] < 0.3


def test_the_radius_reaches_to_the_kth_neighbour_and_no_farther() -> None:
    real = torch.tensor([[0.0], [1.0], [2.0], [10.0]])  # radii for k = 1: 1, 1, 1, 8
    fake = torch.tensor([[3.0], [3.1], [-1.5], [18.5]])  # 3.0 and 3.1 lie within 8 of 10; the others in no ball
    assert means(real, fake, k=1, wider=1)["precision"] == 0.5


def test_chunks_do_not_change_the_result(features: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = means(features, features + 0.8)
    monkeypatch.setattr(module, "CHUNK", 7)
    assert means(features, features + 0.8) == whole
    assert 0 < whole["precision"] < 1


def test_refuses_sets_without_enough_neighbours(features: Tensor) -> None:
    with pytest.raises(ValueError, match="More than 5"):
        neighbourhoods(features, features[:5])
