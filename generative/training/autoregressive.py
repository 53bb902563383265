"""Pixel models: maximum likelihood, the surprise of every value given those before it."""

import math

from torch import Tensor

from generative.training.recipe import Recipe


class PixelRecipe(Recipe):
    """Many steps of small batches: after equal time they are ahead of fewer with larger ones."""

    configs = {dataset: {"frequencies": 6} for dataset in ("fashion-mnist", "mnist", "avatars")}
    minutes = 40
    batch_size = 8
    ema_decay = 0.9995

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean −log p of a value, in nats."""
        loss = self.model.nats(self.networks["model"](images, labels), images).mean()
        return loss, {"bits_per_dim": loss.detach() / math.log(2)}


class PixelCNNPPRecipe(PixelRecipe):
    """Its means count from neighbours' values, which is what sines would tell it."""

    configs = {}
