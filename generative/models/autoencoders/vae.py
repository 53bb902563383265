"""Variational autoencoder: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014.

    encoder q(z|x) = N(μ(x), diag σ²(x)),   prior p(z|c) = N(μ_c, Σ_c),   decoder p(x|z)
    log p(x|c) ≥ E_q[log p(x|z)] − KL(q(z|x) ‖ p(z|c))              (the ELBO, eq. 3)

Where images have classes the prior is learnt, one Gaussian for each class c (a conditional prior as in Sohn et al.,
"Learning Structured Output Representation using Deep Conditional Generative Models", 2015): codes of a class lie where
its prior is, so a draw from it decodes to that class. Where they have none, and for the VAE with a latent plane, it is
trained with the paper's own N(0, I), in whose place a mixture may come afterwards (priors.py). p(x|z) is a discretised
logistic for every pixel (Kingma et al., "Improving Variational Inference with Inverse Autoregressive Flow", 2016,
section 3) whose mean and scale the decoder gives, so the bound holds for the 256 values that pixels really have and can
be told in bits per dimension. A picture of z is the centre of each pixel's logistic, sigmoid of what the decoder
gives: the mean of p(x|z) but where the ends of the scale, 0 and 255, cut a logistic off. Of pictures in black and white
p(x|z) is a Bernoulli distribution for every pixel, as in the paper, and a picture of z the probability of white.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.answers import Likelihood, Space
from generative.errors import InvalidOption, shown
from generative.frame import Frame
from generative.models.autoencoders.convolutional import ConvConfig, conv_decoder, conv_encoder, convolved
from generative.models.autoencoders.priors import ClassPrior, MixturePrior, Prior, StandardPrior
from generative.models.discretised_logistic import discretised_logistic
from generative.models.model import Model, to_levels
from generative.models.precision import whole_float32
from generative.options import Options, number
from generative.seeds import Seeds, normal

WIDE = (-7.0, 2.0)  # bounds of p(x|z)'s log scale
COLOUR = (-5.0, -4.0)  # the same while colours are learnt: flat ones would else outweigh all that has a shape, and a
# mouth would be given up as noise. Scores are told without, or even a perfect picture would cost 2.75 bits/dim.


@dataclass(frozen=True)
class LevelsConfig(ConvConfig):
    """levels: that a value may have: 256, or 2 of pictures in black and white."""

    levels: int = 256

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.levels not in (2, 256):
            raise InvalidOption(f"levels must be 2 or 256, not {shown(self.levels)}", "levels")


@dataclass(frozen=True)
class VAEConfig(LevelsConfig):
    """components: of the prior, where images have no classes; 0 for N(0, I)."""

    can_be_told = ("class",)
    components: int = 0


@dataclass(frozen=True)
class PlaneConfig(LevelsConfig):
    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "hidden": 8}
    channels: int = 16
    hidden: int = 96
    latent: int = 2


@dataclass(frozen=True)
class VAEOptions(Options):
    temperature: float = number(
        1.0,
        0.0,
        2.0,
        0.05,
        "Temperature",
        "Width of the noise that is decoded. 1 is the prior that was learnt; 0 decodes its centre.",
    )


@dataclass(frozen=True)
class ELBO:
    """The two terms of the bound, in nats, each (N,): log p(x|z) of one posterior sample, and the KL divergence."""

    reconstruction: Tensor
    kl: Tensor


class VAE(Model):
    family = "autoencoders"
    title = "VAE"
    paper = "https://arxiv.org/abs/1312.6114"
    Config: type[LevelsConfig] = VAEConfig
    Options = VAEOptions

    def __init__(self, config: LevelsConfig) -> None:
        super().__init__(config)
        self.prior = self.beginning(config)
        self.encoder = conv_encoder(config, 2 * config.latent)
        self.black_and_white = config.levels == 2
        self.decoder = conv_decoder(config, (1 if self.black_and_white else 2) * config.image_channels)
        self.bounds = WIDE if config.image_channels == 1 else COLOUR

    def beginning(self, config: VAEConfig) -> Prior:
        """The prior before training."""
        if config.classes:
            return ClassPrior(len(config.classes), config.latent)
        return MixturePrior(config.components, config.latent) if config.components else StandardPrior()

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) in [0, 1] → mean and log standard deviation of q(z|x), each (N, D)."""
        mean, log_std = self.encoder(images.to(self.device) * 2 - 1).float().chunk(2, 1)
        return mean, log_std.clamp(-8, 4)

    def likelihood(self, latents: Tensor, bounds: tuple[float, float] = WIDE) -> tuple[Tensor, Tensor]:
        """(N, D) → mean and log scale, within `bounds`, of p(x|z)'s logistics, each (N, C, H, W)."""
        mean, log_scale = self.decoder(latents).float().chunk(2, 1)
        return torch.sigmoid(mean), log_scale.clamp(*bounds)

    def log_p(self, images: Tensor, latents: Tensor, bounds: tuple[float, float] = WIDE) -> Tensor:
        """(N,) log p(x|z) in nats of images (N, C, H, W), whose values are levels, and latents (N, D)."""
        if self.black_and_white:
            logits = self.decoder(latents).float()
            return -F.binary_cross_entropy_with_logits(logits, images, reduction="none").sum((1, 2, 3))
        return discretised_logistic(images, *self.likelihood(latents, bounds)).sum((1, 2, 3))

    def forward(self, images: Tensor, labels: Tensor, noise: Tensor) -> ELBO:
        """The bound at z = μ + σ·noise, the reparameterisation trick; noise (N, D) is standard normal."""
        mean, log_std = self.posterior(images)
        reconstruction = self.log_p(images, mean + log_std.exp() * noise, self.bounds)
        return ELBO(reconstruction, self.prior.kl(mean, log_std, labels))

    def evaluations(self, options: VAEOptions) -> int:
        """One: the decoder."""
        return 1

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The code alone."""
        return (Space("z", "Code", (self.config.latent,), "slerp"),)

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: VAEOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """One frame: z from the prior, decoded."""
        yield Frame(self.decode(self.latents(seeds, options, condition)), 1, 1, "decoded")

    @torch.inference_mode()
    def latents(self, seeds: Seeds, options: VAEOptions | None = None, condition: Any = None) -> Tensor:
        """(N, latent) from the prior, its noise times the temperature; each from its own seed."""
        options, labels = options or self.default_options, self.told(seeds, condition)
        noise = normal(seeds.generators(), self.config.latent + self.prior.extra_noise).to(self.device)
        noise[:, : self.config.latent] *= options.temperature
        return self.prior(noise, labels)

    @property
    def kinds(self) -> int:
        """How many priors there are."""
        return len(self.config.classes) or 1

    @torch.inference_mode()
    def encode(self, images: Tensor, space: str | None = None) -> Tensor:
        """The mean (N, latent) of q(z | x) for images (N, C, H, W) in [0, 1]."""
        self.space(space)
        return self.posterior(self.check_images(images, clipped=False))[0]

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """(N, F) of images (N, C, H, W) in [0, 1]: the maps of the encoder's last convolution."""
        return convolved(self.encoder, self.check_images(images))

    @torch.inference_mode()
    def decode(self, latents: Tensor, space: str | None = None) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of latents (N, D), pixel by pixel the centre of p(x | z)."""
        latents = self.check_latents(latents, space)
        return self.decoder(latents).float().sigmoid() if self.black_and_white else self.likelihood(latents)[0]

    @whole_float32
    @torch.inference_mode()
    def score(self, images: Tensor, labels: Tensor | None = None, draws: int = 16) -> Likelihood:
        """A bound: the ELBO, averaged over `draws` samples of the posterior.

        Without labels that of the mixture of all classes, ln Σ_c e^ELBO(c) / K, in which the classes differ in the KL
        term alone.
        """
        images, labels = self._rounded(images), self.check_labels(labels, len(images))
        mean, log_std = self.posterior(images)
        generator = torch.Generator().manual_seed(0)
        noise = torch.randn(draws, 1, self.config.latent, generator=generator).to(self.device)
        z = mean + log_std.exp() * noise  # (draws, N, D)
        log_p = sum(self.log_p(images, each) for each in z) / draws
        every = torch.arange(self.kinds, device=self.device)[:, None].expand(-1, len(mean))
        told = every if labels is None else labels[None]
        negative = -torch.stack([self.prior.divergence(mean, log_std, z, each) for each in told], 1)  # (N, K)
        return Likelihood(
            math.log(len(told)) - log_p - negative.logsumexp(1),
            "bound",
            images[0].numel(),
            told=labels,
            posterior=negative.softmax(1) if len(told) > 1 else None,
        )

    @whole_float32
    @torch.inference_mode()
    def importance_weighted(self, images: Tensor, draws: int = 64) -> Tensor:
        """(N,) a tighter bound of −log p(x) in nats than `score`, of images (N, C, H, W) in [0, 1].

        −ln 1/K Σ_k p(x|z_k) p(z_k) / q(z_k|x) over K = `draws` of the posterior: Burda et al., "Importance Weighted
        Autoencoders", 2016, eq. 8. It falls to the true figure as K grows. For a prior N(0, I).
        """
        images = self._rounded(images)
        mean, log_std = self.posterior(images)
        generator, weights = torch.Generator().manual_seed(0), []
        for _ in range(draws):
            noise = torch.randn(mean.shape, generator=generator).to(mean)
            z = mean + log_std.exp() * noise
            log_prior_to_posterior = (0.5 * (noise.square() - z.square()) + log_std).sum(1)
            weights.append(self.log_p(images, z) + log_prior_to_posterior)
        return math.log(draws) - torch.stack(weights).logsumexp(0)

    def _rounded(self, images: Tensor) -> Tensor:
        """With values that there are."""
        levels = self.config.levels
        return to_levels(self.check_images(images), levels) / (levels - 1)


class PlaneVAE(VAE):
    """Two latents, so that all of what it knows can be shown on a page; it is told no class."""

    title = "VAE, 2-D"
    Config = PlaneConfig

    def beginning(self, config: PlaneConfig) -> Prior:
        """N(0, I), in two dimensions."""
        return StandardPrior()
