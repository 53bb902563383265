"""GANs: the generator and the discriminator take turns at the objective that the model's class names (objectives.py).

The discriminator's gradient is kept small by the objective's penalty: without that it soon tells all forgeries, and the
generator learns no more.

The discriminator learns from batches that are half real and half forged: were they apart, batch norm would tell it
which is which by the statistics of the batch, instead of by what a single image looks like. Where it judges for the
generator it uses the statistics that it has gathered, as it will when visitors ask it.
"""

import torch
from accelerate import Accelerator
from torch import Tensor

from generative.models.gans.dcgan import DCGAN
from generative.models.gans.networks import initialise
from generative.training.recipe import Batch, Recipe, Record

SCALE = {"generator": 2.5, "discriminator": 1.0}  # of the learning rate: the discriminator is ahead as it is


class GANRecipe(Recipe):
    minutes = 25
    configs = {
        "fashion-mnist": {"generator_channels": 40},
        "avatars": {"size": 32, "generator_channels": 32, "discriminator_channels": 32, "options": {"candidates": 16}},
    }
    batch_size = 32
    learning_rate = 2e-4

    def __init__(self, model: DCGAN) -> None:
        model.apply(initialise)
        self.model, self.objective = model, model.objective
        self.networks = {"generator": model.generator, "discriminator": model.discriminator}
        self.optimisers = {
            name: torch.optim.Adam([{"params": network.parameters(), "scale": SCALE[name]}], betas=(0.5, 0.999))
            for name, network in self.networks.items()
        }

    def step(self, accelerator: Accelerator, batches: tuple[Batch, ...]) -> Record:
        """A step of the discriminator, then, if it is the generator's turn, one of the generator."""
        (batch,) = batches
        real, labels = batch.images * 2 - 1, batch.labels
        generator, discriminator = self.networks["generator"], self.networks["discriminator"]
        with accelerator.autocast():
            forged = generator(torch.randn(len(real), self.model.config.latent, device=real.device), labels)
            both = discriminator(torch.cat([real, forged.detach()]), torch.cat([labels, labels])).float()
        on_real, on_forged = both.chunk(2)
        d_loss = self.objective.discriminator(on_real, on_forged)
        discriminator.eval()
        d_loss = d_loss + self.penalty(real, forged.detach(), labels)
        self.descend(accelerator, "discriminator", d_loss, clip=10)
        record = {"d_loss": d_loss.detach(), **self._judged(on_real.detach(), on_forged.detach())}
        if (self.taken + 1) % self.objective.rounds:
            return record
        with accelerator.autocast():
            judged = discriminator(forged, labels).float()
        g_loss = self.objective.generator(on_real.detach(), judged)
        self.descend(accelerator, "generator", g_loss, clip=10)
        return {**record, "g_loss": g_loss.detach()}

    def penalty(self, real: Tensor, forged: Tensor, labels: Tensor) -> Tensor | float:
        """What this step's penalty adds to the loss: 0 where none is due."""
        penalty = self.objective.penalty
        if penalty is None or self.taken % penalty.every:
            return 0.0
        measured = penalty.measure(self.networks["discriminator"], real, forged, labels)
        return penalty.weight * penalty.every * measured

    def _judged(self, real: Tensor, forged: Tensor) -> Record:
        """The mean of what the discriminator says of each, as a probability where it stands for one."""
        read = self.objective.scale.probability or (lambda numbers: numbers)
        return {"d_real": read(real).mean(), "d_fake": read(forged).mean()}
