"""GANs that differ in their objective alone, to be put side by side: the generator, the optimisers, the seed and the
number of images are the same for each (training/contenders.py).

Those whose penalty is asked of single images, WGAN-GP and R3GAN, have a discriminator without batch norm, as their
papers say. R3GAN's paper takes batch norm out of its generator too, and modernises both networks: not here.
"""

from dataclasses import dataclass

from generative.models.gans import objectives
from generative.models.gans.dcgan import DCGAN, DCGANConfig


@dataclass(frozen=True)
class CriticConfig(DCGANConfig):
    batch_norm: bool = False


class Contender(DCGAN):
    """What they have in common. A subclass names its objective."""


class MinimaxGAN(Contender):
    title = "Minimax GAN"
    paper = "https://arxiv.org/abs/1406.2661"
    objective = objectives.MINIMAX


class NonSaturatingGAN(Contender):
    title = "Non-saturating GAN"
    paper = "https://arxiv.org/abs/1406.2661"
    objective = objectives.NON_SATURATING


class LSGAN(Contender):
    title = "LSGAN"
    paper = "https://arxiv.org/abs/1611.04076"
    objective = objectives.LEAST_SQUARES


class WGANGP(Contender):
    title = "WGAN-GP"
    paper = "https://arxiv.org/abs/1704.00028"
    Config = CriticConfig
    objective = objectives.WASSERSTEIN


class R3GAN(Contender):
    title = "R3GAN"
    paper = "https://arxiv.org/abs/2501.05441"
    Config = CriticConfig
    objective = objectives.RELATIVISTIC
