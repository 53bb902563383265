"""GANs that are put side by side: all of one length, and watched while they learn (gans.py says how).

What is recorded are running means, since one small batch says little, and "fid": what it was at the last moment of the
film, in the features of the data set's classifier. Of stacked digits the modes that it sees are counted as well.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import torch
from accelerate import Accelerator
from torch import Tensor

from generative.data.dataset import Dataset
from generative.data.known import read
from generative.library import weights
from generative.library.modes import Modes, packed
from generative.models.classifier import Classifier, likeliest
from generative.models.frechet import Gaussian, frechet_distance
from generative.models.gans.dcgan import DCGAN
from generative.models.gans.failures import KNOWN
from generative.models.model import Model, drain
from generative.seeds import Seeds
from generative.training.gans import GANRecipe
from generative.training.recipe import FILMED, Batch, Portion, Record

MEASURED, TOGETHER = 500, 250
REMEMBERED = 0.02  # of what is recorded, the share of the latest step
STEPS, IMAGES = 8000, 64  # in each: all of one length


class ContenderRecipe(GANRecipe):
    """Its figures are taken over as many samples as test images: MEASURED, or what it takes to count modes."""

    minutes = 5
    steps, batch_size = STEPS, IMAGES
    configs = {
        "fashion-mnist": {"generator_channels": 16, "discriminator_channels": 24},
        "mnist": {"generator_channels": 24, "discriminator_channels": 32},
        "stacked-mnist": {"generator_channels": 14, "discriminator_channels": 22, "latent": 32},
        "avatars": {"size": 32, "generator_channels": 24, "discriminator_channels": 32},
    }
    classifier: Classifier | None = None
    real: Gaussian
    counted: tuple[int, ...] = ()  # the sizes of the attributes that make modes

    def __init__(self, model: DCGAN) -> None:
        super().__init__(model)
        self.means: dict[str, Tensor] = {}
        self.fid: float | None = None
        self.modes: list[tuple[int, str]] = []

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Without a classifier of the data set that takes such images nothing is measured."""
        config, id = self.model.config, f"{dataset.id}/classifier"
        folder = weights.find(root).get(id)
        if folder is None:
            return
        classifier = weights.load(folder)
        if isinstance(classifier, Classifier) and classifier.config.size == config.size:
            self.classifier, self.samples = classifier, dataset.counted or MEASURED
            images, _ = read(dataset.id, "test", data, config.size)
            features = [classifier.features(part.float() / 255) for part in images[: self.samples].split(TOGETHER)]
            self.real = Gaussian.of(torch.cat(features))
            self.counted = tuple(map(len, dataset.attributes.values())) if dataset.counted else ()

    def film(self, model: Model, pictures: Tensor) -> Tensor | None:
        """The film's pictures are the first of those that are measured."""
        if self.classifier is None:
            return super().film(model, pictures)
        classifier, images, features, seen = self.classifier.to(model.device), [], [], []
        for part in Seeds(0, self.samples).batches(TOGETHER):
            images.append(drain(model.sample(part)).images)
            features.append(classifier.features(images[-1]).cpu())
            if self.counted:
                seen.append(likeliest(classifier.classify(images[-1]).cpu(), classifier.config.labels))
        self.fid = frechet_distance(Gaussian.of(torch.cat(features)), self.real)
        if self.counted:
            self.modes.append((self.taken, packed(torch.cat(seen), self.counted)))
        return images[0][:FILMED].cpu()

    def step(self, accelerator: Accelerator, batches: tuple[Batch, ...]) -> Record:
        """As any GAN's."""
        for name, value in super().step(accelerator, batches).items():
            self.means[name] = value.float().lerp(self.means.get(name, value.float()), 1 - REMEMBERED)
        return {**self.means, **self._measured()}

    def _measured(self) -> Record:
        """What the last moment of the film told."""
        record = {} if self.fid is None else {"fid": torch.tensor(self.fid)}
        if self.modes:
            record["modes"] = torch.tensor(Modes(1, 1, (), (self.modes[-1][1],)).counts[0])
        return record

    def beside(self, folder: Path) -> None:
        """The modes that were drawn, if they are counted."""
        if self.modes:
            of = int(torch.tensor(self.counted).prod())
            Modes(of, self.samples, *zip(*self.modes, strict=True)).write(folder)

    def state(self) -> dict[str, Any]:
        """What is to be recorded next."""
        return {"means": self.means, "fid": self.fid, "modes": self.modes}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with it."""
        self.means, self.fid, self.modes = state.get("means", {}), state.get("fid"), state.get("modes", [])


class GuidelineRecipe(ContenderRecipe):
    """Each guideline broken alone, of the size that the model's class says."""

    configs = {}


class CollapsedRecipe(GuidelineRecipe):
    """The generator learns so much faster than the discriminator that it only ever plays the picture which that finds
    most real at the moment. After 8,000 steps it had come out of that."""

    steps = 400
    rates: ClassVar[Mapping[str, float]] = {"generator": 25.0, "discriminator": 0.25}
    ema_decay = 0.9  # its pictures follow one another: a longer mean would mix them


class OverfittedRecipe(GuidelineRecipe):
    """A hundred images, each seen thousands of times."""

    reads = (Portion(first=KNOWN),)
