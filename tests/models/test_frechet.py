import pytest
import torch

from generative.models.frechet import Gaussian, frechet_distance


def distance(a: torch.Tensor, b: torch.Tensor) -> float:
    return frechet_distance(Gaussian.of(a), Gaussian.of(b))


def gaussian(mean: torch.Tensor, root: torch.Tensor, count: int = 500, seed: int = 0) -> torch.Tensor:
    """Features whose mean and covariance are exactly `mean` and rootᵀ·root."""
    x = torch.randn(count, len(mean), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    q = torch.linalg.qr(x - x.mean(0)).Q * (count - 1) ** 0.5
    return q @ root + mean


def test_matches_the_closed_form_of_gaussians_with_diagonal_covariance():
    means = torch.tensor([[0.0, 1.0, -2.0], [0.5, 1.0, 2.0]], dtype=torch.float64)
    deviations = torch.tensor([[1.0, 2.0, 0.5], [3.0, 0.1, 0.5]], dtype=torch.float64)
    a, b = (gaussian(m, s.diag(), seed=i) for i, (m, s) in enumerate(zip(means, deviations, strict=True)))
    expected = ((means[0] - means[1]) ** 2).sum() + ((deviations[0] - deviations[1]) ** 2).sum()
    assert distance(a, b) == pytest.approx(float(expected), rel=1e-9)


def test_matches_the_matrix_square_root_of_scipy():
    linalg = pytest.importorskip("scipy.linalg")
    generator = torch.Generator().manual_seed(3)
    roots = torch.randn(2, 6, 6, generator=generator, dtype=torch.float64)
    a, b = (gaussian(torch.zeros(6, dtype=torch.float64), root, seed=i) for i, root in enumerate(roots))
    cov_a, cov_b = (root.T @ root for root in roots)
    expected = torch.trace(cov_a + cov_b) - 2 * linalg.sqrtm((cov_a @ cov_b).numpy()).trace().real
    assert distance(a, b) == pytest.approx(float(expected), rel=1e-6)


def test_is_zero_for_equal_sets_and_symmetric():
    a, b = torch.randn(2, 50, 4, generator=torch.Generator().manual_seed(0))
    assert distance(a, a) == pytest.approx(0, abs=1e-12)
    assert distance(a, b) == pytest.approx(distance(b, a))


def test_bears_features_that_never_vary_and_fewer_samples_than_features():
    a = torch.randn(5, 20, generator=torch.Generator().manual_seed(0))
    a[:, 3:] = 0
    assert distance(a, a) == pytest.approx(0, abs=1e-12)
    assert distance(a, a + 1) == pytest.approx(20)


@pytest.mark.parametrize("other", [torch.zeros(1, 3), torch.zeros(9, 4)])
def test_refuses_sets_without_a_distance(other):
    with pytest.raises(ValueError, match=r"Two or more features|Features of one size"):
        distance(torch.zeros(9, 3), other)
