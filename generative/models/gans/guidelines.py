"""DCGANs that each break one of the guidelines of the DCGAN's paper (Radford, Metz & Chintala, 2016, section 3), beside
one that keeps them all: same widths, seed, and number of images (training/contenders.py).

All minimise the paper's loss, the non-saturating one, without a penalty that would stand in for a guideline.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from generative.models.gans import objectives
from generative.models.gans.dcgan import DCGAN, DCGANConfig
from generative.models.gans.networks import Discriminator, Generator

HIDDEN = 32  # units of the fully connected layers


@dataclass(frozen=True)
class GuidelineConfig(DCGANConfig):
    latent: int = 32
    class_embedding: int = 8
    generator_channels: int = 12
    discriminator_channels: int = 16


@dataclass(frozen=True)
class NormlessConfig(GuidelineConfig):
    batch_norm: bool = False


class UpsamplingGenerator(Generator):
    """Repeats each value four times, then convolves: nothing learns how to enlarge."""

    def doubled(self, inputs: int, outputs: int) -> list[nn.Module]:
        """Nearest neighbours, and a convolution that keeps the size."""
        return [nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False)]


class PoolingDiscriminator(Discriminator):
    """Convolves, then keeps the largest of four values."""

    def halved(self, inputs: int, outputs: int, bias: bool) -> list[nn.Module]:
        """A convolution that keeps the size, and max pooling."""
        return [nn.Conv2d(inputs, outputs, 3, 1, 1, bias=bias), nn.MaxPool2d(2)]


class NormlessGenerator(Generator):
    def after(self, channels: int) -> list[nn.Module]:
        """No batch norm."""
        return [nn.ReLU()]


class HiddenGenerator(Generator):
    def first(self, code: int, channels: int, size: int) -> list[nn.Module]:
        """A fully connected layer before the maps; of 1×1 places a convolution is one."""
        return [nn.Conv2d(code, HIDDEN, 1), nn.ReLU(), *super().first(HIDDEN, channels, size)]


class HiddenDiscriminator(Discriminator):
    def judged(self, channels: int, size: int) -> int:
        """A fully connected layer between the maps and the number; it tells the class as well."""
        self.hidden = nn.Sequential(nn.Flatten(), nn.Linear(channels * size**2, HIDDEN), self.activation())
        self.realness = nn.Linear(HIDDEN, 1)
        return HIDDEN

    def seen(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """As of any, but the features are those of the fully connected layer."""
        features = self.hidden(self.layers(images))
        return self.realness(features).flatten(), features


class SigmoidGenerator(Generator):
    def after(self, channels: int) -> list[nn.Module]:
        """Values from 0 to 1, which hardly move at either end."""
        return [nn.BatchNorm2d(channels), nn.Sigmoid()]


class TanhDiscriminator(Discriminator):
    def activation(self) -> nn.Module:
        """Values from −1 to 1, which hardly move at either end."""
        return nn.Tanh()


class Guided(DCGAN):
    """A subclass names what it does otherwise and why that matters, in words for the page."""

    Config = GuidelineConfig
    objective = objectives.NON_SATURATING
    guideline: ClassVar[str] = ""
    instead: ClassVar[str] = ""


class GuidelinesGAN(Guided):
    title = "All guidelines kept"
    guideline = "All five are kept"
    instead = "The others are measured against this one"


class PoolingGAN(Guided):
    title = "Pooling"
    guideline = "Enlarge and shrink by strided convolutions, which learn how"
    instead = "Values are repeated to enlarge, and the largest of four is kept to shrink"
    Generator, Discriminator = UpsamplingGenerator, PoolingDiscriminator


class NormlessGAN(Guided):
    title = "No batch norm"
    guideline = "Batch norm in both networks"
    instead = "None in either; weights begin so that signals keep their strength from layer to layer"
    Config = NormlessConfig
    Generator = NormlessGenerator


class HiddenLayerGAN(Guided):
    title = "Fully connected"
    guideline = "No fully connected hidden layers"
    instead = f"One of {HIDDEN} units at the generator's begin, one of {HIDDEN} at the discriminator's end"
    Generator, Discriminator = HiddenGenerator, HiddenDiscriminator


class SigmoidGAN(Guided):
    title = "Sigmoid generator"
    guideline = "ReLU in the generator, and tanh at its end"
    instead = "Sigmoid in its hidden layers"
    Generator = SigmoidGenerator


class TanhGAN(Guided):
    title = "Tanh discriminator"
    guideline = "Leaky ReLU in the discriminator"
    instead = "Tanh"
    Discriminator = TanhDiscriminator
