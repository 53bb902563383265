"""The networks of a style-based GAN, which grow: both can work at any size that they have grown to.

`grown` says how far: 0 is the smallest size, 4 to 7 pixels, each 1 more doubles it; at 1.3 the second size has faded in
by three tenths (Karras et al., "Progressive Growing of GANs", 2018, figure 2).
"""

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.gans.equalised import EqualConv, EqualLinear, leaky

if TYPE_CHECKING:
    from generative.models.gans.stylegan import StyleGANConfig

MAPPING_RATE = 0.1  # of the other layers' rate of learning
TOGETHER = 4  # images whose spread the discriminator sees
REMEMBERED = 0.01  # of the spread that it remembers, the share of the latest batch


def enlarged(images: Tensor, size: int | None = None) -> Tensor:
    """Images (N, C, H, W) at twice their size, or at `size`, each pixel a square."""
    return F.interpolate(images, size or 2 * images.shape[-1], mode="nearest")


class Mapping(nn.Module):
    """Noise z → style w, by layers that each keep the width."""

    def __init__(self, config: "StyleGANConfig") -> None:
        super().__init__()
        dims = [config.latent, *[config.style] * config.mapping_layers]
        self.layers = nn.ModuleList(EqualLinear(a, b, MAPPING_RATE) for a, b in pairwise(dims))

    def forward(self, z: Tensor) -> Tensor:
        """(N, Z) → (N, W). Only the direction of z counts: its length is made that of typical noise (pixel norm)."""
        w = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.layers:
            w = leaky(layer(w))
        return w


class Styled(nn.Module):
    """Adaptive instance normalisation ("StyleGAN", eq. 1): each map's mean and spread are what the style says."""

    def __init__(self, style: int, channels: int) -> None:
        super().__init__()
        self.read = EqualLinear(style, 2 * channels)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """(N, C, H, W) under styles (N, W)."""
        scale, shift = self.read(w)[:, :, None, None].chunk(2, 1)
        return F.instance_norm(x) * (1 + scale) + shift


class Layer(nn.Module):
    """A convolution; of one that doubles the size the result is enlarged bilinearly, which blurs as it should
    ("StyleGAN", section 2: no checks, no lone pixels)."""

    def __init__(self, inputs: int, outputs: int, doubles: bool = False) -> None:
        super().__init__()
        self.convolution, self.doubles = EqualConv(inputs, outputs, 3), doubles

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) → (N, outputs, H, W), or twice as high and wide."""
        x = self.convolution(x)
        return leaky(F.interpolate(x, scale_factor=2, mode="bilinear") if self.doubles else x)


class Synthesis(nn.Module):
    """Draws from a learnt constant under styles, two of each size: one for every layer."""

    def __init__(self, config: "StyleGANConfig") -> None:
        super().__init__()
        widths = config.widths
        side = config.size >> config.levels
        self.start = nn.Parameter(torch.randn(1, widths[0], side, side))
        self.layers = nn.ModuleList([Layer(widths[0], widths[0])])
        for a, b in pairwise(widths):
            self.layers += [Layer(a, b, doubles=True), Layer(b, b)]
        self.styles = nn.ModuleList(Styled(config.style, width) for width in widths for _ in range(2))
        self.colours = nn.ModuleList(EqualConv(width, config.image_channels, 1) for width in widths)

    def maps(self, styles: Tensor, levels: int) -> list[Tensor]:
        """Under styles (N, layers, W), what is at each size up to that of `levels`, before it is coloured."""
        x = self.styles[0](self.start.expand(len(styles), -1, -1, -1), styles[:, 0])
        sizes = []
        for i, layer in enumerate(self.layers[: 2 * levels + 1], 1):
            x = self.styles[i](layer(x), styles[:, i])
            sizes += [x] * (i % 2)
        return sizes

    def forward(self, styles: Tensor, grown: float) -> tuple[Tensor, list[Tensor]]:
        """Images (N, C, H, W), about in [−1, 1], of styles (N, layers, W), and what is at each size before colours."""
        top = math.ceil(grown)
        maps = self.maps(styles, top)
        picture = self.colours[top](maps[top])
        if grown < top:
            before = self.colours[top - 1](maps[top - 1])
            picture = torch.lerp(enlarged(before).to(picture), picture, grown % 1)
        return picture, maps


class StyleGenerator(nn.Module):
    def __init__(self, config: "StyleGANConfig") -> None:
        super().__init__()
        self.mapping, self.synthesis = Mapping(config), Synthesis(config)

    def forward(self, z: Tensor, other: Tensor, change: Tensor, grown: float) -> tuple[Tensor, list[Tensor]]:
        """What `synthesis` gives of noise z (N, Z), from the layers `change` (N,) on in the style of `other` (N, Z)."""
        w, others = self.mapping(torch.cat([z, other])).chunk(2)
        late = torch.arange(len(self.synthesis.styles), device=z.device) >= change[:, None]
        return self.synthesis(torch.where(late[..., None], others[:, None], w[:, None]), grown)


class GrowingDiscriminator(nn.Module):
    """Strided convolutions without normalisation; it also sees how much the images of a batch differ.

    That spread ("Progressive Growing", section 3) is measured in neighbours of TOGETHER in training; a single picture
    is judged as if it stood among others that differ as much as those did.
    """

    spread: Tensor

    def __init__(self, config: "StyleGANConfig") -> None:
        super().__init__()
        c, levels, side = config.discriminator_channels, config.levels, config.size >> config.levels
        widths = [c << level for level in range(levels - 1, -1, -1)]
        first = EqualConv(config.image_channels, widths[0], 3)
        halved = (EqualConv(config.image_channels, width, 4, 2) for width in widths)
        self.stems = nn.ModuleList([first, *halved])
        self.halvings = nn.ModuleList(EqualConv(b, a, 4, 2) for a, b in pairwise(widths))
        self.together = EqualConv(widths[0] + 1, widths[0], 3)
        self.realness = EqualLinear(widths[0] * side**2, 1)
        self.register_buffer("spread", torch.ones(()))

    def forward(self, images: Tensor, grown: float) -> Tensor:
        """(N, C, H, W) in [−1, 1], of the size that belongs to `grown` → (N,) logits of being real."""
        top = math.ceil(grown)
        x = leaky(self.stems[top](images))
        if top > 1:
            x = leaky(self.halvings[top - 2](x))
        if grown < top:
            before = leaky(self.stems[top - 1](F.avg_pool2d(images, 2)))
            x = torch.lerp(before, x, grown % 1)
        for halving in reversed(self.halvings[: max(0, top - 2)]):
            x = leaky(halving(x))
        spread = self._spread(x).expand(len(x), 1, *x.shape[2:])
        x = leaky(self.together(torch.cat([x, spread], 1)))
        return self.realness(x.flatten(1))[:, 0]

    def _spread(self, x: Tensor) -> Tensor:
        """(N, 1, 1, 1) the standard deviation over neighbours, mean of all maps and places; the usual one when it is
        not learning."""
        if not self.training:
            return self.spread
        groups = x.unflatten(0, (-1, TOGETHER if len(x) % TOGETHER == 0 else len(x)))
        variance = (groups - groups.mean(1, keepdim=True)).square().mean(1)
        spread = (variance + 1e-8).sqrt().mean((1, 2, 3))
        self.spread.lerp_(spread.detach().float().mean(), REMEMBERED)
        return spread.repeat_interleave(groups.shape[1])[:, None, None, None]
