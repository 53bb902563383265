"""VAE: the negative ELBO with its KL term weighted up, which orders the latent space at the cost of detail
(Higgins et al., "β-VAE", 2017), and faded in over the first tenth, so that the latents are used at all."""

import math

import torch
from torch import Tensor

from generative.training.recipe import Recipe


class VAERecipe(Recipe):
    minutes = 25
    beta = 2.0

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        model = self.networks["model"]
        latent = getattr(model, "module", model).config.latent
        elbo = model(images, labels, torch.randn(len(images), latent, device=images.device))
        nats = -(elbo.reconstruction - elbo.kl).mean()
        dims = images[0].numel()
        record = {"bits_per_dim": nats.detach() / math.log(2) / dims, "kl": elbo.kl.detach().mean()}
        return (-elbo.reconstruction + self.beta * min(1.0, 10 * self.progress) * elbo.kl).mean() / dims, record
