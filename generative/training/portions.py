"""Batches of the training images, in an order that depends on nothing but seed, epoch and portion."""

from pathlib import Path

import torch
from torch import Tensor

from generative.data.dataset import Dataset, having
from generative.data.known import read
from generative.errors import InvalidOption
from generative.training.recipe import Batch, Portion


class Pages:
    """One portion of a data set, read in epochs of whole batches; the order of an epoch is drawn from its number."""

    def __init__(self, portion: Portion, dataset: Dataset, root: str | Path | None, seed: int) -> None:
        self.portion, self.dataset, self.root, self.seed = portion, dataset, root, seed
        self.read_at, self.epoch = 0, -1
        self.images = self.labels = self.order = torch.empty(0)

    def of_size(self, size: int) -> Tensor:
        """All images (N, C, size, size) uint8. Raises MissingData."""
        if size != self.read_at:
            images, labels = read(self.dataset.id, "train", self.root, size)
            if self.portion.where:
                chosen = self._chosen(labels)
                images, labels = images[chosen], labels[chosen]
            first, every = self.portion.share
            images, labels = images[first::every], labels[first::every]
            self.images, self.labels, self.read_at = images, labels, size
        return self.images

    def _chosen(self, labels: Tensor) -> Tensor:
        if self.dataset.classes:
            return labels == self.dataset.classes.index(self.portion.where["class"])
        return having(labels, self.portion.where, self.dataset.attributes)

    def batch(self, step: int, count: int, size: int, share: slice) -> Batch:
        """The `share` of a process in the batch of `count` images that belongs to a step.

        Raises InvalidOption when there are fewer images than that.
        """
        images = self.of_size(size)
        if count > len(images):
            raise InvalidOption(
                f"A batch of {count} is more than the {len(images)} images there are. Take a smaller --batch-size.",
                "batch-size",
            )
        epoch, place = divmod(step, len(images) // count)
        if epoch != self.epoch or len(self.order) != len(images):
            generator = torch.Generator().manual_seed(self.seed * 10_007 + epoch)
            self.order, self.epoch = torch.randperm(len(images), generator=generator), epoch
        chosen = self.order[place * count : (place + 1) * count][share]
        return Batch(self.portion.done(images[chosen].float() / 255), self.labels[chosen])
