"""Energies: Equilibrium Matching regresses the gradient of its energy on what leads from noise to pictures."""

from dataclasses import replace

import torch
from torch import Tensor

from generative.models.energy.equilibrium import EquilibriumMatching, field
from generative.models.model import drain
from generative.seeds import Seeds
from generative.training.diffusion import dropped
from generative.training.recipe import FILMED, Recipe


class EquilibriumRecipe(Recipe):
    """The loss holds a gradient, so that learning takes derivatives twice: about what two passes of diffusion cost."""

    configs = {"avatars": {"size": 32}}
    batch_size = 32
    minutes = 60
    model: EquilibriumMatching

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The mean squared error of the energy's gradient at a point between noise and picture; γ is uniform."""
        x = self.model.placed(images)
        gamma = torch.rand(len(x), device=x.device)
        place, wanted = field(x, torch.randn_like(x), gamma)
        place.requires_grad_()
        told = dropped(labels, self.model.untold(len(labels)))
        output = self.networks["model"](place, told)
        energy = (place * output).sum()
        (gradient,) = torch.autograd.grad(energy, place, create_graph=True)
        return (gradient - wanted).square().mean(), {}

    def film(self, model: EquilibriumMatching, pictures: Tensor) -> Tensor:
        """(16, C, H, W): drawn in half the steps of double the size, for each costs a pass back and forth."""
        options = model.default_options
        options = replace(options, steps=(options.steps + 1) // 2, step_size=2 * options.step_size)
        return drain(model.sample(Seeds(0, FILMED), options)).images
