"""How alike two pictures are: peak signal-to-noise ratio and structural similarity."""

import torch
import torch.nn.functional as F
from torch import Tensor

WINDOW, SPREAD = 11, 1.5  # of the Gaussian that local means are taken with, in pixels
C1, C2 = 0.01**2, 0.03**2


def psnr(images: Tensor, truth: Tensor) -> Tensor:
    """(N,) dB, 10 log₁₀(1 / mean squared error), of (N, C, H, W) in [0, 1]; infinite for equal pictures."""
    return -10 * (images - truth).square().mean((1, 2, 3)).log10()


def ssim(images: Tensor, truth: Tensor) -> Tensor:
    """(N,) structural similarity (Wang et al. 2004) of (N, C, H, W) in [0, 1], mirrored at their edges; 1 is the same
    picture."""
    truth = truth.expand_as(images)
    channels, around = images.shape[1], min(WINDOW // 2, images.shape[2] - 1)
    line = torch.exp(-0.5 * (torch.arange(-around, around + 1) / SPREAD).square())
    window = torch.outer(line, line) / line.sum().square()

    def blurred(values: Tensor) -> Tensor:
        edged = F.pad(values, [around] * 4, mode="reflect")
        return F.conv2d(edged, window.to(values).expand(channels, 1, -1, -1), groups=channels)

    a, b = blurred(images), blurred(truth)
    variances = blurred(images.square()) - a.square() + blurred(truth.square()) - b.square()
    covariance = blurred(images * truth) - a * b
    alike = (2 * a * b + C1) * (2 * covariance + C2) / ((a.square() + b.square() + C1) * (variances + C2))
    return alike.mean((1, 2, 3))
