"""The kernel distance against its definition, and without bias."""

import pytest
import torch
from torch import Tensor

from generative.evaluation.distance.kernel_distance import KernelDistance


def draw(count: int, seed: int, shift: float = 0.0) -> Tensor:
    return torch.randn(count, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + shift


def by_definition(x: Tensor, y: Tensor) -> float:
    """Bińkowski et al. 2018, eq. 4, pair by pair."""

    def k(a: Tensor, b: Tensor) -> float:
        return float((a @ b / len(a) + 1) ** 3)

    def among(z: Tensor) -> float:
        return sum(k(z[i], z[j]) for i in range(len(z)) for j in range(len(z)) if i != j) / (len(z) * (len(z) - 1))

    return among(x) + among(y) - 2 * sum(k(a, b) for a in x for b in y) / (len(x) * len(y))


def test_it_is_what_the_definition_says() -> None:
    x, y = draw(7, 0), draw(5, 1, 0.5)
    assert KernelDistance(x, y).value == pytest.approx(by_definition(x, y))


def test_equal_distributions_are_at_zero_on_average_however_few_there_are() -> None:
    found = torch.tensor([KernelDistance(draw(30, 2 * i), draw(30, 2 * i + 1)).value for i in range(200)])
    assert abs(found.mean()) < 3 * found.std() / 200**0.5 and found.min() < 0 < found.max()


def test_it_grows_with_the_distance() -> None:
    near, far = (KernelDistance(draw(200, 0), draw(200, 1, shift)).value for shift in (0.3, 1.0))
    assert 0 < near < far


def test_a_sample_drawn_twice_makes_no_pair_with_itself() -> None:
    x, y = draw(20, 0), draw(6, 1)
    rows = torch.tensor([0, 0, 1, 2, 3, 4])
    pairs = [(i, j) for i in rows.tolist() for j in rows.tolist() if i != j]
    kernel = KernelDistance(x, y)
    within = sum(float(kernel.within[i, j]) for i, j in pairs) / len(pairs)
    expected = float(kernel.real) + within - 2 * float(kernel.across[rows].mean())
    assert kernel.of(rows) == pytest.approx(expected)
