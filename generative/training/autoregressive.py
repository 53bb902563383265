"""Pixel models: maximum likelihood, the surprise of every value given those before it."""

import math

from torch import Tensor

from generative.models.autoregressive.pixel_model import PixelModel
from generative.training.recipe import Recipe


class PixelRecipe(Recipe):
    minutes = 60
    batch_size = 32
    learning_rate = 2e-3

    def __init__(self, model: PixelModel) -> None:
        super().__init__(model)
        self.nats = model.nats

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        loss = self.nats(self.networks["model"](images, labels), images).mean()
        return loss, {"bits_per_dim": loss.detach() / math.log(2)}


class PixelCNNRecipe(PixelRecipe):
    configs = {"avatars": {"frequencies": 6}}


class PixelCNNPPRecipe(PixelRecipe):
    batch_size = 16
    learning_rate = 1e-3
