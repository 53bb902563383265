"""Autoencoders without a prior: an encoder squeezes a picture into a code, a decoder makes it from the code again.

- Autoencoder: fully connected, as in Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural
  Networks", Science 2006, without their layer-wise pre-training.
- ConvAutoencoder: the same with convolutions (Masci et al., "Stacked Convolutional Auto-Encoders for Hierarchical
  Feature Extraction", 2011).
- DenoisingAutoencoder: is shown a noisy picture and has to make the clean one (Vincent et al., "Extracting and
  Composing Robust Features with Denoising Autoencoders", 2008).

Nothing in their loss says where codes lie, so there is no distribution to draw from. What comes closest is offered all
the same, to be seen beside the VAE: codes are scaled to mean 0 and variance 1 in every dimension (by batch norm without
parameters), and a draw takes each dimension from N(0, 1).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from generative.answers import Space
from generative.frame import Frame
from generative.models.autoencoders.convolutional import ConvConfig, conv_decoder, conv_encoder, convolved
from generative.models.model import ImageConfig, Model
from generative.options import Options, number
from generative.seeds import Seeds, normal


@dataclass(frozen=True)
class AutoencoderConfig(ImageConfig):
    least: ClassVar[Mapping[str, Any]] = {"hidden": 8, "latent": 3}
    hidden: int = 192
    latent: int = 32


@dataclass(frozen=True)
class ConvAutoencoderConfig(ConvConfig):
    channels: int = 16
    hidden: int = 96
    latent: int = 32


@dataclass(frozen=True)
class AutoencoderOptions(Options):
    temperature: float = number(
        1.0,
        0.0,
        2.0,
        0.05,
        "Temperature",
        "Width of the noise that is decoded. 1 is as wide as the codes of real images; 0 decodes their mean.",
    )


class Autoencoder(Model):
    family = "autoencoders"
    title = "Autoencoder"
    paper = "https://www.cs.toronto.edu/~hinton/absps/science.pdf"
    Config: type[ImageConfig] = AutoencoderConfig
    Options = AutoencoderOptions

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__(config)
        self.encoder, self.decoder = self.networks(config)
        self.scale = nn.BatchNorm1d(config.latent, affine=False)

    @staticmethod
    def networks(config: AutoencoderConfig) -> tuple[nn.Module, nn.Module]:
        """Encoder, (N, C, H, W) → (N, latent), and decoder, (N, latent) → (N, C, H, W) logits."""
        shape = (config.image_channels, config.size, config.size)
        pixels, hidden = config.image_channels * config.size**2, config.hidden
        encoder = [nn.Flatten(), nn.Linear(pixels, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU()]
        decoder = [nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, pixels), nn.Unflatten(1, shape)]
        return (
            nn.Sequential(*encoder, nn.Linear(hidden, config.latent)),
            nn.Sequential(nn.Linear(config.latent, hidden), nn.SiLU(), *decoder),
        )

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → their reconstructions."""
        return torch.sigmoid(self.decoder(self.scale(self.encoder(images * 2 - 1).float())).float())

    def evaluations(self, options: AutoencoderOptions) -> int:
        """One: the decoder."""
        return 1

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The code alone."""
        return (Space("z", "Code", (self.config.latent,), "slerp"),)

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: AutoencoderOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """One frame: latents drawn from a normal distribution, decoded. An autoencoder was not trained for that."""
        yield Frame(self.decode(self.latents(seeds, options, condition)), 1, 1, "decoded")

    @torch.inference_mode()
    def latents(self, seeds: Seeds, options: AutoencoderOptions | None = None, condition: Any = None) -> Tensor:
        """(N, latent) normal, times the temperature; each from its own seed."""
        self.told(seeds, condition)  # refuses one
        temperature = (options or self.default_options).temperature
        return normal(seeds.generators(), self.config.latent).to(self.device) * temperature

    @torch.inference_mode()
    def encode(self, images: Tensor, space: str | None = None) -> Tensor:
        """(N, latent) of images (N, C, H, W) in [0, 1], scaled to unit variance per dimension."""
        self.space(space)
        return self.scale(self.encoder(self.check_images(images, clipped=False) * 2 - 1))

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """(N, F) of images (N, C, H, W) in [0, 1]: the hidden layer before the code."""
        return self.encoder[:-1](self.check_images(images) * 2 - 1)

    @torch.inference_mode()
    def decode(self, latents: Tensor, space: str | None = None) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of latents (N, D)."""
        return torch.sigmoid(self.decoder(self.check_latents(latents, space)))


class ConvAutoencoder(Autoencoder):
    title = "Convolutional AE"
    paper = "https://people.idsia.ch/~ciresan/data/icann2011.pdf"
    Config = ConvAutoencoderConfig

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """(N, F) of images (N, C, H, W) in [0, 1]: the maps of the last convolution."""
        return convolved(self.encoder, self.check_images(images))

    @staticmethod
    def networks(config: ConvAutoencoderConfig) -> tuple[nn.Module, nn.Module]:
        """Encoder and decoder, convolutional."""
        return conv_encoder(config, config.latent), conv_decoder(config, config.image_channels)


class DenoisingAutoencoder(ConvAutoencoder):
    title = "Denoising AE"
    paper = "https://www.cs.toronto.edu/~larocheh/publications/icml-2008-denoising-autoencoders.pdf"
