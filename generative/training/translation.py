"""CycleGAN: two generators and two critics learn from pictures of two kinds, of which no two belong together.

Losses as in the paper: a critic for each kind, pulled by least squares (eq. 1; Mao et al. 2017); what goes there and
back is to be what it was, in mean absolute difference (eq. 2); and a picture that is of the wanted kind already is to
stay as it is (section 5.2, "identity"). Critics see forgeries of up to fifty steps ago among those of now (section 4).
"""

from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from generative.data.dataset import Dataset, having
from generative.errors import NotSupported
from generative.models.gans.cyclegan import CycleGAN
from generative.models.gans.networks import initialise
from generative.models.gans.translator import Both, Critic
from generative.models.model import Model
from generative.training.recipe import FILMED, Batch, Portion, Recipe, Record

CYCLE, IDENTITY = 5.0, 2.5  # 10 and 5 in the paper, whose generators' loss is twice the one here
POOL = 50
CRITIC = 48  # channels of a critic after its first layer


class Pool:
    """The last forgeries of one kind, some of which are shown to a critic once more in the place of new ones
    (Shrivastava et al., "Learning from Simulated and Unsupervised Images through Adversarial Training", 2017)."""

    def __init__(self, size: int = POOL) -> None:
        self.size, self.images = size, torch.empty(0)

    def exchange(self, images: Tensor) -> Tensor:
        """(N, C, H, W): the images while there is room; then each, by even odds, itself or one from the pool, whose
        place it takes."""
        room = max(0, self.size - len(self.images))
        shown = images.clone()
        self.images = torch.cat([self.images.to(images), images[:room]]) if room else self.images
        for n in range(room, len(images)):
            if float(torch.rand(())) < 0.5:
                place = int(torch.randint(self.size, ()))
                shown[n], self.images[place] = self.images[place].clone(), images[n]
        return shown


class CycleGANRecipe(Recipe):
    """One for every pair: what each portion of the training images is comes from the model's pair.

    Where both kinds are made of the same pictures, each portion has a half of those, so that no pair is ever seen.
    """

    minutes = 20
    configs = {"avatars": {"size": 32}}
    batch_size = 4
    learning_rate = 4e-4

    def __init__(self, model: CycleGAN) -> None:
        self.model, self.objective, pair = model, model.objective, model.pair
        critics = Both(Critic(model.config.image_channels, CRITIC) for _ in pair.domains)
        self.reads = tuple(
            Portion(domain.where, domain.made, (n, 2) if pair.known else (0, 1))
            for n, domain in enumerate(pair.domains)
        )
        self.networks = {"generators": model.generators, "critics": critics}
        for network in self.networks.values():
            network.apply(initialise)
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), betas=(0.5, 0.999)) for name, network in self.networks.items()
        }
        self.pools = (Pool(), Pool())
        self.filmed = tuple(torch.arange(FILMED // 4) + n * FILMED // 4 for n in (0, 1))

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Film pictures that are of either kind. Raises NotSupported for a data set without the labels that tell them
        apart."""
        for domain in self.model.pair.domains:
            for name, value in domain.where.items():
                if value not in dataset.attributes.get(name, ()):
                    raise NotSupported(
                        f'{self.model.title} learns from pictures labelled "{name}: {value}"; {dataset.title} has '
                        "none. Train it on another data set."
                    )
        if not self.model.pair.known and dataset.rendered:
            shown = dataset.rendered.labels("test")[:FILMED]
            kinds = [having(shown, domain.where, dataset.attributes) for domain in self.model.pair.domains]
            self.filmed = tuple(kind.nonzero()[: FILMED // 4, 0] for kind in kinds)

    def step(self, accelerator: Accelerator, batches: tuple[Batch, ...]) -> Record:
        """A step of the generators, then one of the critics."""
        real = tuple(batch.images * 2 - 1 for batch in batches)
        generators, critics = self.networks["generators"], self.networks["critics"]
        with accelerator.autocast():
            made = [generators(torch.cat([real[1 - n], real[n]]), n).chunk(2) for n in (0, 1)]
            forged, kept = zip(*made, strict=True)
            back = [generators(forged[1 - n], n) for n in (0, 1)]
            judged = [critics(forged[n], n).float() for n in (0, 1)]
        adversarial = sum(self.objective.generator(j, j) for j in judged)
        cycle, identity = apart(back, real), apart(kept, real)
        g_loss = adversarial + CYCLE * cycle + IDENTITY * identity
        self.descend(accelerator, "generators", g_loss, clip=10)
        d_loss = self._criticise(accelerator, real, [images.detach() for images in forged])
        told = {"d_loss": d_loss, "g_loss": adversarial, "cycle": cycle, "identity": identity}
        return {name: value.detach() for name, value in told.items()}

    def _criticise(self, accelerator: Accelerator, real: tuple[Tensor, ...], forged: list[Tensor]) -> Tensor:
        """A step of the critics; their loss."""
        critics, loss = self.networks["critics"], torch.zeros((), device=real[0].device)
        for n in (0, 1):
            shown = self.pools[n].exchange(forged[n].float())
            with accelerator.autocast():
                on_real, on_forged = critics(torch.cat([real[n], shown]), n).float().chunk(2)
            loss = loss + self.objective.discriminator(on_real, on_forged)
        self.descend(accelerator, "critics", loss, clip=10)
        return loss

    def film(self, model: Model, pictures: Tensor) -> Tensor | None:
        """Four pictures of the first kind and what is made of them, and four of the second kind and what is made of
        them."""
        assert isinstance(model, CycleGAN)
        rows = []
        for n, chosen in enumerate(self.filmed):
            given = model.pair.domains[n].made(pictures[chosen])
            rows += [given, model.translated(given, 1 - n).to(given)]
        return torch.cat(rows)

    def state(self) -> dict[str, Any]:
        """What the pools hold."""
        return {"pools": [pool.images for pool in self.pools]}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with it."""
        for pool, images in zip(self.pools, state["pools"], strict=True):
            pool.images = images


def apart(images: Any, wanted: Any) -> Tensor:
    """Σ over both kinds of the mean absolute difference of images (N, C, H, W)."""
    return torch.stack([(a.float() - b).abs().mean() for a, b in zip(images, wanted, strict=True)]).sum()
