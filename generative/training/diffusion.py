"""Denoising models: the mean squared error of what the network says of noisy images, one label in ten dropped."""

import torch
from torch import Tensor

from generative.models.diffusion.denoising import DenoisingModel
from generative.models.diffusion.process import Level
from generative.training.recipe import Recipe


class DenoisingRecipe(Recipe):
    """A subclass says at which t there is most to learn."""

    configs = {"avatars": {"size": 32}}
    minutes = 60
    batch_size = 32
    model: DenoisingModel

    def times(self, count: int) -> Tensor:
        """(count,) t, on the CPU."""
        raise NotImplementedError

    def weight(self, level: Level) -> Tensor:
        """(N,) how much the error at each image's level counts."""
        raise NotImplementedError

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The squared error of what the network says of images (N, C, H, W), weighted; `mse` is without weights."""
        model, t = self.model, self.times(len(images))
        level, x0 = model.process.level(t), model.fold(images)
        eps = torch.randn_like(x0)
        told = dropped(labels, model.untold(labels))
        output = self.networks["model"](level.noised(x0, eps), t.to(x0), told).float()
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

    def times(self, count: int) -> Tensor:
        """Uniform over the training timesteps, whole."""
        return torch.randint(self.model.process.steps, (count,))

    def weight(self, level: Level) -> Tensor:
        """min(SNR, 5) / (SNR + 1), (N,)."""
        snr = level.log_snr.flatten().exp()
        return snr.clamp(max=5) / (snr + 1)  # min-SNR for v: min(SNR, 5) / (SNR + 1)


class FlowRecipe(DenoisingRecipe):
    """t logit-normal, every error alike (Esser et al. 2024, section 3.1)."""

    def times(self, count: int) -> Tensor:
        """The logistic function of normal draws, times the steps: most of them in the middle of the way."""
        return torch.randn(count).sigmoid() * self.model.process.steps

    def weight(self, level: Level) -> Tensor:
        """1 for every image, (N,)."""
        return torch.ones_like(level.sigma.flatten())
