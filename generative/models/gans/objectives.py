"""What the two networks of a GAN minimise.

The discriminator gives each image a number, its logit; losses are means over a batch of those of real and of forged
images. ln σ(x) = −softplus(−x), ln(1 − σ(x)) = −softplus(x).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.answers import Scale

Loss = Callable[[Tensor, Tensor], Tensor]  # (N,) logits of real and of forged images → ()
Critic = Callable[[Tensor, Tensor], Tensor]  # images (N, C, H, W) and labels → (N,) logits
Measure = Callable[[Critic, Tensor, Tensor, Tensor], Tensor]  # discriminator, real, forged, labels → ()


@dataclass(frozen=True)
class Penalty:
    """`weight` times what `measure` gives is added to the discriminator's loss, for one batch in `every`, and then as
    many times as much (Karras et al., "StyleGAN2", 2020, lazy regularisation)."""

    measure: Measure
    weight: float
    every: int = 1


@dataclass(frozen=True)
class Objective:
    """Both losses take (N,) logits of real and of forged images. rounds: steps of the discriminator for each of the
    generator's."""

    title: str
    discriminator: Loss
    generator: Loss
    scale: Scale
    penalty: Penalty | None = None
    rounds: int = 1
    estimates: bool = False  # whether the gap between the two means estimates how far the forgeries are from the data


def slope(discriminator: Critic, images: Tensor, labels: Tensor) -> Tensor:
    """(N,) squared length of the gradient of the logits with respect to images (N, C, H, W), differentiable."""
    images = images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(images, labels).sum(), images, create_graph=True)
    return gradient.square().sum((1, 2, 3))


def r1(discriminator: Critic, real: Tensor, forged: Tensor, labels: Tensor) -> Tensor:
    """Keeps the discriminator flat at real images: ‖∇D(x)‖² (Mescheder, Geiger & Nowozin, "Which Training Methods for
    GANs do actually Converge?", 2018, eq. 9)."""
    return slope(discriminator, real, labels).mean()


def r1_and_r2(discriminator: Critic, real: Tensor, forged: Tensor, labels: Tensor) -> Tensor:
    """Flat at forged images too (the same, eq. 10)."""
    return (slope(discriminator, real, labels) + slope(discriminator, forged, labels)).mean()


def unit_slope(discriminator: Critic, real: Tensor, forged: Tensor, labels: Tensor) -> Tensor:
    """(‖∇D(x̂)‖ − 1)² at a random place between a real and a forged image (Gulrajani et al., "Improved Training of
    Wasserstein GANs", 2017, eq. 3)."""
    share = torch.rand(len(real), 1, 1, 1, device=real.device, dtype=real.dtype)
    between = torch.lerp(forged, real, share)
    length = (slope(discriminator, between, labels) + 1e-12).sqrt()  # the root has no gradient at 0
    return (length - 1).square().mean()


LOGIT = Scale("Logit of being real", torch.inf, -torch.inf, torch.sigmoid)
CRITIC = Scale("Critic's score", torch.inf, -torch.inf)  # of which only differences count

# Goodfellow et al., "Generative Adversarial Nets", 2014, eq. 1. A generator that is found out
# has hardly a gradient.
MINIMAX = Objective(
    "minimax",
    discriminator=lambda real, forged: (F.softplus(-real) + F.softplus(forged)).mean(),
    generator=lambda real, forged: -F.softplus(forged).mean(),
    scale=LOGIT,
)
# The same paper, end of section 3: maximise ln D(G(z)) instead.
NON_SATURATING = Objective(
    "non-saturating",
    discriminator=MINIMAX.discriminator,
    generator=lambda real, forged: F.softplus(-forged).mean(),
    scale=LOGIT,
)
# With which the DCGANs here were trained: the penalty keeps the discriminator from telling all forgeries soon.
DCGAN_OBJECTIVE = replace(NON_SATURATING, title="non-saturating with R1", penalty=Penalty(r1, 0.1, every=8))
# Mao et al., "Least Squares Generative Adversarial Networks", 2017, eq. 9.
LEAST_SQUARES = Objective(
    "least squares",
    discriminator=lambda real, forged: ((real - 1).square() + forged.square()).mean() / 2,
    generator=lambda real, forged: (forged - 1).square().mean() / 2,
    scale=Scale("Realness", 1.0, 0.0),
)
# Arjovsky et al., "Wasserstein GAN", 2017, with the gradient penalty and the five rounds of Gulrajani et al., 2017.
WASSERSTEIN = Objective(
    "Wasserstein with gradient penalty",
    discriminator=lambda real, forged: (forged - real).mean(),
    generator=lambda real, forged: -forged.mean(),
    scale=CRITIC,
    penalty=Penalty(unit_slope, 10.0),
    rounds=5,
    estimates=True,
)
# Jolicoeur-Martineau, "The relativistic discriminator", 2019; with both penalties Huang et al., "The GAN is
# dead; long live the GAN!", 2024, eq. 2.
RELATIVISTIC = Objective(
    "relativistic pairing",
    discriminator=lambda real, forged: F.softplus(forged - real).mean(),
    generator=lambda real, forged: F.softplus(real - forged).mean(),
    scale=CRITIC,
    penalty=Penalty(r1_and_r2, 0.5),
)
