"""How far what is drawn is from what is real, in features: every figure of that, for samples and for real images."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from generative.evaluation.bootstrap import error_of_mean, standard_error
from generative.evaluation.kernel_distance import KernelDistance
from generative.evaluation.neighbourhoods import Neighbourhoods, neighbourhoods
from generative.models.frechet import Gaussian, frechet_distance

THOUSANDFOLD = 1000  # of the kernel distance, which is small


@dataclass(frozen=True, eq=False)
class RealFeatures:
    """Features (N, D) of all test images, and their Gaussian."""

    features: Tensor
    gaussian: Gaussian

    @classmethod
    def of(cls, features: Tensor) -> "RealFeatures":
        """Features (N, D) together with the Gaussian that is fitted to them."""
        return cls(features, Gaussian.of(features))


class Comparison:
    """Features (M, D) beside those of test images: with all in the Fréchet distance, with the first M in the others."""

    def __init__(self, test: RealFeatures, features: Tensor) -> None:
        self.test, self.features = test, features

    @cached_property
    def near(self) -> Neighbourhoods:
        """Precision, recall, density and coverage of each row, among as many test images."""
        return neighbourhoods(self.test.features[: len(self.features)], self.features)

    @cached_property
    def kernel(self) -> KernelDistance:
        """The kernel distance to as many test images."""
        return KernelDistance(self.test.features[: len(self.features)], self.features)

    def fid(self, rows: Tensor) -> float:
        """The Fréchet distance between all test images and `rows` of the features."""
        return frechet_distance(self.test.gaussian, Gaussian.of(self.features[rows]))

    def values(self) -> dict[str, float]:
        """Each figure over all rows; the kernel distance is a thousandfold."""
        means = {name: float(parts.mean()) for name, parts in self.near.items().items()}
        return {"fid": self.fid(torch.arange(len(self.features))), "kid": THOUSANDFOLD * self.kernel.value, **means}

    def errors(self) -> dict[str, float]:
        """The standard error of each, over other samples (of recall and coverage: over other test images)."""
        count = len(self.features)
        means = {name: error_of_mean(parts) for name, parts in self.near.items().items()}
        kid = THOUSANDFOLD * standard_error(self.kernel.of, count)
        return {"fid": standard_error(self.fid, count), "kid": kid, **means}
