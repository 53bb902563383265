"""The evaluation's classifier: cross-entropy with label smoothing; images mirrored and shifted."""

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.training.recipe import Recipe


class ClassifierRecipe(Recipe):
    minutes = 16
    learning_rate = 2e-3

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        images = torch.where(torch.rand(len(images), 1, 1, 1, device=images.device) < 0.5, images.flip(3), images)
        down, right = torch.randint(3, (2,)).tolist()
        size = images.shape[-1]
        images = F.pad(images, [1] * 4)[..., down : down + size, right : right + size]
        logits = self.networks["model"](images).float()
        accuracy = (logits.argmax(1) == labels).float().mean()
        return F.cross_entropy(logits, labels, label_smoothing=0.1), {"accuracy": accuracy}
