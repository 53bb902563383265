"""Standard errors: of a mean as the formula says, and of figures without one as other draws have it."""

import pytest
import torch

from generative.evaluation.bootstrap import error_of_mean, error_of_median, standard_error
from generative.evaluation.distance.distribution import Comparison, RealFeatures
from generative.evaluation.distance.frechet_error import error_of_frechet
from generative.models.frechet import Gaussian, frechet_distance


def test_the_bootstrap_of_a_mean_comes_to_its_formula() -> None:
    values = torch.randn(400, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    resampled = standard_error(lambda rows: float(values[rows].mean()), len(values), resamples=2000)
    assert resampled == pytest.approx(error_of_mean(values), rel=0.1)
    assert 0 < error_of_median(values) < 2.0 * error_of_mean(values)
    assert error_of_mean(torch.ones(1)) == 0


def test_errors_of_distances_are_as_large_as_the_spread_of_other_draws() -> None:
    generator = torch.Generator().manual_seed(0)
    test = RealFeatures.of(torch.randn(2000, 4, generator=generator))
    others = [Comparison(test, torch.randn(300, 4, generator=generator) + 0.3) for _ in range(30)]
    values = {id: torch.tensor([c.values()[id] for c in others], dtype=torch.float64) for id in ("fid", "kid")}
    for id, each in values.items():
        assert others[0].errors()[id] == pytest.approx(float(each.std()), rel=0.5)
    assert set(others[0].errors()) == set(others[0].values())


@pytest.mark.parametrize(("count", "width"), [(200, 4), (200, 50), (100, 150)])
def test_the_error_of_a_frechet_distance_is_right_where_features_are_wide(count: int, width: int) -> None:
    generator, scale = torch.Generator().manual_seed(0), torch.linspace(2, 0.02, width) ** 2
    real = Gaussian.of(torch.randn(1000, width, generator=generator) * scale)
    draws = [(torch.randn(count, width, generator=generator) + 0.1) * scale for _ in range(80)]
    spread = torch.tensor([frechet_distance(real, Gaussian.of(fake)) for fake in draws], dtype=torch.float64).std()
    told = sum(error_of_frechet(real, fake) for fake in draws[:5]) / 5
    assert 0.8 * spread < told < 1.6 * spread  # rather too wide than too narrow
