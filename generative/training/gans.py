"""DCGAN: the generator and the discriminator take turns (Goodfellow et al. 2014, non-saturating loss).

The discriminator's gradient at real images is kept small (R1: Mescheder, Geiger & Nowozin, "Which Training Methods for
GANs do actually Converge?", 2018): without that it soon tells all forgeries, and the generator learns no more. The
penalty is computed for one batch in eight, and weighs eight times as much (Karras et al., "StyleGAN2", 2020).

The discriminator learns from batches that are half real and half forged: were they apart, batch norm would tell it
which is which by the statistics of the batch, instead of by what a single image looks like. Where it judges for the
generator it uses the statistics that it has gathered, as it will when visitors ask it.
"""

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from generative.models.gans.dcgan import DCGAN
from generative.training.recipe import Recipe

GAMMA, LAZY = 0.2, 8
SCALE = {"generator": 2.5, "discriminator": 1.0}  # of the learning rate: the discriminator is ahead as it is


class DCGANRecipe(Recipe):
    minutes = 25
    configs = {
        "fashion-mnist": {"generator_channels": 40},
        "avatars": {"size": 32, "generator_channels": 32, "discriminator_channels": 32, "candidates": 16},
    }
    batch_size = 32
    learning_rate = 2e-4

    def __init__(self, model: DCGAN) -> None:
        model.apply(initialise)
        self.latent = model.config.latent
        self.networks = {"generator": model.generator, "discriminator": model.discriminator}
        self.optimisers = {
            name: torch.optim.Adam([{"params": network.parameters(), "scale": SCALE[name]}], betas=(0.5, 0.999))
            for name, network in self.networks.items()
        }

    def step(self, accelerator: Accelerator, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
        generator, discriminator = self.networks["generator"], self.networks["discriminator"]
        real = images * 2 - 1
        with accelerator.autocast():
            fake = generator(torch.randn(len(images), self.latent, device=images.device), labels)
            both = discriminator(torch.cat([real, fake.detach()]), torch.cat([labels, labels]))
            on_real, on_fake = both.chunk(2)
            d_loss = F.softplus(-on_real.float()).mean() + F.softplus(on_fake.float()).mean()
        discriminator.eval()
        if torch.rand(()) < 1 / LAZY:
            d_loss = d_loss + LAZY * GAMMA / 2 * slope(discriminator, real, labels)
        self.descend(accelerator, "discriminator", d_loss, clip=10)
        with accelerator.autocast():
            g_loss = F.softplus(-discriminator(fake, labels).float()).mean()
        self.descend(accelerator, "generator", g_loss, clip=10)
        return {
            "d_loss": d_loss.detach(),
            "g_loss": g_loss.detach(),
            "d_real": on_real.detach().float().sigmoid().mean(),
            "d_fake": on_fake.detach().float().sigmoid().mean(),
        }


def slope(discriminator: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """The mean squared gradient of the logits with respect to images (N, C, H, W)."""
    images = images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(images, labels).sum(), images, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean()


def initialise(module: torch.nn.Module) -> None:
    """Weights from N(0, 0.02²), as section 4 of the DCGAN paper says."""
    if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
        torch.nn.init.normal_(module.weight, 0, 0.02)
    elif isinstance(module, torch.nn.BatchNorm2d):
        torch.nn.init.normal_(module.weight, 1, 0.02)
