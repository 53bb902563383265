"""The small network that evaluation measures with: its classes say what an image shows, its features how far apart
images are. A residual network after He et al., "Deep Residual Learning for Image Recognition", 2016."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.model import ImageConfig, Model
from generative.options import Options


@dataclass(frozen=True)
class ClassifierConfig(ImageConfig):
    channels: int = 32


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
        return F.relu(self.body(x) + self.shortcut(x))


class Classifier(Model):
    family = "classifier"
    title = "Classifier"
    paper = "https://arxiv.org/abs/1512.03385"
    Config = ClassifierConfig
    Options = Options

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__(config)
        c = config.channels
        self.layers = nn.Sequential(
            nn.Conv2d(config.image_channels, c, 3, 1, 1, bias=False),
            nn.BatchNorm2d(c),
            nn.ReLU(),
            Residual(c, 2 * c, 2),
            Residual(2 * c, 4 * c, 2),
            Residual(4 * c, 4 * c, 1),
        )
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(4 * c, len(config.classes))

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.dropout(self.layers(images * 2 - 1).mean((2, 3))))

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        return self.layers(images.to(self.device) * 2 - 1).mean((2, 3))

    @torch.inference_mode()
    def classify(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))
