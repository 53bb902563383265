"""DCGAN: Radford, Metz & Chintala, "Unsupervised Representation Learning with Deep Convolutional GANs", 2016,
conditional on the class as in Mirza & Osindero, "Conditional Generative Adversarial Nets", 2014.

Their guidelines: strided and fractionally-strided convolutions instead of pooling, batch norm in both networks, ReLU
and a final tanh in the generator, leaky ReLU in the discriminator, no hidden fully connected layers. The loss is the
non-saturating one of Goodfellow et al. 2014. The class enters the discriminator by projection (Miyato & Koyama,
"cGANs with Projection Discriminator", 2018).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from generative.frame import Frame
from generative.models.model import ImageConfig, Model
from generative.options import ClassOptions, number
from generative.seeds import Seeds, normal


@dataclass(frozen=True)
class DCGANConfig(ImageConfig):
    latent: int = 64
    class_embedding: int = 16
    generator_channels: int = 48
    discriminator_channels: int = 48


@dataclass(frozen=True)
class DCGANOptions(ClassOptions):
    truncation: float = number(
        1.0,
        0.1,
        1.0,
        0.05,
        "Truncation",
        "Scales the noise towards its centre. Below 1: more typical, less varied pictures. 1 is what training used.",
    )


class Generator(nn.Module):
    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        c, side = config.generator_channels, config.size // 4
        self.embedding = nn.Embedding(len(config.classes), config.class_embedding)
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(config.latent + config.class_embedding, 4 * c, side, 1, 0, bias=False),
            nn.BatchNorm2d(4 * c),
            nn.ReLU(),
            nn.ConvTranspose2d(4 * c, 2 * c, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * c),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * c, c, 4, 2, 1, bias=False),
            nn.BatchNorm2d(c),
            nn.ReLU(),
            nn.Conv2d(c, config.image_channels, 3, 1, 1),
            nn.Tanh(),
        )

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        """(N, latent) noise and (N,) classes → (N, C, H, W) images in [−1, 1]."""
        return self.layers(torch.cat([z, self.embedding(labels)], 1)[:, :, None, None])


class Discriminator(nn.Module):
    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        c, side = config.discriminator_channels, config.size // 4
        self.layers = nn.Sequential(
            nn.Conv2d(config.image_channels, c, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(c, 2 * c, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * c),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * c, 4 * c, 3, 1, 1, bias=False),
            nn.BatchNorm2d(4 * c),
            nn.LeakyReLU(0.2),
        )
        self.realness = nn.Conv2d(4 * c, 1, side)
        self.class_projection = nn.Embedding(len(config.classes), 4 * c)

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """(N, C, H, W) in [−1, 1] and (N,) classes → (N,) logits of being real."""
        features = self.layers(images)
        match = (features.mean((2, 3)) * self.class_projection(labels)).sum(1)
        return self.realness(features).flatten() + match


class DCGAN(Model):
    """The generator. The discriminator is its recipe's, since sampling does not need it."""

    family = "gans"
    title = "DCGAN"
    paper = "https://arxiv.org/abs/1511.06434"
    Config = DCGANConfig
    Options = DCGANOptions

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__(config)
        self.generator = Generator(config)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.generator(z, labels)

    def evaluations(self, options: DCGANOptions) -> int:
        return 1

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: DCGANOptions | None = None) -> Iterator[Frame]:
        options = options or self.Options()
        labels = seeds.labels(self.class_index(options), len(self.config.classes)).to(self.device)
        z = normal(seeds.generators(), self.config.latent).to(self.device) * options.truncation
        yield Frame(((self(z, labels) + 1) / 2).float(), 1, 1, "generated")
