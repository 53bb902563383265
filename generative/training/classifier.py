"""The evaluation's classifier: cross-entropy with label smoothing; images mirrored and shifted.

Where an image has several attributes, the loss is the sum of theirs and the accuracy their mean.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.models.classifier import grouped
from generative.models.model import Model
from generative.training.recipe import Recipe


class ClassifierRecipe(Recipe):
    minutes = 16
    learning_rate = 2e-3

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.columns = list(grouped(model.config.labels).values())

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross entropy of mirrored and shifted images, summed over attributes; recorded is the share that is right."""
        images = torch.where(torch.rand(len(images), 1, 1, 1, device=images.device) < 0.5, images.flip(3), images)
        down, right = torch.randint(3, (2,)).tolist()
        size = images.shape[-1]
        images = F.pad(images, [1] * 4)[..., down : down + size, right : right + size]
        logits = self.networks["model"](images).float()
        parts = [logits[:, columns] for columns in self.columns]
        targets = labels.reshape(len(images), len(parts)).unbind(1)
        losses = [F.cross_entropy(part, t, label_smoothing=0.1) for part, t in zip(parts, targets, strict=True)]
        correct = torch.stack([part.argmax(1) == t for part, t in zip(parts, targets, strict=True)])
        return torch.stack(losses).sum(), {"accuracy": correct.float().mean()}
