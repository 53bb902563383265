"""Equilibrium Matching: Wang & Du, "Equilibrium Matching: Generative Modeling with Implicit Energy-Based Models", 2025.

    x_γ = γ x + (1 − γ) ε,    ∇E(x_γ) ≈ (ε − x) · λ c(γ),    c(γ) = 1 up to γ = 0.8, from there falling to 0    (eq. 5)

The gradient of one energy, which is told no time, is taught by regression where diffusion would be told t; pictures
are where it vanishes. Here the energy is explicit, E(x) = ⟨x, f(x)⟩ of a network f (section 3.4), so that it can be
looked at. The network is diffusers' UNet2DModel without attention, whose fast kernels have no second derivatives; it is
shown t = 0 always. Pictures are folded 2×2 into channels: a quarter of the positions, the same pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from generative.conditions import UNTOLD
from generative.models.energy.energy_model import EnergyModel, EnergyOptions, Term
from generative.models.folded_unet import FoldedConfig, FoldedUNet
from generative.options import number
from generative.seeds import normal

STEEPNESS, FLAT_FROM = 4.0, 0.8  # λ, and where c begins to fall


@dataclass(frozen=True)
class EquilibriumConfig(FoldedConfig):
    least: ClassVar[Mapping[str, Any]] = {"channels": (16, 16), "options": {"steps": 4}}
    layers_per_block: int = 1


@dataclass(frozen=True)
class EquilibriumOptions(EnergyOptions):
    guidance_scale: float = number(
        1.0,
        1.0,
        5.0,
        0.1,
        "Guidance scale",
        "How strongly the class pulls: the energy of the class minus that of any picture is added so many times less "
        "one. 1 is the plain model; higher is clearer, less varied, and costs a second look at each step.",
    )


class EquilibriumMatching(FoldedUNet, EnergyModel):
    title = "Equilibrium Matching"
    paper = "https://arxiv.org/abs/2510.02300"
    Config = EquilibriumConfig
    Options = EquilibriumOptions

    def __init__(self, config: EquilibriumConfig) -> None:
        super().__init__(config, [False] * len(config.channels), add_attention=False)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """f of folded images (N, *place_shape), of the same shape; no gradient of anything by itself."""
        return self.unet(x, torch.zeros(len(x), device=x.device), class_labels=told).sample

    def energy(self, x: Tensor, told: Tensor) -> Tensor:
        """⟨x, f(x)⟩, (N,)."""
        return (x * self(x, told)).flatten(1).sum(1)

    def untold(self, count: int) -> Tensor:
        """The label that stands for no class, or no value of any attribute."""
        if self.config.attributes:
            return torch.full((count, len(self.config.attributes)), UNTOLD, device=self.device)
        return torch.full((count,), self.no_class, device=self.device)

    @property
    def place_shape(self) -> tuple[int, int, int]:
        """Of folded images."""
        return self.latent_shape

    def placed(self, images: Tensor) -> Tensor:
        """In [−1, 1], padded with −1 and folded."""
        return self.fold(images)

    def start(self, generators: list[torch.Generator]) -> Tensor:
        """Standard normal noise: γ = 0."""
        return normal(generators, *self.place_shape).to(self.device, self.dtype)

    def terms(self, terms: Sequence[Term], options: EquilibriumOptions) -> Sequence[Term]:
        """With guidance s: s times the energies of what is told, less s − 1 times that of any picture."""
        scale = options.guidance_scale
        if scale == 1:
            return terms
        told = [Term(term.told, scale * term.weight) for term in terms]
        return [*told, Term(self.untold(len(terms[0].told)), 1 - scale)]


def field(x: Tensor, eps: Tensor, gamma: Tensor) -> tuple[Tensor, Tensor]:
    """x_γ and the gradient that the energy should have there: of pictures x and noise eps (N, …), gamma (N,)."""
    gamma = gamma.view(-1, *[1] * (x.dim() - 1))
    fall = ((1 - gamma) / (1 - FLAT_FROM)).clamp(max=1)
    return gamma * x + (1 - gamma) * eps, STEEPNESS * fall * (eps - x)
