"""Do the images show the classes that were asked for, and all classes?"""

import torch
from torch import Tensor


def class_agreement(logits: Tensor, requested: Tensor) -> float:
    """The share of (N, K) logits whose largest entry is the requested class (N,)."""
    return float((logits.argmax(1).cpu() == requested.cpu()).double().mean())


def class_shares(logits: Tensor) -> Tensor:
    """(K,) float64: the share of images that show each class, from (N, K) logits."""
    counts = torch.bincount(logits.argmax(1).cpu(), minlength=logits.shape[1]).double()
    return counts / counts.sum()


def entropy_bits(shares: Tensor) -> float:
    """−Σ p log₂ p of shares (K,): 0 when one class takes all, log₂ K when all are equally frequent."""
    return float(-torch.special.xlogy(shares, shares).sum() / torch.log(torch.tensor(2.0, dtype=shares.dtype))) + 0.0
