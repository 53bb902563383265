"""The networks of a DCGAN: what its GANs share, whatever they minimise."""

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from generative.models.attribute_embedding import AttributeEmbedding

if TYPE_CHECKING:
    from generative.models.gans.dcgan import DCGANConfig


class Generator(nn.Module):
    """From a code to an image, which doubles in size again and again."""

    def __init__(self, config: "DCGANConfig") -> None:
        super().__init__()
        channels = [config.generator_channels * 2**level for level in range(config.levels, -1, -1)]
        self.embedding = embedding(config, config.class_embedding)
        layers = self.first(config.code, channels[0], config.size >> config.levels)
        for inputs, outputs in pairwise(channels):
            layers += [*self.doubled(inputs, outputs), *self.after(outputs)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(channels[-1], config.image_channels, 3, 1, 1), nn.Tanh())

    def first(self, code: int, channels: int, size: int) -> list[nn.Module]:
        """From a code (N, D, 1, 1) to the smallest maps (N, channels, size, size)."""
        return [nn.ConvTranspose2d(code, channels, size, 1, 0, bias=False), *self.after(channels)]

    def doubled(self, inputs: int, outputs: int) -> list[nn.Module]:
        """Maps of twice the height and width."""
        return [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)]

    def after(self, channels: int) -> list[nn.Module]:
        """What follows each hidden convolution."""
        return [nn.BatchNorm2d(channels), nn.ReLU()]

    def code(self, z: Tensor, labels: Tensor) -> Tensor:
        """(N, latent) noise and (N,) classes, or (N, A) attributes → (N, D) codes."""
        return z if self.embedding is None else torch.cat([z, self.embedding(labels)], 1)

    def decode(self, codes: Tensor) -> Tensor:
        """(N, D) → (N, C, H, W) images in [−1, 1]."""
        return self.layers(codes[:, :, None, None])

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        """Images (N, C, H, W) in [−1, 1] of noise z (N, latent) and labels (N,) or (N, A)."""
        return self.decode(self.code(z, labels))


class Discriminator(nn.Module):
    """From an image, which halves in size again and again, to a number."""

    def __init__(self, config: "DCGANConfig") -> None:
        super().__init__()
        c, levels, self.batch_norm = config.discriminator_channels, config.levels, config.batch_norm
        layers = [*self.halved(config.image_channels, c, bias=True), self.activation()]
        for level in range(1, levels):
            layers += [*self.halved(c << (level - 1), c << level, not self.batch_norm), *self.after(c << level)]
        last = nn.Conv2d(c << (levels - 1), c << levels, 3, 1, 1, bias=not self.batch_norm)
        self.layers = nn.Sequential(*layers, last, *self.after(c << levels))
        features = self.judged(c << levels, config.size >> levels)
        self.class_projection = embedding(config, features)

    def halved(self, inputs: int, outputs: int, bias: bool) -> list[nn.Module]:
        """Maps of half the height and width."""
        return [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=bias)]

    def activation(self) -> nn.Module:
        """Of each hidden layer."""
        return nn.LeakyReLU(0.2)

    def after(self, channels: int) -> list[nn.Module]:
        """What follows each hidden convolution but the first."""
        return [*([nn.BatchNorm2d(channels)] if self.batch_norm else []), self.activation()]

    def judged(self, channels: int, size: int) -> int:
        """The last layer, of maps (N, channels, size, size); the number of features that tell the class."""
        self.realness = nn.Conv2d(channels, 1, size)
        return channels

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """(N, C, H, W) in [−1, 1] and (N,) classes, or (N, A) attributes → (N,) logits of being real."""
        return self.told(*self.seen(images), labels)

    def told(self, realness: Tensor, features: Tensor, labels: Tensor) -> Tensor:
        """(N,) logits of being real, of what was `seen` in images, as what labels say that they are."""
        if self.class_projection is None:
            return realness
        return realness + (features * self.class_projection(labels)).sum(1)

    def of_any(self, images: Tensor) -> Tensor:
        """(N,) logits, each of the class that the image looks most real as; told nothing, where there are none."""
        realness, features = self.seen(images)
        if not isinstance(self.class_projection, nn.Embedding):
            return realness
        return realness + (features @ self.class_projection.weight.T).amax(1)

    def seen(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N,) logits whatever the class, and (N, F) features, averaged over places."""
        features = self.layers(images)
        return self.realness(features).flatten(), features.mean((2, 3))


def embedding(config: "DCGANConfig", dims: int) -> nn.Embedding | AttributeEmbedding | None:
    """(N,) classes, or (N, A) values of attributes → (N, dims) for a network; None for one that is told nothing."""
    if config.attributes:
        return AttributeEmbedding(config.attributes, dims)
    return nn.Embedding(len(config.classes), dims) if config.classes else None


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
    elif isinstance(module, nn.ConvTranspose2d):
        (side, _), (stride, _) = module.kernel_size, module.stride
        places = (side // stride) ** 2 if stride > 1 else 1  # which reach a pixel; the first layer knows but one
        nn.init.normal_(module.weight, 0, (2 / (module.in_channels * places)) ** 0.5)
