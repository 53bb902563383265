"""Looking for the latent that a generator makes a picture from: a GAN has no encoder that would say it.

Gradient descent on the latent instead of the weights: Zhu, Krähenbühl, Shechtman & Efros, "Generative Visual
Manipulation on the Natural Image Manifold", 2016 ("Projecting an Image onto the Manifold"), and Creswell & Bharath,
"Inverting the Generator of a Generative Adversarial Network", 2018. The loss has many valleys, so the start matters
(Abdal, Qin & Wonka, "Image2StyleGAN", 2019): it is the best of some draws from the prior. What is minimised is

    ‖G(c) − x‖² / pixels + PULL · ‖c − centre‖² / dimensions

where the second term, minus the log of the prior, keeps latents where the generator has learnt to draw. It also finds
better ones: without it the mean square error over ten test images of Fashion-MNIST ended an eighth higher. Differences
between features of the discriminator, added to those between pixels, made nothing better on avatars.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from generative.frame import Frame
from generative.options import integer

CANDIDATES = 100  # draws from the prior, of which the best is the start
RATE, WARM_UP = 0.2, 10  # the highest learning rate; steps until it is reached
BETAS = (0.9, 0.99)
PULL = 1e-3
SHOWN = 50  # moments of one search that are yielded, about

Decoder = Callable[[Tensor], Tensor]  # (N, D) codes → (N, C, H, W) in [0, 1], differentiable


class Search:
    """One search a row of `codes` (N, D) for those of `images` (N, C, H, W), none of which heeds the others.

    centres: (N, D), what the codes are pulled to. After each `step`, `images` and `errors` (N,), the mean squares over
    pixels, are those of `codes`; the `best_…` are those of each row's best step so far.
    """

    @torch.inference_mode(False)
    def __init__(self, decode: Decoder, images: Tensor, codes: Tensor, centres: Tensor, steps: int) -> None:
        # Clones, for autograd cannot use what a caller made in inference mode.
        self.decode, self.target, self.centres, self.steps = decode, images.clone(), centres.clone(), steps
        self.variable = codes.clone().requires_grad_()
        self.optimiser = torch.optim.Adam([self.variable], RATE, BETAS)
        self.best_errors = torch.full_like(self.target[:, 0, 0, 0], torch.inf)
        self.best_images, self.best_codes = torch.empty_like(self.target), torch.empty_like(codes)

    @torch.inference_mode(False)
    def step(self, number: int) -> None:
        """Look at the codes, remember those that are better than before, and move them; `number` counts from 1."""
        images = self.decode(self.variable)
        errors = (images - self.target).square().mean((1, 2, 3))
        pull = (self.variable - self.centres).square().mean(1)
        (self.variable.grad,) = torch.autograd.grad((errors + PULL * pull).sum(), self.variable)
        self.images, self.errors, self.codes = images.detach(), errors.detach(), self.variable.detach().clone()
        better = self.errors < self.best_errors
        self.best_errors = torch.where(better, self.errors, self.best_errors)
        self.best_images = torch.where(better[:, None, None, None], self.images, self.best_images)
        self.best_codes = torch.where(better[:, None], self.codes, self.best_codes)
        self.optimiser.param_groups[0]["lr"] = rate(number - 1, self.steps)
        self.optimiser.step()


def search_steps() -> Any:
    """The option of that name, of a model that searches."""
    return integer(
        200,
        10,
        500,
        "Search steps",
        "How often the latent is moved towards the picture. More: closer, and slower.",
        ability="projects",
    )


def search(decode: Decoder, images: Tensor, codes: Tensor, centres: Tensor, steps: int) -> Iterator[Frame]:
    """Frames of a `Search`, with `latents` and the figure "loss", the mean square error; the last shows the best.

    The label tells the smallest root mean square error, where pixel values go from 0 to 1.
    """
    run, every = Search(decode, images, codes, centres, steps), max(1, steps // SHOWN)
    for number in range(1, steps):
        run.step(number)
        if number == 1 or number % every == 0:
            yield moment(number, steps, run.images, run.codes, run.errors)
    run.step(steps)
    yield moment(steps, steps, run.best_images, run.best_codes, run.best_errors)


def moment(step: int, steps: int, images: Tensor, codes: Tensor, errors: Tensor) -> Frame:
    """A step of the search as a frame: images, their errors, and codes."""
    label = f"error {float(errors.min().sqrt()):.3f}"
    return Frame(images, step, steps, label, figures={"loss": errors}, latents=codes)


def rate(step: int, steps: int) -> float:
    """The learning rate: up within the first steps, then down to 0 along half a cosine."""
    return RATE * min(1, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2


@torch.no_grad()
def best_start(decode: Decoder, image: Tensor, candidates: Tensor) -> Tensor:
    """(D,) the one of `candidates` (K, D) that looks most like `image` (C, H, W)."""
    return candidates[(decode(candidates) - image).square().mean((1, 2, 3)).argmin()]
