"""Fréchet distance: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
Equilibrium", 2017 (eq. 6). With Inception features it is known as FID."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Gaussian:
    """mean: (D,). root: R with RᵀR = the unbiased covariance."""

    mean: Tensor
    root: Tensor

    @classmethod
    def of(cls, features: Tensor) -> "Gaussian":
        """The Gaussian of (N, D) features. Raises ValueError for fewer than two."""
        if len(features) < 2:
            raise ValueError(f"Two or more features are needed, not {tuple(features.shape)}")
        features = features.cpu().double()
        centred = (features - features.mean(0)) / (len(features) - 1) ** 0.5
        return cls(features.mean(0), torch.linalg.qr(centred, mode="r").R)


def frechet_distance(a: Gaussian, b: Gaussian) -> float:
    """|μ_a − μ_b|² + tr(Σ_a + Σ_b − 2 (Σ_a Σ_b)^½)

    0 for equal Gaussians; grows without bound. Few samples make it too large, so compare only equal counts.
    Raises ValueError for features of different D.
    """
    if a.mean.shape != b.mean.shape:
        raise ValueError(f"Features of one size are needed, not of {len(a.mean)} and {len(b.mean)}")
    # Σ = RᵀR, so the eigenvalues of Σ_a Σ_b are the squared singular values of R_a R_bᵀ: no root of a covariance that
    # may be singular, nothing negative, nothing complex.
    overlap = torch.linalg.svdvals(a.root @ b.root.T).sum()
    means = (a.mean - b.mean).square().sum()
    return max(0.0, float(means + a.root.square().sum() + b.root.square().sum() - 2 * overlap))
