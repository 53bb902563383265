"""Autoencoders: the mean squared error of the reconstruction; the VAE's is the negative ELBO."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.models.autoencoders.kl_autoencoder import KLAutoencoder
from generative.models.autoencoders.priors import MixturePrior
from generative.models.autoencoders.vae import VAE
from generative.models.autoencoders.vqvae import VQVAE
from generative.models.model import Model
from generative.training.recipe import Recipe

FINE_AVATARS = {"size": 128, "widths": (32, 64, 96)}  # of a KL autoencoder that makes 16×16×4 numbers of a picture
TOGETHER = 250  # images that are encoded at a time


class ReconstructingRecipe(Recipe):
    """Its film shows what becomes of test pictures."""

    batch_size = 32

    @torch.inference_mode()
    def film(self, model: Model, pictures: Tensor) -> Tensor:
        """Test pictures (16, C, H, W) in [0, 1], encoded and decoded again."""
        return model.decode(model.encode(pictures.to(model.device)))


class AutoencoderRecipe(ReconstructingRecipe):
    minutes = 10

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared error of what comes back."""
        return F.mse_loss(self.networks["model"](self.shown(images)), images), {}

    def shown(self, images: Tensor) -> Tensor:
        """What the encoder sees of clean images."""
        return images


class ConvAutoencoderRecipe(AutoencoderRecipe):
    configs = {"avatars": {"size": 64, "channels": 24, "hidden": 128, "latent": 64}}


class DenoisingRecipe(ConvAutoencoderRecipe):
    """Gaussian noise, of another strength for every image, so that a slider can ask for any."""

    strongest = 0.8

    def shown(self, images: Tensor) -> Tensor:
        """Images with noise of a strength of their own, up to `strongest`."""
        strength = self.strongest * torch.rand(len(images), 1, 1, 1, device=images.device)
        return images + strength * torch.randn_like(images)


class VAERecipe(ReconstructingRecipe):
    """The KL term is weighted up, which orders the latent space at the cost of detail (Higgins et al., "β-VAE", 2017),
    and faded in over the first tenth, so that the latents are used at all."""

    minutes = 25
    configs = {
        "avatars": {"size": 64, "channels": 32, "hidden": 128, "latent": 64, "components": 32},
        "mnist-dynamic": {"told": (), "channels": 24, "latent": 32},
    }

    @property
    def beta(self) -> float:
        """The weight of the KL term; 1 for black and white, where the bound itself is compared with that of others."""
        return 1.0 if self.model.config.levels == 2 else 2.0

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Minus the evidence lower bound in nats per value, its KL weighted; on record are the bound and the KL."""
        model = self.networks["model"]
        latent = self.model.config.latent
        elbo = model(images, labels, torch.randn(len(images), latent, device=images.device))
        nats = -(elbo.reconstruction - elbo.kl).mean()
        dims = images[0].numel()
        record = {"bits_per_dim": nats.detach() / math.log(2) / dims, "kl": elbo.kl.detach().mean()}
        beta = self.beta * images.shape[1]  # three channels say the same thing thrice
        return (-elbo.reconstruction + beta * min(1.0, 10 * self.progress) * elbo.kl).mean() / dims, record

    @torch.inference_mode()
    def finish(self, model: VAE, images: Tensor) -> None:
        """Fits a mixture to draws from the posteriors of images."""
        if isinstance(model.prior, MixturePrior):
            generator = torch.Generator().manual_seed(0)
            codes = []
            for part in images.split(TOGETHER):
                mean, log_std = (x.cpu() for x in model.posterior(part.to(model.device).float() / 255))
                codes.append(mean + log_std.exp() * torch.randn(mean.shape, generator=generator))
            model.prior.fit(torch.cat(codes).to(model.device))


class PlaneVAERecipe(VAERecipe):
    configs = {"avatars": {"size": 64}}


class VQVAERecipe(ReconstructingRecipe):
    """The squared error is told in units of the pictures' own variance, as in the paper's code, so that the commitment
    counts about as much."""

    minutes = 20
    configs = {"avatars": {"size": 64}, "fashion-mnist": {"grid": 7}, "mnist": {"grid": 7}}
    variance = 0.08
    commitment = 0.25

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Error of what comes back, and how far the encoder's vectors lie from their codes (eq. 3)."""
        learnt = self.networks["model"](images)
        record = {"mse": learnt.error.detach(), "codes_in_use": learnt.perplexity}
        return learnt.error / self.variance + self.commitment * learnt.commitment, record

    def finish(self, model: VQVAE, images: Tensor) -> None:
        """Codes that are alike get neighbouring numbers."""
        model.quantiser.sort()


class KLAutoencoderRecipe(ReconstructingRecipe):
    """MSE + 0.5·L1 + 2·10⁻⁴·KL; then the spread of latents is measured and the linear decoder fitted."""

    minutes = 20
    learning_rate = 2e-3
    configs = {"avatars": FINE_AVATARS, "fashion-mnist": {"unshuffle": 1}, "mnist": {"unshuffle": 1}}
    seen = 2000  # images that are measured

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Error of what comes back, a little for each nat of a latent's numbers."""
        learnt = self.networks["model"](images)
        mse, l1 = F.mse_loss(learnt.images, images), F.l1_loss(learnt.images, images)
        return mse + 0.5 * l1 + 2e-4 * learnt.kl, {"mse": mse.detach(), "kl": learnt.kl.detach()}

    @torch.inference_mode()
    def finish(self, model: KLAutoencoder, images: Tensor) -> None:
        """Latents get unit variance in every channel, previews their decoder."""
        images = images[:: max(1, len(images) // self.seen)][: self.seen].to(model.device).float() / 255
        model.measure(torch.cat([model.distribution(part)[0] for part in images.split(TOGETHER)]))
        model.fit(torch.cat([model.shrink(part) for part in images.split(TOGETHER)]), images)
