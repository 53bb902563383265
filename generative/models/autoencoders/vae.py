"""Variational autoencoder: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014.

    encoder q(z|x) = N(μ(x), diag σ²(x)),   prior p(z|c) = N(μ_c, Σ_c),   decoder p(x|z)
    log p(x|c) ≥ E_q[log p(x|z)] − KL(q(z|x) ‖ p(z|c))              (the ELBO, eq. 3)

The prior is learnt, one Gaussian for each class c (a conditional prior as in Sohn et al., "Learning Structured Output
Representation using Deep Conditional Generative Models", 2015): codes of a class lie where its prior is, so a draw from
it decodes to that class. p(x|z) is a discretised logistic for every pixel (Kingma et al., "Improving Variational
Inference with Inverse Autoregressive Flow", 2016, section 3) whose mean and scale the decoder gives, so the bound holds
for the 256 values that pixels really have and can be told in bits per dimension. A picture of z is the mean of p(x|z).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from generative.abilities import Likelihood
from generative.frame import Frame
from generative.models.discretised_logistic import discretised_logistic
from generative.models.model import ImageConfig, Model, likeliest_class, to_bytes
from generative.options import ClassOptions, number
from generative.seeds import Seeds, normal


@dataclass(frozen=True)
class VAEConfig(ImageConfig):
    channels: int = 32
    hidden: int = 160
    latent: int = 16


@dataclass(frozen=True)
class VAEOptions(ClassOptions):
    temperature: float = number(
        1.0,
        0.0,
        2.0,
        0.05,
        "Temperature",
        "Width of the noise that is decoded. 1 is the prior that was learnt; 0 decodes the centre of the class.",
    )


@dataclass(frozen=True)
class ELBO:
    """The two terms of the bound, in nats, each (N,): log p(x|z) of one posterior sample, and the KL divergence."""

    reconstruction: Tensor
    kl: Tensor


def down(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.SiLU())


def up(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.ConvTranspose2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.SiLU())


class ClassPrior(nn.Module):
    """p(z|c) = N(μ_c, Σ_c), held as the triangular root R_c of each precision matrix: Σ_c⁻¹ = R_cᵀ R_c."""

    def __init__(self, classes: int, latent: int) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(classes, latent))
        self.log_diagonal = nn.Parameter(torch.zeros(classes, latent))
        self.below = nn.Parameter(torch.zeros(classes, latent, latent))

    def root(self, labels: Tensor) -> Tensor:
        """(N,) → R_c, (N, D, D) lower triangular."""
        return self.below[labels].tril(-1) + torch.diag_embed(self.log_diagonal[labels].exp())

    def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Standard normal noise (N, D) and (N,) classes → latents (N, D) of the prior."""
        steps = torch.linalg.solve_triangular(self.root(labels), noise[:, :, None], upper=False)
        return self.mean[labels] + steps[:, :, 0]

    def kl(self, mean: Tensor, log_std: Tensor, labels: Tensor) -> Tensor:
        """(N,) KL(N(mean, diag σ²) ‖ p(z|c)) in nats."""
        root = self.root(labels)
        distance = (root @ (mean - self.mean[labels])[:, :, None]).square().sum((1, 2))
        trace = (root * log_std.exp()[:, None]).square().sum((1, 2))
        log_determinants = 2 * (log_std + self.log_diagonal[labels]).sum(1)
        return 0.5 * (distance + trace - mean.shape[1] - log_determinants)


class VAE(Model):
    family = "autoencoders"
    title = "VAE"
    paper = "https://arxiv.org/abs/1312.6114"
    Config = VAEConfig
    Options = VAEOptions

    def __init__(self, config: VAEConfig) -> None:
        super().__init__(config)
        c, side = config.channels, config.size // 4
        self.prior = ClassPrior(len(config.classes), config.latent)
        self.encoder = nn.Sequential(
            nn.Conv2d(config.image_channels, c, 3, padding=1),
            nn.SiLU(),
            down(c, 2 * c),
            down(2 * c, 4 * c),
            nn.Conv2d(4 * c, c, 1),
            nn.SiLU(),
            nn.Flatten(),
            nn.Linear(c * side**2, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, 2 * config.latent),
        )
        self.decoder = nn.Sequential(
            nn.Linear(config.latent, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, c * side**2),
            nn.SiLU(),
            nn.Unflatten(1, (c, side, side)),
            nn.Conv2d(c, 4 * c, 1),
            nn.SiLU(),
            up(4 * c, 2 * c),
            up(2 * c, c),
            nn.Conv2d(c, c, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(c, 2 * config.image_channels, 3, padding=1),
        )

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) in [0, 1] → mean and log standard deviation of q(z|x), each (N, D)."""
        mean, log_std = self.encoder(images * 2 - 1).float().chunk(2, 1)
        return mean, log_std.clamp(-8, 4)

    def likelihood(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """(N, D) → mean and log scale of p(x|z), each (N, C, H, W)."""
        mean, log_scale = self.decoder(latents).float().chunk(2, 1)
        return torch.sigmoid(mean), log_scale.clamp(-7, 2)

    def forward(self, images: Tensor, labels: Tensor, noise: Tensor) -> ELBO:
        """The bound at z = μ + σ·noise, the reparameterisation trick; noise (N, D) is standard normal."""
        mean, log_std = self.posterior(images)
        p = self.likelihood(mean + log_std.exp() * noise)
        reconstruction = discretised_logistic(images, *p).sum((1, 2, 3))
        return ELBO(reconstruction, self.prior.kl(mean, log_std, labels))

    def evaluations(self, options: VAEOptions) -> int:
        return 1

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: VAEOptions | None = None) -> Iterator[Frame]:
        options = options or self.Options()
        labels = seeds.labels(self.class_index(options), len(self.config.classes)).to(self.device)
        noise = normal(seeds.generators(), self.config.latent).to(self.device)
        yield Frame(self.decode(self.prior(noise * options.temperature, labels)), 1, 1, "decoded")

    @torch.inference_mode()
    def encode(self, images: Tensor) -> Tensor:
        return self.posterior(images.to(self.device))[0]

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Tensor:
        return self.likelihood(latents.to(self.device))[0]

    @torch.inference_mode()
    def score(self, images: Tensor, labels: Tensor | None = None, draws: int = 16) -> Likelihood:
        """A lower bound: the ELBO, averaged over `draws` samples of the posterior. Without labels, the best class's."""
        if labels is None:
            return likeliest_class(self.score, images, len(self.config.classes))
        images, labels = to_bytes(images.to(self.device)) / 255, labels.to(self.device)
        generator = torch.Generator().manual_seed(0)
        total = torch.zeros(len(images), device=self.device)
        for _ in range(draws):
            noise = torch.randn(1, self.config.latent, generator=generator).to(self.device).expand(len(images), -1)
            elbo = self(images, labels, noise)
            total += elbo.reconstruction - elbo.kl
        return Likelihood(-total / draws / math.log(2) / images[0].numel(), "lower bound", labels=labels)
