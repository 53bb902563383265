"""GANs: the generator and the discriminator take turns at the objective that the model's class names (objectives.py).

The discriminator's gradient is kept small by the objective's penalty: without that it soon tells all forgeries, and the
generator learns no more.

The discriminator learns from batches that are half real and half forged: were they apart, batch norm would tell it
which is which by the statistics of the batch, instead of by what a single image looks like. Where it judges for the
generator it uses the statistics that it has gathered, as it will when visitors ask it.
"""

from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from generative.data.dataset import Dataset
from generative.data.known import read
from generative.library import weights
from generative.models.classifier import Classifier
from generative.models.frechet import Gaussian, frechet_distance
from generative.models.gans.dcgan import DCGAN
from generative.models.gans.networks import initialise, keep_scale
from generative.models.model import Model, drain
from generative.seeds import Seeds
from generative.training.recipe import FILMED, Batch, Recipe, Record

STEPS = 3750  # of 16 images: each of Fashion-MNIST's 60,000 training images once
MEASURED, TOGETHER = 500, 100
REMEMBERED = 0.02  # of what is recorded, the share of the latest step
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
        if not model.config.batch_norm:
            model.discriminator.layers.apply(keep_scale)
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


class ContenderRecipe(GANRecipe):
    """All of one length, and watched while they learn.

    What is recorded are running means, since one small batch says little, and "fid": what it was at the last moment of
    the film, over MEASURED samples and as many test images, in the features of the data set's classifier.
    """

    minutes = 5
    steps = STEPS
    batch_size = 16
    configs = {
        "fashion-mnist": {"generator_channels": 24, "discriminator_channels": 32},
        "mnist": {"generator_channels": 24, "discriminator_channels": 32},
        "avatars": {"size": 32, "generator_channels": 24, "discriminator_channels": 32},
    }
    classifier: Classifier | None = None
    real: Gaussian

    def __init__(self, model: DCGAN) -> None:
        super().__init__(model)
        self.means: dict[str, float] = {}
        self.fid: float | None = None

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Without a classifier of the data set that takes such images nothing is measured."""
        folder, config = weights.find(root).get(f"{dataset.id}/classifier"), self.model.config
        if folder is None:
            return
        classifier = weights.load(folder)
        if isinstance(classifier, Classifier) and classifier.config.size == config.size:
            self.classifier = classifier
            images, _ = read(dataset.id, "test", data, config.size)
            self.real = gaussian(classifier, images[:MEASURED].float() / 255)

    def film(self, model: Model, pictures: Tensor) -> Tensor | None:
        """The film's pictures are the first of those that are measured."""
        if self.classifier is None:
            return super().film(model, pictures)
        images = torch.cat([drain(model.sample(part)).images.cpu() for part in Seeds(0, MEASURED).batches(TOGETHER)])
        self.fid = frechet_distance(gaussian(self.classifier, images), self.real)
        return images[:FILMED]

    def step(self, accelerator: Accelerator, batches: tuple[Batch, ...]) -> Record:
        """As any GAN's."""
        for name, value in super().step(accelerator, batches).items():
            now = float(value)
            self.means[name] = (1 - REMEMBERED) * self.means.get(name, now) + REMEMBERED * now
        told = self.means if self.fid is None else {**self.means, "fid": self.fid}
        return {name: torch.tensor(value) for name, value in told.items()}

    def state(self) -> dict[str, Any]:
        """What is to be recorded next."""
        return {"means": self.means, "fid": self.fid}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with it."""
        self.means, self.fid = state.get("means", {}), state.get("fid")


def gaussian(classifier: Classifier, images: Tensor) -> Gaussian:
    """Of the features of images (N, C, H, W) in [0, 1]."""
    return Gaussian.of(torch.cat([classifier.features(part).cpu() for part in images.split(TOGETHER)]))
