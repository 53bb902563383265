"""The networks of a DCGAN: what its GANs share, whatever they minimise."""

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from generative.models.gans.dcgan import DCGANConfig


class Generator(nn.Module):
    def __init__(self, config: "DCGANConfig") -> None:
        super().__init__()
        channels = [config.generator_channels * 2**level for level in range(config.levels, -1, -1)]
        self.embedding = nn.Embedding(len(config.classes), config.class_embedding) if config.classes else None
        start = nn.ConvTranspose2d(config.code, channels[0], config.size >> config.levels, 1, 0, bias=False)
        layers = [start, nn.BatchNorm2d(channels[0]), nn.ReLU()]
        for inputs, outputs in pairwise(channels):
            doubling = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
            layers += [doubling, nn.BatchNorm2d(outputs), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(channels[-1], config.image_channels, 3, 1, 1), nn.Tanh())

    def code(self, z: Tensor, labels: Tensor) -> Tensor:
        """(N, latent) noise and (N,) classes → (N, D) codes."""
        return z if self.embedding is None else torch.cat([z, self.embedding(labels)], 1)

    def decode(self, codes: Tensor) -> Tensor:
        """(N, D) → (N, C, H, W) images in [−1, 1]."""
        return self.layers(codes[:, :, None, None])

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        """Images (N, C, H, W) in [−1, 1] of noise z (N, latent) and labels (N,)."""
        return self.decode(self.code(z, labels))


class Discriminator(nn.Module):
    def __init__(self, config: "DCGANConfig") -> None:
        super().__init__()
        c, levels = config.discriminator_channels, config.levels
        layers: list[nn.Module] = [nn.Conv2d(config.image_channels, c, 4, 2, 1), nn.LeakyReLU(0.2)]
        for level in range(1, levels):
            layers += seeing(config, nn.Conv2d(c << (level - 1), c << level, 4, 2, 1, bias=not config.batch_norm))
        layers += seeing(config, nn.Conv2d(c << (levels - 1), c << levels, 3, 1, 1, bias=not config.batch_norm))
        self.layers = nn.Sequential(*layers)
        self.realness = nn.Conv2d(c << levels, 1, config.size >> levels)
        self.class_projection = nn.Embedding(len(config.classes), c << levels) if config.classes else None

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """(N, C, H, W) in [−1, 1] and (N,) classes → (N,) logits of being real."""
        realness, features = self._seen(images)
        if self.class_projection is None:
            return realness
        return realness + (features * self.class_projection(labels)).sum(1)

    def of_best_class(self, images: Tensor) -> Tensor:
        """(N,) logits, each of the class that the image looks most real as; of no class where there is none."""
        realness, features = self._seen(images)
        if self.class_projection is None:
            return realness
        return realness + (features @ self.class_projection.weight.T).amax(1)

    def _seen(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N,) logits whatever the class, and (N, F) features, averaged over places."""
        features = self.layers(images)
        return self.realness(features).flatten(), features.mean((2, 3))


def seeing(config: "DCGANConfig", convolution: nn.Conv2d) -> list[nn.Module]:
    """A layer of the discriminator."""
    norm = [nn.BatchNorm2d(convolution.out_channels)] if config.batch_norm else []
    return [convolution, *norm, nn.LeakyReLU(0.2)]


def initialise(module: nn.Module) -> None:
    """Weights from N(0, 0.02²), as section 4 of the DCGAN paper says."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1, 0.02)


def keep_scale(module: nn.Module) -> None:
    """Weights with which signals stay as strong from layer to layer, where no batch norm sees to it (He et al.,
    "Delving Deep into Rectifiers", 2015, eq. 15)."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, a=0.2)
