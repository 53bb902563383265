"""Classifiers: cross-entropy; images shifted and, where that is allowed, mirrored. That of the evaluation learns with
label smoothing, that which guides drawing with noise of every strength.

Where an image has several attributes, the loss is the sum of theirs and the accuracy their mean.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.data.dataset import Dataset
from generative.models.classifier import grouped
from generative.models.model import Model
from generative.models.noisy_classifier import NoisyClassifier
from generative.training.recipe import Recipe


class ClassifierRecipe(Recipe):
    minutes: ClassVar[float] = 16
    learning_rate = 2e-3
    configs: ClassVar[Mapping[str, dict[str, Any]]] = {
        **{dataset: {"channels": 12} for dataset in ("mnist-fixed", "mnist-dynamic")},
        "stacked-mnist": {"channels": 12, "by_channel": True},
    }
    mirrors = True
    smoothing: ClassVar[float] = 0.1

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.columns = list(grouped(model.config.labels).values())

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Digits are not mirrored."""
        self.mirrors = dataset.mirrors

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross entropy of images thus changed, summed over attributes; recorded is the share that is right."""
        if self.mirrors:
            images = torch.where(torch.rand(len(images), 1, 1, 1, device=images.device) < 0.5, images.flip(3), images)
        down, right = torch.randint(3, (2,)).tolist()
        size = images.shape[-1]
        images = F.pad(images, [1] * 4)[..., down : down + size, right : right + size]
        logits = self.logits(images).float()
        parts = [logits[:, columns] for columns in self.columns]
        targets = labels.reshape(len(images), len(parts)).unbind(1)
        losses = [
            F.cross_entropy(part, t, label_smoothing=self.smoothing) for part, t in zip(parts, targets, strict=True)
        ]
        correct = torch.stack([part.argmax(1) == t for part, t in zip(parts, targets, strict=True)])
        return torch.stack(losses).sum(), {"accuracy": correct.float().mean()}

    def logits(self, images: Tensor) -> Tensor:
        """What the network says of images (N, C, H, W) in [0, 1], (N, K)."""
        return self.networks["model"](images)


class NoisyClassifierRecipe(ClassifierRecipe):
    """t uniform, as in the training of DDPM. Its probabilities are to be true, so nothing is smoothed."""

    minutes = 8
    configs: ClassVar[Mapping[str, dict[str, Any]]] = {}
    smoothing = 0.0
    model: NoisyClassifier

    def logits(self, images: Tensor) -> Tensor:
        """What the network says of images under noise, each of a t of its own."""
        process = self.model.process
        level = process.level(torch.randint(process.steps, (len(images),)))
        x0 = images * 2 - 1
        return self.networks["model"](level.noised(x0, torch.randn_like(x0)), level)
