"""How far a Fréchet distance would be off with other samples. The bootstrap does not tell: in resamples fewer features
differ, and the trace of a root grows with their number, so that with 500 samples in 128 dimensions it finds more than
half as much again as other draws show. Its first order does: Jaeckel, "The Infinitesimal Jackknife", 1972. With fewer
samples than dimensions that too is a half too wide."""

import torch
from torch import Tensor

from generative.evaluation.bootstrap import error_of_mean
from generative.models.frechet import Gaussian


def error_of_frechet(real: Gaussian, fake: Tensor) -> float:
    """The standard error of the distance of features (N, D) to `real`, which counts as known.

    The mean's, of what each sample does to the distance if it counts a little more. With X the centred features and
    Σ_a = RᵀR, tr (Σ_a XᵀX)^½ is the sum of the singular values of X Rᵀ = U S Vᵀ, in which row i has the part (USUᵀ)_ii.
    """
    fake = fake.cpu().double()
    mean = fake.mean(0)
    centred = fake - mean
    u, s, _ = torch.linalg.svd(centred @ real.root.T / (len(fake) - 1) ** 0.5, full_matrices=False)
    overlap = len(fake) * (u.square() @ s)
    return error_of_mean(2 * centred @ (mean - real.mean) + centred.square().sum(1) - overlap)
