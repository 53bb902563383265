"""Improved precision and recall: Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative
Models", 2019 (eq. 1 and 2). Precision asks whether what is generated looks real, recall whether all that is real is
generated."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

CHUNK = 1024  # rows of the distance matrix in memory at once


@dataclass(frozen=True)
class PrecisionRecall:
    """Both are shares in [0, 1]."""

    precision: float
    recall: float


def precision_recall(real: Tensor, fake: Tensor, k: int = 3) -> PrecisionRecall:
    """Of features (N, D) and (M, D). A set's manifold is the union of the balls round its features that reach to their
    k-th nearest neighbour in the set; precision is the share of `fake` in the manifold of `real`, recall the reverse.

    Raises ValueError when a set has not more than k features.
    """
    if min(len(real), len(fake)) <= k:
        raise ValueError(f"More than {k} features are needed in each set, not {len(real)} and {len(fake)}")
    real, fake = real.cpu().double(), fake.cpu().double()
    return PrecisionRecall(covered(fake, real, radii(real, k)), covered(real, fake, radii(fake, k)))


def radii(features: Tensor, k: int) -> Tensor:
    """(N,) distance of each feature to its k-th nearest neighbour; the nearest of all is the feature itself."""
    return torch.cat([rows.kthvalue(k + 1, dim=1).values for rows in distances(features, features)])


def covered(queries: Tensor, centres: Tensor, radius: Tensor) -> float:
    """The share of `queries` that lie in a ball of a centre."""
    inside = [(rows <= radius).any(1) for rows in distances(queries, centres)]
    return float(torch.cat(inside).double().mean())


def distances(a: Tensor, b: Tensor) -> Iterator[Tensor]:
    """The rows of the (N, M) matrix of Euclidean distances, in chunks; exact, so that a copy is at distance 0."""
    for part in a.split(CHUNK):
        yield torch.cdist(part, b, compute_mode="donot_use_mm_for_euclid_dist")
