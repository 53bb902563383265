"""A DCGAN that can be told any of the attributes of a picture, or none: Mirza & Osindero, "Conditional Generative
Adversarial Nets", 2014.

The generator gets the sum of the embeddings of what is told after its noise; the discriminator weighs its features by
another such sum (Miyato & Koyama, "cGANs with Projection Discriminator", 2018), and learns to name what it sees as well
(training/gans.py). What is not told adds nothing to either: of each batch half of the attributes are left out, so that
whatever is left to the seed is drawn from the noise.
"""

from dataclasses import dataclass

from generative.models.gans.dcgan import DCGAN, DCGANConfig


@dataclass(frozen=True)
class ConditionalConfig(DCGANConfig):
    can_be_told = ("class", "attributes")


class ConditionalDCGAN(DCGAN):
    title = "Conditional DCGAN"
    paper = "https://arxiv.org/abs/1802.05637"
    Config = ConditionalConfig
