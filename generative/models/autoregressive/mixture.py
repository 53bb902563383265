"""What a model that was told classes says of a picture whose class nobody tells: p(x) = Σ_c p(x|c) / K.

The likeliest class's p(x|c) is no likelihood, since over all pictures it sums to more than one. The chain rule holds of
the mixture as well: at each value the classes count as much as the values before have made them probable (Bayes).
"""

import math

import torch
from torch import Tensor

from generative.answers import Likelihood


def over_classes(nats: Tensor) -> Likelihood:
    """(N, K, C, H, W) nats of every value as each of K equally probable classes → what they are worth without a class.

    In double precision on the CPU, since a part is the difference of two long sums.
    """
    channels, height, width = nats.shape[2:]
    joint = -in_order(nats.cpu().double()).cumsum(-1)  # (N, K, values): ln p(values up to each | class)
    mixed = joint.logsumexp(1) - math.log(nats.shape[1])
    parts = -torch.diff(mixed, dim=1, prepend=torch.zeros(len(mixed), 1, dtype=mixed.dtype))
    return Likelihood(
        -mixed[:, -1].float(),
        "exact",
        mixed.shape[1],
        parts.view(-1, height, width, channels).permute(0, 3, 1, 2).float(),
        posterior=joint[..., -1].softmax(1).float(),
    )


def beliefs(nats: Tensor, row: int, column: int) -> Tensor:
    """(K, C, H, W) nats of one picture as each class → (K, C): p(class | all values before those of this pixel)."""
    channels, _, width = nats.shape[1:]
    ordered = in_order(nats.cpu().double())
    before = ordered.cumsum(-1) - ordered
    first = (row * width + column) * channels
    return (-before[:, first : first + channels]).softmax(0)


def in_order(nats: Tensor) -> Tensor:
    """(…, C, H, W) → (…, values) in the order of drawing: row by row, the channels of a pixel after one another."""
    return nats.movedim(-3, -1).flatten(-3)
