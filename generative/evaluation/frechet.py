"""Fréchet distance: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
Equilibrium", 2017 (eq. 6). With Inception features it is known as FID."""

import torch
from torch import Tensor


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """Distance of two sets of features, (N, D) and (M, D), each seen as the Gaussian of its mean and covariance:

        |μ_a − μ_b|² + tr(Σ_a + Σ_b − 2 (Σ_a Σ_b)^½)

    0 for equal Gaussians; grows without bound. Few samples make it too large, so compare only equal counts.
    Raises ValueError for fewer than two features in a set, or for different D.
    """
    if min(len(a), len(b)) < 2 or a.shape[1] != b.shape[1]:
        shapes = f"{tuple(a.shape)} and {tuple(b.shape)}"
        raise ValueError(f"Two or more features of one size are needed in each set, not {shapes}")
    a, b = a.cpu().double(), b.cpu().double()
    root_a, root_b = covariance_factor(a), covariance_factor(b)
    # Σ = RᵀR, so the eigenvalues of Σ_a Σ_b are the squared singular values of R_a R_bᵀ: no root of a covariance that
    # may be singular, nothing negative, nothing complex.
    overlap = torch.linalg.svdvals(root_a @ root_b.T).sum()
    means = (a.mean(0) - b.mean(0)).square().sum()
    return max(0.0, float(means + root_a.square().sum() + root_b.square().sum() - 2 * overlap))


def covariance_factor(features: Tensor) -> Tensor:
    """R with RᵀR = the unbiased covariance of (N, D) features."""
    centred = (features - features.mean(0)) / (len(features) - 1) ** 0.5
    return torch.linalg.qr(centred, mode="r").R
