"""A GAN that grows while it learns (models/gans/stylegan.py).

What makes our DCGAN learn fast is kept (gans.py): the loss, the penalty for one batch in eight, Adam's β1 of 0.5, and
fast learning. Beside weights of size 1 the papers' rates are ten times smaller than those of the DCGAN beside its own:
tried for a while on pictures of 8 pixels, 2·10⁻³ had led to FID 1.1 and 6·10⁻³ to 0.66.
"""

import math

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from generative.models.gans.style_networks import enlarged
from generative.models.gans.stylegan import StyleGAN
from generative.models.model import Model
from generative.seeds import Seeds
from generative.training.recipe import FILMED, Batch, Recipe, Record

LAST, BEFORE = 0.38, 3  # where the last size begins to come in; each one before it so many times earlier
FADE = 0.3  # of the time when a size begins, how long it takes to come in
MIXED = 0.9  # share of pictures that have the styles of two
SCALE = {"generator": 2.5, "discriminator": 1.0}


def grown_by(progress: float, levels: int) -> float:
    """How far the networks have grown: `levels` at last."""
    for level in range(levels, 0, -1):
        begins = LAST / BEFORE ** (levels - level)
        if progress > begins:
            return level - 1 + min(1.0, (progress - begins) / (FADE * begins))
    return 0.0


def as_grown(images: Tensor, grown: float, levels: int) -> Tensor:
    """Images (N, C, H, W) at the size that belongs to `grown`; while that comes in, as much of its detail."""
    top = math.ceil(grown)
    images = F.avg_pool2d(images, 1 << (levels - top))
    return torch.lerp(enlarged(F.avg_pool2d(images, 2)), images, grown % 1) if grown < top else images


class StyleGANRecipe(Recipe):
    minutes = 40
    configs = {"avatars": {"size": 32, "discriminator_channels": 48}}
    batch_size = 32
    learning_rate = 6e-3

    def __init__(self, model: StyleGAN) -> None:
        self.model, self.objective = model, model.objective
        self.networks = {"generator": model.generator, "discriminator": model.discriminator}
        self.optimisers = {
            name: torch.optim.Adam([{"params": network.parameters(), "scale": SCALE[name]}], betas=(0.5, 0.99))
            for name, network in self.networks.items()
        }

    @property
    def grown(self) -> float:
        return grown_by(self.progress, self.model.config.levels)

    def step(self, accelerator: Accelerator, batches: tuple[Batch, ...]) -> Record:
        """A step of the discriminator, then one of the generator."""
        (batch,) = batches
        grown, discriminator = self.grown, self.networks["discriminator"]
        real = as_grown(batch.images * 2 - 1, grown, self.model.config.levels)
        with accelerator.autocast():
            forged, maps = self.forge(len(real), real.device)
            on_real, on_forged = discriminator(torch.cat([real, forged.detach()]), grown).float().chunk(2)
        d_loss = self.objective.discriminator(on_real, on_forged) + self.penalty(real, forged.detach())
        self.descend(accelerator, "discriminator", d_loss, clip=10)
        with accelerator.autocast():
            judged = discriminator(forged, grown).float()
            likeness = self.likeness(forged.detach(), maps)
        g_loss = self.objective.generator(on_real.detach(), judged)
        self.descend(accelerator, "generator", g_loss + likeness, clip=10)
        read = self.objective.scale.probability or (lambda numbers: numbers)
        judgements = {"d_real": read(on_real.detach()).mean(), "d_fake": read(on_forged.detach()).mean()}
        return {"d_loss": d_loss.detach(), "g_loss": g_loss.detach(), **judgements}

    def forge(self, count: int, device: torch.device) -> tuple[Tensor, list[Tensor]]:
        """Pictures, most of which change style at one of the layers that there are by now, and the maps behind them."""
        z, other = torch.randn(2, count, self.model.config.latent, device=device)
        layers = 2 * math.ceil(self.grown) + 2
        change = torch.randint(1, layers, (count,), device=device)
        change[torch.rand(count, device=device) >= MIXED] = self.model.config.layers
        return self.networks["generator"](z, other, change, self.grown)

    def penalty(self, real: Tensor, forged: Tensor) -> Tensor | float:
        """What this step's penalty adds to the loss: 0 where none is due."""
        penalty, grown, discriminator = self.objective.penalty, self.grown, self.networks["discriminator"]
        if penalty is None or self.taken % penalty.every:
            return 0.0

        def judge(images: Tensor, _: Tensor) -> Tensor:
            return discriminator(images, grown)

        return penalty.weight * penalty.every * penalty.measure(judge, real, forged, real)

    def likeness(self, pictures: Tensor, maps: list[Tensor]) -> Tensor:
        """How far what each size before draws is from `pictures`, shrunk. Only its colours learn from it."""
        colours, loss = self.model.generator.synthesis.colours, pictures.new_zeros(())
        for colour, x in zip(colours, maps[: math.floor(self.grown)], strict=False):
            drawn = colour(x.detach())
            loss = loss + F.mse_loss(drawn, F.avg_pool2d(pictures, pictures.shape[-1] // drawn.shape[-1]))
        return loss

    def film(self, model: Model, pictures: Tensor) -> Tensor | None:
        """At the size of now, enlarged."""
        assert isinstance(model, StyleGAN)
        styles = model.styles(model.latents(Seeds(0, FILMED)))
        return enlarged(model.at_each_size(styles, self.grown)[-1], model.config.size)

    def finish(self, model: Model, images: Tensor) -> None:
        """Truncation is to know the mean of styles."""
        assert isinstance(model, StyleGAN)
        model.measure()
