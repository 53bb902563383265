"""Transformers: the surprise of every value, as for all that write token by token."""

import torch

from generative.models.model import Model
from generative.training.autoregressive import PixelRecipe

BETAS = (0.9, 0.95)  # as GPT-3 was trained


class TransformerRecipe(PixelRecipe):
    """A faster rate than convolutions want, since the network is narrow and the run short."""

    configs = {dataset: {"frequencies": 6} for dataset in ("fashion-mnist", "mnist", "avatars")}
    minutes = 35
    learning_rate = 2e-3

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        optimiser = torch.optim.AdamW(model.parameters(), self.learning_rate, betas=BETAS, weight_decay=0.01)
        self.optimisers = {"model": optimiser}
