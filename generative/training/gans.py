"""DCGAN: the generator and the discriminator take turns (Goodfellow et al. 2014, non-saturating loss)."""

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from generative.models.gans.dcgan import DCGAN, Discriminator
from generative.training.recipe import Recipe


class DCGANRecipe(Recipe):
    minutes = 25
    batch_size = 64
    learning_rate = 2e-4

    def __init__(self, model: DCGAN) -> None:
        discriminator = Discriminator(model.config)
        for network in (model, discriminator):
            network.apply(initialise)
        self.latent = model.config.latent
        self.networks = {"model": model, "discriminator": discriminator}
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), self.learning_rate, betas=(0.5, 0.999))
            for name, network in self.networks.items()
        }

    def step(self, accelerator: Accelerator, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
        generator, discriminator = self.networks["model"], self.networks["discriminator"]
        real = images * 2 - 1
        with accelerator.autocast():
            fake = generator(torch.randn(len(images), self.latent, device=images.device), labels)
            on_real, on_fake = discriminator(real, labels), discriminator(fake.detach(), labels)
            d_loss = F.softplus(-on_real.float()).mean() + F.softplus(on_fake.float()).mean()
        self.descend(accelerator, "discriminator", d_loss, clip=10)
        with accelerator.autocast():
            g_loss = F.softplus(-discriminator(fake, labels).float()).mean()
        self.descend(accelerator, "model", g_loss, clip=10)
        return {
            "d_loss": d_loss.detach(),
            "g_loss": g_loss.detach(),
            "d_real": on_real.detach().float().sigmoid().mean(),
            "d_fake": on_fake.detach().float().sigmoid().mean(),
        }


def initialise(module: torch.nn.Module) -> None:
    """Weights from N(0, 0.02²), as section 4 of the DCGAN paper says."""
    if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
        torch.nn.init.normal_(module.weight, 0, 0.02)
    elif isinstance(module, torch.nn.BatchNorm2d):
        torch.nn.init.normal_(module.weight, 1, 0.02)
