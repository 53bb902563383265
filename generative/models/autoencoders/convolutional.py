"""The convolutional encoder and decoder that the autoencoders share: strided convolutions down to a few places with
many channels, two linear layers to the latent, and the same way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from generative.errors import InvalidOption
from generative.models.model import ImageConfig

LARGE = 32  # pixels; of larger images the first and the last layer halve and double the size too


@dataclass(frozen=True)
class ConvConfig(ImageConfig):
    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "hidden": 8, "latent": 3}
    channels: int = 32
    hidden: int = 160
    latent: int = 16

    def __post_init__(self) -> None:
        if self.size % (4 * self.stride):
            multiple = 4 * self.stride
            raise InvalidOption(f"size must be a multiple of {multiple} pixels, not {self.size}", "size")

    @property
    def stride(self) -> int:
        """Of the first and the last layer."""
        return 2 if self.size > LARGE else 1


def down(inputs: int, outputs: int) -> nn.Sequential:
    """A layer that halves height and width."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.SiLU())


def up(inputs: int, outputs: int) -> nn.Sequential:
    """A layer that doubles height and width."""
    return nn.Sequential(nn.ConvTranspose2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.SiLU())


def conv_encoder(config: ConvConfig, outputs: int) -> nn.Sequential:
    """(N, C, size, size) → (N, outputs)."""
    c, side = config.channels, config.size // (4 * config.stride)
    first = {1: (3, 1, 1), 2: (4, 2, 1)}[config.stride]
    return nn.Sequential(
        nn.Conv2d(config.image_channels, c, *first),
        nn.SiLU(),
        down(c, 2 * c),
        down(2 * c, 4 * c),
        nn.Conv2d(4 * c, c, 1),
        nn.SiLU(),
        nn.Flatten(),
        nn.Linear(c * side**2, config.hidden),
        nn.SiLU(),
        nn.Linear(config.hidden, outputs),
    )


def convolved(encoder: nn.Sequential, images: Tensor) -> Tensor:
    """(N, C, H, W) in [0, 1] → (N, F), the maps of the last convolution of such an encoder, flattened."""
    last = next(i for i, layer in enumerate(encoder) if isinstance(layer, nn.Flatten))
    return encoder[: last + 1](images * 2 - 1)


def conv_decoder(config: ConvConfig, outputs: int) -> nn.Sequential:
    """(N, latent) → (N, outputs, size, size)."""
    c, side = config.channels, config.size // (4 * config.stride)
    last = nn.Conv2d(c, outputs, 3, 1, 1) if config.stride == 1 else nn.ConvTranspose2d(c, outputs, 4, 2, 1)
    return nn.Sequential(
        nn.Linear(config.latent, config.hidden),
        nn.SiLU(),
        nn.Linear(config.hidden, c * side**2),
        nn.SiLU(),
        nn.Unflatten(1, (c, side, side)),
        nn.Conv2d(c, 4 * c, 1),
        nn.SiLU(),
        up(4 * c, 2 * c),
        up(2 * c, c),
        nn.Conv2d(c, c, 3, padding=1),
        nn.SiLU(),
        last,
    )
