"""Energies: Equilibrium Matching regresses the gradient of its energy on what leads from noise to pictures; JEM learns
by contrast, pictures against chains that are kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.data.dataset import Dataset
from generative.library import weights
from generative.models.diffusion.flow import Flow
from generative.models.energy.descent import Pace, descend
from generative.models.energy.energy_model import Term
from generative.models.energy.equilibrium import EquilibriumMatching, field
from generative.models.energy.jem import JEM
from generative.models.model import drain
from generative.seeds import Seeds
from generative.training.diffusion import DenoisingRecipe, dropped
from generative.training.recipe import FILMED, Recipe


class EquilibriumRecipe(Recipe):
    """The loss holds a gradient, so that learning takes derivatives twice: about what two passes of diffusion cost.

    It begins as the flow of the same data set, if that is as wide. After three minutes of a core on avatars the loss
    was 1.8, and faces were drawn; from nothing it was 10.3.
    """

    # Of 64 avatars all was clear in 80 % without momentum, in 72 % with; it carries them past the pictures.
    configs = {
        "fashion-mnist": {"channels": (32, 64, 80)},
        "avatars": {**DenoisingRecipe.configs["avatars"], "options": {"momentum": 0.0}},
    }
    batch_size = 32
    minutes = 60
    model: EquilibriumMatching

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Begin where flow matching ended, if one as wide is there: the same field, only that it is told the time."""
        id, ours = f"{dataset.id}/flow", self.model.config
        flow = weights.load(root / id) if id in weights.find(root) else None
        if isinstance(flow, Flow) and (flow.config.told, flow.config.channels) == (ours.told, ours.channels):
            begin_as(self.model, flow)
            self.begun = id

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


def begin_as(model: EquilibriumMatching, flow: Flow) -> None:
    """Give `model` what fits it of a network that matches flows, shown halfway whatever it is shown."""
    ours, theirs = model.unet.state_dict(), flow.unet.state_dict()
    fitting = {name: weight for name, weight in theirs.items() if name in ours and weight.shape == ours[name].shape}
    model.unet.load_state_dict(fitting, strict=False)
    with torch.no_grad():
        halfway, always = (
            flow.unet.time_embedding(flow.unet.time_proj(torch.tensor([t]))) for t in (flow.process.steps / 2, 0.0)
        )
        model.unet.time_embedding.linear_2.bias += (halfway - always)[0]


class ReplayBuffer:
    """Chains that go on from one step of learning to the next (Du & Mordatch 2019; Tieleman 2008).

    places: (size, C, H, W) where they are, in [−1, 1]. labels: (size,) the class that each rolls towards.
    """

    def __init__(self, size: int, shape: tuple[int, int, int], classes: int) -> None:
        self.places = 2 * torch.rand(size, *shape) - 1
        self.labels = torch.arange(size) % max(1, classes)

    def draw(self, count: int, anew: float) -> tuple[Tensor, Tensor, Tensor]:
        """Which chains go on, (count,), from where, and their labels; a share of `anew` begins at noise."""
        chosen = torch.randint(len(self.places), (count,))
        places = self.places[chosen]
        fresh = torch.rand(count, 1, 1, 1) < anew
        return chosen, torch.where(fresh, 2 * torch.rand_like(places) - 1, places), self.labels[chosen]

    def put(self, chosen: Tensor, places: Tensor) -> None:
        """Where the chains are now."""
        self.places[chosen] = places.detach().cpu()

    def state(self) -> dict[str, Tensor]:
        """All of it, for the file from which a training goes on."""
        return {"places": self.places, "labels": self.labels}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on with what `state` gave."""
        self.places, self.labels = state["places"].cpu(), state["labels"].cpu()


class JEMRecipe(Recipe):
    """Cross entropy of the class, and the contrast of energies between pictures and where chains have got to.

    The loss of LeCun's tutorial, section 2.2.4: pull the energy of what is right down, push up what the model itself
    finds. The squares of both energies keep them from running away together (Du & Mordatch 2019, section 3.3).
    """

    configs = {"fashion-mnist": {"channels": 32}}
    minutes = 60
    batch_size = 48
    learning_rate = 3e-4
    buffer, anew = 5000, 0.05  # chains that are kept; share of them that begins at noise
    pace = Pace(steps=20, step_size=1.0, temperature=5e-5)
    grain, hold = 0.03, 1e-3  # noise on real pictures, which makes valleys wide; weight of the squares
    model: JEM

    def __init__(self, model: JEM) -> None:
        super().__init__(model)
        self.networks = {"model": model}
        self.optimisers = {"model": torch.optim.Adam(model.parameters(), self.learning_rate, betas=(0.9, 0.999))}
        self.chains = ReplayBuffer(self.buffer, model.place_shape, len(model.config.classes))

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The sum of the three; recorded are the accuracy and how far real pictures lie below the chains."""
        x = self.model.placed(images)
        forged = self.rolled(len(x)).to(x)
        logits = self.networks["model"](torch.cat([x + self.grain * torch.randn_like(x), forged])).float()
        on_real, on_forged = logits.chunk(2)
        energies = -on_real.logsumexp(1), -on_forged.logsumexp(1)
        contrast = (energies[0] - energies[1]).mean()
        squares = (energies[0].square() + energies[1].square()).mean()
        if not self.model.config.classes:
            return contrast + self.hold * squares, {"contrast": contrast.detach()}
        right = (on_real.argmax(1) == labels).float().mean()
        loss = F.cross_entropy(on_real, labels) + contrast + self.hold * squares
        return loss, {"contrast": contrast.detach(), "accuracy": right}

    def rolled(self, count: int) -> Tensor:
        """(count, C, H, W): chains of the buffer, gone on by some steps of Langevin dynamics."""
        chosen, places, labels = self.chains.draw(count, self.anew)
        told = labels if self.model.config.classes else self.model.untold(count)
        generators = [torch.Generator().manual_seed(int(seed)) for seed in torch.randint(2**31, (count,))]
        terms = (Term(told.to(self.model.device)),)
        start = places.to(self.model.device)
        last = drain(descend(lambda place: self.model.slope(place, terms), start, self.pace, generators))
        ended = torch.where(last.exploded.view(-1, 1, 1, 1), 2 * torch.rand_like(last.x) - 1, last.x)
        self.chains.put(chosen, ended)
        return ended

    def state(self) -> dict[str, Any]:
        """The chains."""
        return self.chains.state()

    def restore(self, state: dict[str, Any]) -> None:
        """The chains go on where they were."""
        self.chains.restore(state)
