"""DDPM: the mean squared error of v, weighted by min-SNR-5 (Hang et al. 2023), one label in ten dropped."""

import torch
from torch import Tensor

from generative.models.diffusion.ddpm import DDPM
from generative.training.recipe import Recipe


class DDPMRecipe(Recipe):
    minutes = 76
    ema_decay = 0.998

    def __init__(self, model: DDPM) -> None:
        super().__init__(model)
        self.alpha_bar = model.scheduler().alphas_cumprod

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        model = self.model
        n, device = len(images), images.device
        x0 = model.fold(images)
        t = torch.randint(model.config.num_train_timesteps, (n,), device=device)
        alpha_bar = self.alpha_bar.to(device)[t][:, None, None, None]
        eps = torch.randn_like(x0)
        x_t = alpha_bar.sqrt() * x0 + (1 - alpha_bar).sqrt() * eps
        v = alpha_bar.sqrt() * eps - (1 - alpha_bar).sqrt() * x0
        labels = torch.where(torch.rand(n, device=device) < 0.1, model.no_class, labels)
        error = (self.networks["model"](x_t, t, labels).float() - v).square().mean((1, 2, 3))
        snr = (alpha_bar / (1 - alpha_bar)).flatten()
        weight = snr.clamp(max=5) / (snr + 1)  # min-SNR for v: min(SNR, 5) / (SNR + 1)
        return (weight * error).mean(), {"mse_v": error.detach().mean()}
