"""GANs that went wrong on purpose: small DCGANs of the paper's loss, told nothing (training/contenders.py)."""

from dataclasses import dataclass
from typing import ClassVar

from generative.models.gans import objectives
from generative.models.gans.dcgan import DCGAN, DCGANConfig

KNOWN = 100  # training images of the one that overfits


@dataclass(frozen=True)
class FailureConfig(DCGANConfig):
    can_be_told = ()
    latent: int = 32
    generator_channels: int = 12
    discriminator_channels: int = 16


class Failure(DCGAN):
    """A subclass says why, in words for the page."""

    Config = FailureConfig
    objective = objectives.NON_SATURATING
    why: ClassVar[str] = ""


class CollapsedGAN(Failure):
    title = "Collapsed"
    why = (
        "Its generator learns a hundred times as fast as its discriminator: before that has learnt what is wrong with "
        "the one picture that pleases it most, all noise leads to this picture. Taught twenty times as long, it came "
        "out of that, without ever drawing well"
    )


class OverfittedGAN(Failure):
    title = "Overfitted"
    why = (
        f"It saw {KNOWN} pictures, thousands of times each: its discriminator knows them by heart and takes anything "
        "else for forged, so that the generator learns to copy"
    )
