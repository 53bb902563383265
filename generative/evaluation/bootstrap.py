"""How far a figure would be off with other images of the same kind: Efron, "Bootstrap Methods: Another Look at the
Jackknife", 1979. Only its spread is read off the resamples: a distance between distributions is larger in each of them,
since images repeat."""

from collections.abc import Callable

import torch
from torch import Tensor

RESAMPLES = 200


def standard_error(statistic: Callable[[Tensor], float], count: int, resamples: int = RESAMPLES) -> float:
    """Of `statistic`, which is given the (count,) indices of images drawn with replacement; the same each time."""
    generator = torch.Generator().manual_seed(0)
    values = [statistic(torch.randint(count, (count,), generator=generator)) for _ in range(resamples)]
    return float(torch.tensor(values, dtype=torch.float64).std())


def error_of_mean(values: Tensor) -> float:
    """Of the mean of (N,) values: what the bootstrap comes to for a mean."""
    return float(values.double().std() / len(values) ** 0.5) if len(values) > 1 else 0.0


def error_of_median(values: Tensor) -> float:
    """Of the median of (N,) values."""
    return standard_error(lambda rows: float(values[rows].median()), len(values))
