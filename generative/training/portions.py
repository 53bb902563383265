"""Batches of the training images, in an order that depends on nothing but seed, epoch and portion."""

from pathlib import Path

import torch
from torch import Tensor

from generative.data.binary_mnist import drawn
from generative.data.dataset import Dataset, data_root, having
from generative.data.known import read
from generative.errors import InvalidOption
from generative.training.recipe import Batch, Portion


class Pages:
    """One portion of a data set, read in epochs of whole batches; the order of an epoch is drawn from its number.

    Its images lie on the device that learns from them.
    """

    def __init__(
        self, portion: Portion, dataset: Dataset, root: str | Path | None, seed: int, device: torch.device
    ) -> None:
        self.portion, self.dataset, self.root, self.seed, self.device = portion, dataset, root, seed, device
        self.read_at, self.epoch = 0, -1
        self.images = self.labels = self.order = torch.empty(0)

    def of_size(self, size: int) -> Tensor:
        """All images (N, C, size, size) uint8. Raises MissingData."""
        if size != self.read_at:
            images, labels = self._read(size)
            if self.portion.where:
                those = self._chosen(labels)
                images, labels = images[those], labels[those]
            first, every = self.portion.share
            chosen = slice(first, None if self.portion.first is None else first + every * self.portion.first, every)
            self.images, self.labels = images[chosen].to(self.device), labels[chosen].to(self.device)
            self.read_at = size
        return self.images

    def _read(self, size: int) -> tuple[Tensor, Tensor]:
        if self.dataset.chances:
            return self.dataset.chances(data_root(self.root), "train", size)
        return read(self.dataset.id, "train", self.root, size)

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
        chosen = self.order[place * count : (place + 1) * count].to(self.device)
        images, labels = images[chosen], self.labels[chosen]
        if self.dataset.chances:  # by the step, so that a resumed run repeats an unbroken one
            images = drawn(images, torch.Generator(self.device).manual_seed(self.seed * 10_007 + step))
        return Batch(self.portion.done(images[share].float() / 255), labels[share])
