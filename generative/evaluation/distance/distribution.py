"""How far what is drawn is from what is real, in features: every figure of that, for samples and for real images."""

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from generative.evaluation.bootstrap import error_of_mean, standard_error
from generative.evaluation.distance.frechet_error import error_of_frechet
from generative.evaluation.distance.kernel_distance import KernelDistance
from generative.evaluation.distance.neighbourhoods import NEIGHBOURS, WIDER, Neighbourhoods, neighbourhoods
from generative.evaluation.figure import Figure, Figures
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

    @property
    def fid(self) -> float:
        """The Fréchet distance to all test images."""
        return frechet_distance(self.test.gaussian, Gaussian.of(self.features))

    def values(self) -> dict[str, float]:
        """Each figure over all rows; the kernel distance is a thousandfold."""
        means = {name: float(parts.mean()) for name, parts in self.near.items().items()}
        return {"fid": self.fid, "kid": THOUSANDFOLD * self.kernel.value, **means}

    def figures(self, network: str) -> Figures:
        """Each with its error, told as measured in the features of a network."""
        values, errors, count = self.values(), self.errors(), len(self.features)
        some = f"{count:,} samples, first {min(count, len(self.test.features)):,} test images"
        near = f"({some}, k = {NEIGHBOURS}, Kynkäänniemi et al. 2019)."
        wider = f"({some}, k = {WIDER}, Naeem et al. 2020)."
        all_of_them = f"{count:,} samples to all {len(self.test.features):,} test images"
        how = {
            "fid": f"Fréchet distance of {all_of_them} in the features of {network}.",
            "kid": f"Squared maximum mean discrepancy, thousandfold ({some}, cubic kernel, Bińkowski et al. 2018).",
            "precision": f"Share of samples that lie among test images {near}",
            "recall": f"Share of test images that lie among samples {near}",
            "density": f"Balls of test images that a sample lies in, over what is expected {wider}",
            "coverage": f"Share of test images with a sample in their ball {wider}",
        }
        return {id: Figure(values[id], words, error=errors[id]) for id, words in how.items()}

    def errors(self) -> dict[str, float]:
        """The standard error of each, over other samples (of recall and coverage: over other test images)."""
        means = {name: error_of_mean(parts) for name, parts in self.near.items().items()}
        kid = THOUSANDFOLD * standard_error(self.kernel.of, len(self.features))
        return {"fid": error_of_frechet(self.test.gaussian, self.features), "kid": kid, **means}
