"""Gated PixelCNN: maximum likelihood, the cross-entropy of every pixel given those before it."""

import math

import torch.nn.functional as F
from torch import Tensor

from generative.models.model import to_bytes
from generative.training.recipe import Recipe


class GatedPixelCNNRecipe(Recipe):
    minutes = 52
    batch_size = 32
    learning_rate = 2e-3

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        logits = self.networks["model"](images, labels).permute(0, 2, 3, 1).flatten(0, 2)
        loss = F.cross_entropy(logits.float(), to_bytes(images).flatten())
        return loss, {"bits_per_dim": loss.detach() / math.log(2)}
