"""Denoising models: the mean squared error of what the network says of noisy images, one label in ten dropped."""

from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.data.dataset import Dataset
from generative.models.diffusion.denoising import DenoisingModel
from generative.models.diffusion.latent_diffusion import LatentDiffusion
from generative.models.diffusion.process import Level
from generative.training.autoencoders import FINE_AVATARS
from generative.training.recipe import Recipe
from generative.training.second_stage import Teller, take_over


class DenoisingRecipe(Recipe):
    """A subclass says at which t there is most to learn."""

    narrow: ClassVar[dict[str, Any]] = {"channels": (48, 80, 96)}
    configs = {"fashion-mnist": narrow, "avatars": {"size": 32, **narrow}}
    minutes = 60
    batch_size = 32
    recorded = True
    model: DenoisingModel

    def times(self, count: int) -> Tensor:
        """(count,) t, on the CPU."""
        raise NotImplementedError

    def weight(self, level: Level) -> Tensor:
        """(N,) how much the error at each image's level counts."""
        raise NotImplementedError

    def told(self, labels: Tensor) -> Tensor:
        """What the network is told of images with these labels."""
        return dropped(labels, self.model.untold(labels))

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The squared error of what the network says of images (N, C, H, W), weighted; `mse` is without weights."""
        model, t = self.model, self.times(len(images))
        level = model.process.level(t)
        with torch.no_grad():
            x0 = model.fold(images)
        eps = torch.randn_like(x0)
        output = self.networks["model"](level.noised(x0, eps), t.to(x0), self.told(labels)).float()
        error = (output - model.process.target(x0, eps, level)).square().mean((1, 2, 3))
        return (self.weight(level).to(error) * error).mean(), {"mse": error.detach().mean()}


def dropped(labels: Tensor, untold: Tensor) -> Tensor:
    """What a network is told of `labels`: in one image of ten `untold`, so that it also learns to draw untold.

    Of attributes each is also left out of half of the images, so that it learns to be told any of them alone.
    """
    told = labels
    if labels.dim() == 2:
        told = torch.where(torch.rand(labels.shape, device=labels.device) < 0.5, untold, labels)
    drop = torch.rand(labels.shape[:1], device=labels.device) < 0.1
    return torch.where(drop.view(-1, *[1] * (labels.dim() - 1)), untold, told)


class DDPMRecipe(DenoisingRecipe):
    """t uniform, the error of v weighted by min-SNR-5 (Hang et al. 2023)."""

    # By default guidance acts where it was measured best. Of 500 clothes over the whole way, at scale 2, FID was 0.33;
    # in the middle at 3 and 2 it was 0.26 and 0.20, class agreement 98 and 95 %: hence 2.5. Of avatars it acts nearly
    # everywhere.
    guided: ClassVar[dict[str, Any]] = {"guidance_scale": 3.0, "guidance_start": 0.2}
    middle: ClassVar[dict[str, Any]] = {"guidance_scale": 2.5, "guidance_start": 0.2, "guidance_end": 0.8}
    configs = {
        "fashion-mnist": {**DenoisingRecipe.narrow, "options": middle},
        "avatars": {"size": 32, **DenoisingRecipe.narrow, "options": guided},
    }

    def times(self, count: int) -> Tensor:
        """Uniform over the training timesteps, whole."""
        return torch.randint(self.model.process.steps, (count,))

    def weight(self, level: Level) -> Tensor:
        """min(SNR, 5) / (SNR + 1), (N,)."""
        snr = level.log_snr.flatten().exp()
        return snr.clamp(max=5) / (snr + 1)  # min-SNR for v: min(SNR, 5) / (SNR + 1)


class SmallDDPMRecipe(DDPMRecipe):
    """A sixth of the weights, and a tenth of the training, so that it errs as the other does, only more."""

    few: ClassVar[dict[str, Any]] = {"channels": (16, 32, 48)}
    configs = {"fashion-mnist": few, "avatars": {"size": 32, **few}}
    minutes = 4


class LatentDiffusionRecipe(DDPMRecipe):
    """Latents come from the KL autoencoder of the same data set, which has to be trained before."""

    configs = {
        "avatars": {**FINE_AVATARS, "channels": (96, 96)},
        "fashion-mnist": {"unshuffle": 1},
        "mnist": {"unshuffle": 1},
    }
    minutes = 60
    batch_size = 48
    model: LatentDiffusion
    teller: Teller | None = None

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Take over the autoencoder. Raises NotSupported where there is none, or one of another shape."""
        self.teller = Teller.of(dataset, self.model.config.sentence)
        take_over(self.model.autoencoder, root, f"{dataset.id}/kl-autoencoder", self.model.title)

    def told(self, labels: Tensor) -> Tensor:
        """(N, length) a sentence about each picture, some of them empty."""
        return labels.new_zeros(len(labels), 1) if self.teller is None else self.teller.words(labels)


class FlowRecipe(DenoisingRecipe):
    """t logit-normal, every error alike (Esser et al. 2024, section 3.1)."""

    # Of 1,000 clothes, guided over the whole way by 2: FID 0.47, recall 0.73. In the middle by 2.5: 0.24 and 0.80.
    configs = {**DenoisingRecipe.configs, "fashion-mnist": DDPMRecipe.configs["fashion-mnist"]}

    def times(self, count: int) -> Tensor:
        """The logistic function of normal draws, times the steps: most of them in the middle of the way."""
        return torch.randn(count).sigmoid() * self.model.process.steps

    def weight(self, level: Level) -> Tensor:
        """1 for every image, (N,)."""
        return torch.ones_like(level.sigma.flatten())
