"""The small network that evaluation measures with: its classes say what an image shows, its features how far apart
images are. A residual network after He et al., "Deep Residual Learning for Image Recognition", 2016.

Where an image has several attributes, the classes are named "glasses: sun": what stands before the colon groups them,
and of each group one holds.

Of stacked digits each colour is looked at by itself by one network, which so tells three digits as well as one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.model import ImageConfig, Model
from generative.options import Options

ATTRIBUTE_PLACES = 4  # a mouth has its place: attributes are read off a coarse 4×4 map, a class off its mean
SINGLE = "class"  # the only group of classes whose names have no colon


@dataclass(frozen=True)
class ClassifierConfig(ImageConfig):
    """labels: what it tells apart; it is told nothing. by_channel: whether each channel is looked at by itself, all by
    the same network; `labels` are then those of the first, of the second, …, as many each."""

    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "labels": ("a", "b", "c")}
    labels: tuple[str, ...] = ()
    channels: int = 32
    by_channel: bool = False


class Residual(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """A residual block: He et al. 2016, figure 2."""
        return F.relu(self.body(x) + self.shortcut(x))


class Classifier(Model):
    family = "classifier"
    title = "Classifier"
    paper = "https://arxiv.org/abs/1512.03385"
    Config = ClassifierConfig
    Options = Options

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__(config)
        c, self.times = config.channels, config.image_channels if config.by_channel else 1
        self.layers = nn.Sequential(
            nn.Conv2d(config.image_channels // self.times, c, 3, 1, 1, bias=False),
            nn.BatchNorm2d(c),
            nn.ReLU(),
            Residual(c, 2 * c, 2),
            Residual(2 * c, 4 * c, 2),
            Residual(4 * c, 4 * c, 1),
        )
        self.dropout = nn.Dropout(0.3)
        self.groups = grouped(config.labels)
        self.places = 1 if len(self.groups) == self.times else ATTRIBUTE_PLACES
        self.head = nn.Linear(4 * c * self.places**2, len(config.labels) // self.times)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, classes) of images (N, C, H, W) in [0, 1]."""
        seen = F.adaptive_avg_pool2d(self.layers(self.looked_at(images)), self.places)
        return self.head(self.dropout(seen.flatten(1))).view(len(images), -1)

    def looked_at(self, images: Tensor) -> Tensor:
        """What the layers take of images (N, C, H, W) in [0, 1]: in [−1, 1], maybe its channels one after another."""
        return images.unflatten(1, (self.times, -1)).flatten(0, 1) * 2 - 1

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """(N, D): the mean over all places of the last layer, in which samples are compared."""
        return self.layers(self.looked_at(images.to(self.device))).mean((2, 3)).view(len(images), -1)

    @torch.inference_mode()
    def classify(self, images: Tensor) -> Tensor:
        """Logits (N, classes), on the model's device."""
        return self(images.to(self.device))

    @torch.inference_mode()
    def attributes(self, images: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) in [0, 1] → for each group of classes its log-probabilities (N, classes of the group)."""
        logits = self.classify(images)
        return {name: logits[:, columns].log_softmax(1) for name, columns in self.groups.items()}


def grouped(classes: Sequence[str]) -> dict[str, slice]:
    """Where each group of `classes` lies: {"glasses": slice(0, 3), …}, in the order of their labels."""
    names = [name.partition(": ")[0] if ": " in name else SINGLE for name in classes]
    firsts = {name: names.index(name) for name in dict.fromkeys(names)}
    return {name: slice(first, first + names.count(name)) for name, first in firsts.items()}


def likeliest(logits: Tensor, classes: Sequence[str]) -> Tensor:
    """(N, K) logits of `classes` → (N, A) int64, of each group of them the index of the likeliest value."""
    return torch.stack([logits[:, place].argmax(1) for place in grouped(classes).values()], 1)
