"""Pixel models: maximum likelihood, the surprise of every value given those before it."""

import math
from typing import Any

from torch import Tensor

from generative.training.recipe import Recipe

SINES = {dataset: {"frequencies": 6} for dataset in ("fashion-mnist", "mnist", "avatars")}


def in_black_and_white(**network: Any) -> dict[str, dict[str, Any]]:
    """The networks of digits in black and white, whose values enter as they are."""
    return dict.fromkeys(("mnist-fixed", "mnist-dynamic"), network)


class PixelRecipe(Recipe):
    """Many steps of small batches: after equal time they are ahead of fewer with larger ones."""

    configs = SINES | in_black_and_white()
    minutes = 40
    batch_size = 8
    recorded = True
    ema_decay = 0.9995

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean −log p of a value, in nats."""
        loss = self.model.nats(self.networks["model"](images, labels), images).mean()
        return loss, {"bits_per_dim": loss.detach() / math.log(2)}


class GatedPixelCNNRecipe(PixelRecipe):
    """Told no class of digits, as in the figures of others."""

    configs = SINES | in_black_and_white(told=())


class PixelRNNRecipe(PixelRecipe):
    """Seven layers, as in the paper's figures of digits."""

    configs = SINES | in_black_and_white(layers=7)


class PixelCNNPPRecipe(PixelRecipe):
    """Its means count from neighbours' values, which is what sines would tell it."""

    configs = {}
