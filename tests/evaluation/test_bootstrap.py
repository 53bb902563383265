"""Standard errors: of a mean as the formula says, and of figures without one as other draws have it."""

import pytest
import torch

from generative.evaluation.bootstrap import error_of_mean, error_of_median, standard_error
from generative.evaluation.distribution import Comparison, RealFeatures


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
    spread = torch.tensor([c.values()["fid"] for c in others], dtype=torch.float64).std()
    assert others[0].errors()["fid"] == pytest.approx(float(spread), rel=0.5)
    assert set(others[0].errors()) == set(others[0].values())
