"""Kernel distance: Bińkowski et al., "Demystifying MMD GANs", 2018. With Inception features it is known as KID. Unlike
the Fréchet distance it does not grow when there are few samples, and supposes no Gaussians."""

import torch
from torch import Tensor


class KernelDistance:
    """Of features (N, D) and (M, D): the unbiased estimate of MMD² with the kernel (x·y / D + 1)³; 0 on average for
    equal distributions, so it may be negative."""

    def __init__(self, real: Tensor, fake: Tensor) -> None:
        real, fake = real.cpu().double(), fake.cpu().double()
        self.within = cubic(fake, fake)
        self.across = cubic(fake, real).mean(1)
        among = cubic(real, real)
        self.real = (among.sum() - among.diagonal().sum()) / (len(real) * (len(real) - 1))

    def of(self, rows: Tensor) -> float:
        """With the samples of those indices (K,); pairs of one sample with itself do not count."""
        times = torch.bincount(rows, minlength=len(self.across)).double()
        same = (times.square() * self.within.diagonal()).sum()
        pairs = times.sum().square() - times.square().sum()
        return float(self.real + (times @ self.within @ times - same) / pairs - 2 * (times @ self.across) / times.sum())

    @property
    def value(self) -> float:
        """Over all rows."""
        return self.of(torch.arange(len(self.across)))


def cubic(a: Tensor, b: Tensor) -> Tensor:
    """(N, M): (x·y / D + 1)³ of features (N, D) and (M, D)."""
    return (a @ b.T / a.shape[1] + 1) ** 3
