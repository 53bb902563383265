"""A pixel's colour as a mixture of discretised logistics (Salimans et al., "PixelCNN++", 2017, sections 2.1 and 2.2).

    p(R, G, B) = Σₖ πₖ p(R | μₖᴿ, sₖᴿ) p(G | R, μₖᴳ, sₖᴳ) p(B | R, G, μₖᴮ, sₖᴮ)           (eq. 2 and 3)

All channels share the mixture weights πₖ. The chain rule takes it apart into tables: p(G | R) is again a mixture, its
weights those that R left, πₖ p(R | k) / Σⱼ πⱼ p(R | j). Values lie in [0, 1] here, in [−1, 1] in the paper.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.models.discretised_logistic import discretised_logistic, every_discretised_logistic

LEAST_LOG_SCALE, MOST_LOG_SCALE = -8.0, 5.0
LOG_UNIFORM = -math.log(256)


def width_of(components: int, channels: int) -> int:
    """How many numbers describe the mixture of one pixel."""
    return components * (1 + 2 * channels + channels * (channels - 1) // 2)


def first_bias(components: int, channels: int, anchored: int) -> Tensor:
    """Parameters to begin with: equal weights, means spread from dark to bright but for the first `anchored`, whose
    means count from a neighbour's value, no pull between the channels."""
    weights, pull = torch.zeros(1, components), torch.zeros(channels * (channels - 1) // 2, components)
    free = torch.linspace(0, 1, components - anchored + 2)[1:-1]
    means = torch.cat([torch.zeros(anchored), free]).expand(channels, -1)
    return torch.cat([weights, means, torch.full_like(means, -4), pull]).flatten()


@dataclass(frozen=True)
class LogisticMixture:
    """Of N images, or N pixels: any further dimensions "…" stay. C channels, K components; single precision or more."""

    log_weights: Tensor  # (N, K, …), log π
    means: Tensor  # (N, C, K, …), before the earlier channels' pull
    log_scales: Tensor  # (N, C, K, …)
    pull: Tensor  # (N, C(C−1)/2, K, …), the coefficients α, β, γ

    @classmethod
    def of(cls, output: Tensor, components: int, channels: int) -> "LogisticMixture":
        """(N, width_of(K, C), …) as a network gives them → the mixture."""
        output = output.to(torch.promote_types(output.dtype, torch.float32)).contiguous()
        output = output.unflatten(1, (-1, components))
        weights, means, log_scales, pull = output.split([1, channels, channels, channels * (channels - 1) // 2], 1)
        log_scales = log_scales.clamp(LEAST_LOG_SCALE, MOST_LOG_SCALE)
        return cls(weights[:, 0].log_softmax(1), means, log_scales, pull.tanh())

    def nats(self, images: Tensor) -> Tensor:
        """(N, C, …) surprise −ln p of every value of `images` (N, C, …) given the earlier channels of its pixel."""
        channels = images.shape[1]
        means = torch.stack([self._mean(images, channel) for channel in range(channels)], 1)
        log_p = with_uniform(discretised_logistic(images[:, :, None].to(means), means, self.log_scales), 2)
        # ln p of the channels up to each, so that the differences are what each one adds.
        joint = (self.log_weights[:, None] + log_p.cumsum(1)).logsumexp(2)
        return torch.cat([-joint[:, :1], joint[:, :-1] - joint[:, 1:]], 1)

    def table(self, images: Tensor, channel: int) -> Tensor:
        """(N, 256, …) ln p of the values that `channel` may take, given the channels before it in (N, C, …)."""
        log_weights = self.log_weights
        for earlier in range(channel):
            mean, log_scale = self._mean(images, earlier), self.log_scales[:, earlier]
            log_p = discretised_logistic(images[:, earlier, None].to(mean), mean, log_scale)
            log_weights = log_weights + with_uniform(log_p, 1)
        log_p = every_discretised_logistic(self._mean(images, channel), self.log_scales[:, channel], 2)
        log_p = with_uniform(log_p, 1)
        return (F.log_softmax(log_weights, 1).unsqueeze(2) + log_p).logsumexp(1)

    def _mean(self, images: Tensor, channel: int) -> Tensor:
        """(N, K, …) means of a channel, moved by the values of the channels before it."""
        first = channel * (channel - 1) // 2
        mean = self.means[:, channel]
        for earlier in range(channel):
            mean = mean + self.pull[:, first + earlier] * (images[:, earlier, None] - self.means[:, earlier])
        return mean


def with_uniform(log_p: Tensor, dim: int) -> Tensor:
    """The last component along `dim` gives all values the same probability."""
    kept = log_p.narrow(dim, 0, log_p.shape[dim] - 1)
    return torch.cat([kept, torch.full_like(log_p.narrow(dim, 0, 1), LOG_UNIFORM)], dim)
