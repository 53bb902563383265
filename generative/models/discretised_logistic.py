"""The logistic distribution over the 256 values of an 8-bit picture (Kingma et al., "Improving Variational Inference
with Inverse Autoregressive Flow", 2016, section 3): each value has the mass of its bin, the end bins their tails too.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def discretised_logistic(x: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """log p of the 8-bit value of x in [0, 1], the bins 1/255 wide.

    Exact however little the mass is, by σ(b) − σ(a) = σ(b) σ(−a) (1 − e^(a−b)).
    """
    precision = torch.exp(-log_scale)
    middle, half = (x - mean) * precision, precision / 510
    below, above = F.logsigmoid(middle + half), F.logsigmoid(half - middle)
    inner = below + above + torch.log(-torch.expm1(-2 * half))
    return torch.where(x < 1 / 510, below, torch.where(x > 1 - 1 / 510, above, inner))


def every_discretised_logistic(mean: Tensor, log_scale: Tensor, dim: int) -> Tensor:
    """log p of all 256 values, as the new dimension `dim` of mean and log_scale."""
    mean, precision = mean.unsqueeze(dim), torch.exp(-log_scale).unsqueeze(dim)
    edges = (torch.arange(255, device=mean.device, dtype=mean.dtype) + 0.5) / 255
    edges = (edges.view(-1, *[1] * (mean.ndim - 1 - dim)) - mean) * precision
    below = F.logsigmoid(edges)  # log p(value below the edge)
    above = below - edges
    inner = below.narrow(dim, 1, 254) + above.narrow(dim, 0, 254) + torch.log(-torch.expm1(-precision / 255))
    return torch.cat([below.narrow(dim, 0, 1), inner, above.narrow(dim, 254, 1)], dim)
