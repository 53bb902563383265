"""Who lies near whom, in features. Precision and recall: Kynkäänniemi et al., "Improved Precision and Recall Metric for
Assessing Generative Models", 2019 (eq. 1 and 2). Density and coverage, which a few outliers do not sway: Naeem et al.,
"Reliable Fidelity and Diversity Metrics for Generative Models", 2020 (section 3)."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

CHUNK = 1024  # rows of the distance matrix in memory at once
NEIGHBOURS, WIDER = 3, 5  # k of precision and recall, and of density and coverage


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """For each image its part in the figure that is their mean, float64: of samples (M,) in `precision` and `density`,
    of real images (N,) in `recall` and `coverage`."""

    precision: Tensor
    recall: Tensor
    density: Tensor
    coverage: Tensor

    def items(self) -> dict[str, Tensor]:
        """Each figure by its name, still a row an image."""
        return {name: getattr(self, name) for name in ("precision", "recall", "density", "coverage")}


def neighbourhoods(real: Tensor, fake: Tensor, k: int = NEIGHBOURS, wider: int = WIDER) -> Neighbourhoods:
    """Of features (N, D) and (M, D). An image's ball reaches to its k-th nearest neighbour in its own set.

    precision: whether a sample lies in a ball of a real image; recall: the reverse. density: in how many wider balls
    of real images a sample lies, per neighbour; coverage: whether a sample lies in the wider ball of a real image.

    Raises ValueError when a set has not more than `wider` features.
    """
    if min(len(real), len(fake)) <= wider:
        raise ValueError(f"More than {wider} features are needed in each set, not {len(real)} and {len(fake)}")
    real, fake = real.cpu().double(), fake.cpu().double()
    reach, wide, of_fake = radii(real, k), radii(real, wider), radii(fake, k)
    precise, dense, start = [], [], 0
    recalled, covered = torch.zeros(2, len(real), dtype=torch.bool)
    for rows in distances(fake, real):
        precise.append((rows <= reach).any(1))
        dense.append((rows <= wide).sum(1) / wider)
        covered |= (rows <= wide).any(0)
        recalled |= (rows <= of_fake[start : start + len(rows), None]).any(0)
        start += len(rows)
    return Neighbourhoods(*(part.double() for part in (torch.cat(precise), recalled, torch.cat(dense), covered)))


def radii(features: Tensor, k: int) -> Tensor:
    """(N,) distance of each feature to its k-th nearest neighbour; the nearest of all is the feature itself."""
    return torch.cat([rows.kthvalue(k + 1, dim=1).values for rows in distances(features, features)])


def distances(a: Tensor, b: Tensor) -> Iterator[Tensor]:
    """The rows of the (N, M) matrix of Euclidean distances, in chunks; exact, so that a copy is at distance 0."""
    for part in a.split(CHUNK):
        yield torch.cdist(part, b, compute_mode="donot_use_mm_for_euclid_dist")
