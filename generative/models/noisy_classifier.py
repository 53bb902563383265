"""A classifier that knows noise: Dhariwal & Nichol, "Diffusion Models Beat GANs on Image Synthesis", 2021, section 4.

It is shown a noisy picture x_t, is told how noisy that is, and says what it shows: p(y|x_t). The gradient of its
log-probability points to where a picture becomes more like y, and so leads a diffusion model that is told nothing.

Deviations: small and convolutional, where the paper's is half of a UNet. It is told ln(α²/σ²) instead of t, which means
the same under any schedule, and looks at α x_t, so that what is nearly all noise moves it little, as it ought to.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.classifier import grouped
from generative.models.diffusion.process import SCHEDULES, Level, VariancePreserving
from generative.models.model import ImageConfig, Model
from generative.options import Options

TIMESTEPS = 1000
CLEAREST = 10.0  # ln(α²/σ²) of the least noise that it learns with
WAVES = 8  # frequencies by which it is told ln(α²/σ²)


@dataclass(frozen=True)
class NoisyClassifierConfig(ImageConfig):
    """labels: what it tells apart, as a classifier's."""

    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "labels": ("a", "b", "c")}
    labels: tuple[str, ...] = ()
    channels: int = 24


class Told(nn.Module):
    """A residual block whose activations are scaled and shifted by what it is told (FiLM, Perez et al. 2018)."""

    def __init__(self, inputs: int, outputs: int, stride: int, told: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1)
        self.told = nn.Linear(told, 2 * outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """(N, inputs, H, W) and (N, told) → (N, outputs, H / stride, W / stride)."""
        scale, shift = self.told(told)[:, :, None, None].chunk(2, 1)
        hidden = F.silu(self.first(x) * (1 + scale) + shift)
        return F.silu(self.shortcut(x) + self.second(hidden))


class NoisyClassifier(Model):
    family = "classifier"
    title = "Noise-aware classifier"
    paper = "https://arxiv.org/abs/2105.05233"
    Config = NoisyClassifierConfig
    Options = Options
    config: NoisyClassifierConfig

    def __init__(self, config: NoisyClassifierConfig) -> None:
        super().__init__(config)
        c, told = config.channels, 2 * config.channels
        self.moment = nn.Sequential(nn.Linear(2 * WAVES + 1, told), nn.SiLU(), nn.Linear(told, told), nn.SiLU())
        self.stem = nn.Conv2d(config.image_channels, c, 4, 2, 1)
        self.blocks = nn.ModuleList([Told(c, c, 1, told), Told(c, 2 * c, 2, told), Told(2 * c, 2 * c, 1, told)])
        self.groups = grouped(config.labels)
        self.head = nn.Linear(2 * c, len(config.labels))

    @cached_property
    def process(self) -> VariancePreserving:
        """The noise that it learns with: DDPM's, under the cosine schedule."""
        return VariancePreserving(TIMESTEPS, SCHEDULES[0])

    def hidden(self, x_t: Tensor, level: Level) -> Tensor:
        """(N, D): the mean over all places of the last layer."""
        alpha, _ = level.of(x_t)
        told = self.moment(waves(level.log_snr.flatten().to(x_t))).expand(len(x_t), -1)
        x = F.silu(self.stem(alpha * x_t))
        for block in self.blocks:
            x = block(x, told)
        return x.mean((2, 3))

    def forward(self, x_t: Tensor, level: Level) -> Tensor:
        """Logits (N, K) of pictures in [−1, 1] under noise, (N, C, H, W); level: of all of them, or (N, 1, 1, 1)."""
        return self.head(self.hidden(x_t, level))

    def log_probability(self, logits: Tensor, told: Tensor) -> Tensor:
        """(N,) log p(told|x_t) of classes (N,) or of values of attributes (N, A); what is none of them adds nothing."""
        parts = []
        for columns, of in zip(self.groups.values(), told.reshape(len(logits), -1).unbind(1), strict=True):
            log_p = logits[:, columns].log_softmax(1)
            last = log_p.shape[1] - 1
            known = log_p.gather(1, of.clamp(0, last)[:, None])[:, 0]
            parts.append(torch.where((of >= 0) & (of <= last), known, 0.0))
        return torch.stack(parts).sum(0)

    def clear(self, images: Tensor) -> tuple[Tensor, Level]:
        """Pictures in [0, 1] without noise, as it knows them."""
        alpha = torch.tensor(CLEAREST, dtype=torch.float64).sigmoid()
        return images.to(self.device) * 2 - 1, Level(alpha.sqrt(), (1 - alpha).sqrt())

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """(N, D) of pictures (N, C, H, W) in [0, 1] without noise."""
        return self.hidden(*self.clear(images))

    @torch.inference_mode()
    def classify(self, images: Tensor) -> Tensor:
        """Logits (N, K) of pictures (N, C, H, W) in [0, 1] without noise, on the model's device."""
        return self(*self.clear(images))


def waves(log_snr: Tensor) -> Tensor:
    """(N,) ln(α²/σ²) → (N, 2·WAVES + 1): itself, and its sines and cosines."""
    x = log_snr.clamp(-20, CLEAREST)[:, None] / 20
    angles = math.pi * x * 2.0 ** torch.arange(WAVES, device=x.device)[None] / 4
    return torch.cat([x, angles.sin(), angles.cos()], 1)
