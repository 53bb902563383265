"""Pictures by their features: a map of two directions, the most alike, and clusters that nobody named."""

from dataclasses import dataclass

import torch
from torch import Tensor

ROUNDS = 30  # of k-means, at most


def plane(features: Tensor) -> Tensor:
    """(N, 2) in [0, 1]: places in the plane in which features (N, D) vary most, its principal components."""
    centred = (features - features.mean(0)).double()
    _, _, directions = torch.linalg.svd(centred, full_matrices=False)
    places = (centred @ directions[:2].T).float()
    low, high = places.quantile(0.01, 0), places.quantile(0.99, 0)
    return ((places - low) / (high - low).clamp_min(1e-8)).clamp(0, 1)


def most_alike(features: Tensor, index: int, count: int) -> Tensor:
    """(count,) which of (N, D) are nearest to the one at `index`, itself left out, the nearest first."""
    apart = (features - features[index]).square().sum(1)
    apart[index] = torch.inf
    return apart.topk(min(count, len(features) - 1), largest=False).indices


@dataclass(frozen=True, eq=False)
class Clusters:
    """of: (N,) the cluster of each. centres: (k, D). purity: the share that has the commonest class of its cluster.
    information: normalised mutual information of clusters and classes, 0 to 1."""

    of: Tensor
    centres: Tensor
    purity: float
    information: float


def clustered(features: Tensor, classes: Tensor, count: int, seed: int = 0) -> Clusters:
    """k-means (Lloyd 1982, begun as Arthur & Vassilvitskii 2007 do) of features (N, D); classes (N,) only judge it."""
    generator = torch.Generator().manual_seed(seed)
    centres = begun(features, count, generator)
    of = torch.full((len(features),), -1)
    for _ in range(ROUNDS):
        nearest = torch.cdist(features, centres).argmin(1)
        if nearest.equal(of):
            break
        of = nearest
        centres = torch.stack([features[of == k].mean(0) if (of == k).any() else centres[k] for k in range(count)])
    table = torch.zeros(count, int(classes.max()) + 1).index_put_((of, classes), torch.ones(()), accumulate=True)
    return Clusters(of, centres, float(table.amax(1).sum() / table.sum()), information(table / table.sum()))


def begun(features: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """(count, D) of the features, each the likelier to be chosen the farther it lies from those before."""
    chosen = [int(torch.randint(len(features), (1,), generator=generator))]
    while len(chosen) < count:
        apart = torch.cdist(features, features[chosen]).amin(1).square() + 1e-12
        chosen.append(int(torch.multinomial(apart, 1, generator=generator)))
    return features[chosen].clone()


def information(joint: Tensor) -> float:
    """Mutual information of the two variables of a table of probabilities, over the mean of their entropies."""
    rows, columns = (torch.special.entr(joint.sum(axis)).sum() for axis in (1, 0))
    mutual = rows + columns - torch.special.entr(joint).sum()
    return float(mutual / ((rows + columns) / 2).clamp_min(1e-12))
