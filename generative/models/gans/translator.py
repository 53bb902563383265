"""The networks of a CycleGAN: generators that turn a picture into one of another kind, and critics of patches.

The generator is that of the paper, a few convolutions, residual blocks at a lower resolution, and a few to enlarge it
again, all with instance norm; but small, for pictures of 32 pixels and training on a processor. Each block of 2×2
pixels comes in and goes out as one place with four times the channels; what was seen before the reduction is added
again after the enlargement; and the last layer sees the picture itself, so that copying it need not be learnt.
"""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from generative.models.gans.cyclegan import CycleGANConfig


def layer(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """A convolution, with instance norm and ReLU after it."""
    convolution = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
    return nn.Sequential(convolution, nn.InstanceNorm2d(outputs), nn.ReLU())


class Residual(nn.Module):
    """x + f(x), f two convolutions with instance norm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = layer(channels, channels)
        self.second = layer(channels, channels)[:2]

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(self.first(x))


class Generator(nn.Module):
    def __init__(self, config: "CycleGANConfig") -> None:
        super().__init__()
        c, values = config.channels, 4 * config.image_channels
        self.folded, self.unfolded = nn.PixelUnshuffle(2), nn.PixelShuffle(2)
        self.seen = nn.Sequential(layer(values, c), Residual(c))
        self.reduced = layer(c, 2 * c, 2)
        self.changed = nn.Sequential(*(Residual(2 * c) for _ in range(config.blocks)))
        self.enlarged = nn.Sequential(nn.Upsample(scale_factor=2), layer(2 * c, c))
        self.drawn = nn.Sequential(Residual(c), nn.ReLU())
        self.out = nn.Conv2d(c + values, values, 3, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [−1, 1] → the same of the other kind."""
        folded = self.folded(images)
        seen = self.seen(folded)
        drawn = self.drawn(seen + self.enlarged(self.changed(self.reduced(seen))))
        return self.unfolded(self.out(torch.cat([drawn, folded], 1))).tanh()


class Critic(nn.Module):
    """A PatchGAN (Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", 2017, section 3.2):
    a logit for each patch of 22×22 pixels."""

    def __init__(self, image_channels: int, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(image_channels, channels, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(channels, 2 * channels, 4, 2, 1, bias=False),
            nn.InstanceNorm2d(2 * channels),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * channels, 1, 4, 1, 2),
        )

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [−1, 1] → (N, h, w) logits."""
        return self.layers(images)[:, 0]


class Both(nn.ModuleList):
    """Two networks, one for each kind of picture."""

    def forward(self, images: Tensor, place: int) -> Tensor:
        """What network `place`, 0 or 1, makes of images."""
        return self[place](images)
