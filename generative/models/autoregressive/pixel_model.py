"""What all autoregressive pixel models share: an image as a chain of decisions, one for each pixel and channel.

p(x) = ∏ᵢ p(xᵢ | x₁ … xᵢ₋₁) in raster order, the channels of a pixel in the order R, G, B; each factor is a table over
the values that there are: the 256 of an 8-bit picture, or the two of one in black and white (`config.levels`, L). A
model says what its network is; drawing, completing, scoring and looking inside are the same for all.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.answers import Likelihood, Prediction
from generative.errors import check_integer
from generative.frame import Frame
from generative.models.autoregressive.completion import Completion, PixelOptions, check_completion
from generative.models.autoregressive.encoding import LEVELS
from generative.models.autoregressive.mixture import beliefs, over_classes
from generative.models.model import Model, to_levels
from generative.models.precision import whole_float32
from generative.options import Options
from generative.seeds import Seeds


class Sweep(Protocol):
    """One run of a network over `canvas` (N, C, H, W) in raster order, its owner filling in values behind it."""

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor | None:
        """(N, L) logits of this value, given all before it; may be None if not `needed`.

        Called for every value; `needed` is the same for all channels of a pixel. The next call may overwrite what this
        one returned.
        """
        ...

    def reorder(self, index: Tensor) -> None:
        """Image n goes on as a copy of image index[n], of the same class. Called between two rows."""
        ...


class FullSweep:
    """The naive loop: the whole network once for every value. What a fast sweep must equal, and is measured against."""

    def __init__(self, model: "PixelModel", canvas: Tensor, labels: Tensor | None) -> None:
        self.model, self.canvas, self.conditions = model, canvas, labels

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor | None:
        """Logits (N, L) of a value, out of the whole network: slow, and what faster sweeps are compared with."""
        if not needed:
            return None
        here = ..., slice(row, row + 1), slice(column, column + 1)
        output = self.model(self.canvas, self.conditions)
        return self.model.tables(output[here], self.canvas[here])[:, channel, :, 0, 0]

    def reorder(self, index: Tensor) -> None:
        """Nothing: only the canvas is known, and the caller reorders that."""


class PixelModel(Model):
    """A subclass implements `forward` and `sweep`; and `tables` and `nats`, if its output is not logits."""

    family = "autoregressive"

    @abstractmethod
    def forward(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """(N, C, H, W) in [0, 1] and (N,) classes → (N, P, H, W), what the network says of every pixel.

        What it says of a value depends on earlier values only.
        """

    @abstractmethod
    def sweep(self, canvas: Tensor, labels: Tensor | None) -> Sweep:
        """A fast sweep over `canvas`, which its owner will fill in."""

    def tables(self, output: Tensor, images: Tensor) -> Tensor:
        """The network's output → (N, C, L, H, W) logits of every value given those before it in `images`."""
        return output.unflatten(1, (self.config.image_channels, self.config.levels))

    def nats(self, output: Tensor, images: Tensor) -> Tensor:
        """(N, C, H, W) surprise −ln p of every value of `images`; what training minimises."""
        logits = self.tables(output, images).movedim(2, -1).float()  # each table in one piece: twice as fast
        return F.cross_entropy(logits.flatten(0, -2), self.values(images).flatten(), reduction="none").view_as(images)

    def evaluations(self, options: Options) -> int:
        """One for each pixel."""
        return self.config.size**2

    def sample(self, seeds: Seeds, options: PixelOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """A frame a row: an image completed of which nothing is known."""
        size = self.config.size
        blank = torch.zeros(1, self.config.image_channels, size, size)
        return self.complete(blank, torch.ones(size, size, dtype=torch.bool), seeds, options, condition)

    @torch.inference_mode()
    def complete(
        self,
        images: Tensor,
        mask: Tensor,
        seeds: Seeds,
        options: PixelOptions | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """Frame by row or by pixel. `views["entropy"]`: of each table drawn from, in bits, the channels' mean.

        The last frame's figures: "bits_per_dim" of each image, if some of it was known or top-k is 1, and, where
        candidates were weighed, "effective_candidates" and "ancestors" (candidates.py). Raises InvalidOption for an
        image or mask of another shape, an empty mask, or neither one image nor one for each seed.
        """
        options = options or self.default_options
        self.check_images(images)
        check_completion(images, mask, len(seeds), self.config.size)
        if self.config.levels < LEVELS:  # else what is known stays bit for bit
            images = self._rounded(images)
        yield from Completion(self, images, mask, seeds, self.told(seeds, condition), options).frames()

    @whole_float32
    @torch.inference_mode()
    def score(self, images: Tensor, labels: Tensor | None = None) -> Likelihood:
        """Exact: the chain rule's sum of the surprise of every value. Without labels, of the mixture of all classes."""
        images, labels = self._rounded(self.check_images(images)), self.check_labels(labels, len(images))
        if self.config.told and labels is None:
            every = torch.arange(len(self.config.classes), device=self.device)
            classes = [self.nats(self(images, k.expand(len(images))), images) for k in every]
            return over_classes(torch.stack(classes, 1))
        nats = self.nats(self(images, labels), images)
        return Likelihood(nats.sum((1, 2, 3)), "exact", images[0].numel(), nats, labels)

    def _rounded(self, images: Tensor) -> Tensor:
        """With values that there are."""
        return (self.values(images) / (self.config.levels - 1)).to(self.dtype)

    def values(self, images: Tensor) -> Tensor:
        """Images in [0, 1] → which of the values 0 … L − 1 each is nearest to, int64."""
        return to_levels(images, self.config.levels)

    def predict(self, images: Tensor, row: int, column: int, labels: Tensor | None = None) -> Prediction:
        """`distribution` and `receptive_field` at a pixel of images (1, C, H, W)."""
        label = None if labels is None else int(labels[0])
        return Prediction(
            self.distribution(images[0], row, column, label).cpu(), self.receptive_field(row, column, label)
        )

    @torch.inference_mode()
    def distribution(self, image: Tensor, row: int, column: int, label: int | None = None) -> Tensor:
        """(C, L): what the model expects at this pixel of `image` (C, H, W), before it sees it. Sums to one.

        Without a label the mean over all classes, each weighed by how probable the pixels before have made it. Raises
        InvalidOption for a pixel outside the image, a label that there is not, or an image of another shape.
        """
        self._check_pixel(row, column)
        labels = self._label(label)
        images = self._rounded(self.check_images(image[None])).expand(1 if labels is None else len(labels), -1, -1, -1)
        here = ..., slice(row, row + 1), slice(column, column + 1)
        output = self(images, labels)
        tables = self.tables(output[here], images[here])[..., 0, 0].float().softmax(-1)  # (K, C, L)
        weights = beliefs(self.nats(output, images), row, column).to(tables)
        return (weights[..., None] * tables).sum(0)

    def receptive_field(self, row: int, column: int, label: int | None = None, samples: int = 8) -> Tensor:
        """(H, W): how strongly the table at this pixel reacts to every other pixel, the largest reaction 1.

        Measured: the gradient of the logits with respect to the input, its absolute value averaged over `samples`
        images of noise, of all classes in turn without a label. Where it is exactly zero, the network cannot see.
        """
        self._check_pixel(row, column)
        size, channels = self.config.size, self.config.image_channels
        noise = torch.rand(samples, channels, size, size, generator=torch.Generator().manual_seed(0))
        with torch.enable_grad():
            images = noise.to(self.device, self.dtype).requires_grad_()
            labels = self._label(label)
            output = self(images, None if labels is None else labels[torch.arange(samples) % len(labels)])
            logits = output[:, :, row, column].float()
            direction = torch.randn(logits.shape, generator=torch.Generator().manual_seed(1)).to(self.device)
            (gradient,) = torch.autograd.grad((logits * direction).sum(), images)
        reaction = gradient.abs().mean((0, 1))
        return (reaction / reaction.max().clamp_min(1e-12)).cpu()

    def _label(self, label: int | None) -> Tensor | None:
        """(1,) a class that is told, (K,) all of them where none is; None for a model without classes."""
        if not self.config.told:
            return self.check_labels(label, 1)
        if label is None:
            return torch.arange(len(self.config.classes), device=self.device)
        return torch.tensor([check_integer("label", label, 0, len(self.config.classes) - 1)], device=self.device)

    def _check_pixel(self, row: int, column: int) -> None:
        check_integer("row", row, 0, self.config.size - 1)
        check_integer("column", column, 0, self.config.size - 1)
