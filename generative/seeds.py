"""One random generator per image, so that an image depends on its own seed and on nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from generative.errors import check_integer

MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Seeds:
    """The seeds of a run: ``Seeds(7, count=4)`` is seeds 7, 8, 9, 10.

    Raises InvalidOption unless ``0 <= first``, ``1 <= count`` and ``first + count - 1 <= MAX_SEED``.
    """

    first: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        check_integer("count", self.count, 1, MAX_SEED + 1)
        check_integer("seed", self.first, 0, MAX_SEED + 1 - self.count)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.first + self.count))

    def batches(self, size: int) -> Iterator["Seeds"]:
        """The same seeds in runs of at most `size`."""
        for start in range(0, self.count, size):
            yield Seeds(self.first + start, min(size, self.count - start))

    def generators(self) -> list[torch.Generator]:
        """A fresh CPU generator per image, in order."""
        return [torch.Generator().manual_seed(seed) for seed in self]

    def labels(self, label: int | None, num_classes: int) -> Tensor:
        """(N,) int64 class of each image: `label`, or, for None, the class that each seed falls to in turn.

        Classes go round with the seed, so ten neighbouring seeds hold ten classes and an image keeps its class
        whichever batch it is drawn in.
        """
        return torch.tensor([seed % num_classes if label is None else label for seed in self])


def normal(generators: list[torch.Generator], *shape: int) -> Tensor:
    """(N, *shape) standard normal noise on the CPU, image i drawn from its own generator."""
    return torch.stack([torch.randn(shape, generator=g) for g in generators])


def uniform(generators: list[torch.Generator], *shape: int) -> Tensor:
    """(N, *shape) uniform noise in [0, 1) on the CPU, image i drawn from its own generator."""
    return torch.stack([torch.rand(shape, generator=g) for g in generators])
