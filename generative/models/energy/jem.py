"""JEM: Grathwohl et al., "Your Classifier Is Secretly an Energy Based Model and You Should Treat It Like One", 2020.

    E(x, c) = −f(x)[c],    E(x) = −log Σ_c exp f(x)[c],    p(c|x) = softmax f(x)                         (eqs. 5 to 7)

A classifier's logits f are read as minus the energies of picture and class together, so that one network classifies,
draws a class that is asked for, and tells an energy. It learns by contrast, from chains that are kept (training/
energy.py). No batch norm, for the energy of a picture must not depend on the pictures beside it.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.answers import Likelihood
from generative.models.energy.energy_model import EnergyModel, EnergyOptions
from generative.models.model import ImageConfig
from generative.models.precision import whole_float32
from generative.seeds import uniform

LANGEVIN = {"steps": 200, "step_size": 1.0, "momentum": 0.0, "noise": 0.007}  # kicks of deviation 0.01, as in the paper


@dataclass(frozen=True)
class JEMConfig(ImageConfig):
    can_be_told = ("class",)
    least: ClassVar[Mapping[str, Any]] = {"channels": 8, "options": {**LANGEVIN, "steps": 4}}
    channels: int = 48
    options: dict[str, Any] = field(default_factory=lambda: dict(LANGEVIN))

    @property
    def labels(self) -> tuple[str, ...]:
        """What it tells apart, which is what it is told."""
        return self.classes


class JEM(EnergyModel):
    title = "JEM"
    paper = "https://arxiv.org/abs/1912.03263"
    Config = JEMConfig
    Options = EnergyOptions

    def __init__(self, config: JEMConfig) -> None:
        super().__init__(config)
        c, levels = config.channels, (1, 2, 2)
        widths = [config.image_channels, *(c * level for level in levels)]
        self.layers = nn.ModuleList(
            nn.ModuleList([nn.Conv2d(a, b, 3, 1, 1), nn.Conv2d(b, b, 4 if i < 2 else 3, 2 if i < 2 else 1, 1)])
            for i, (a, b) in enumerate(itertools.pairwise(widths))
        )
        self.head = nn.Linear(widths[-1], max(1, len(config.classes)))

    def hidden(self, x: Tensor) -> Tensor:
        """(N, D): the mean over all places of the last layer, of pictures in [−1, 1]."""
        for first, second in self.layers:
            x = F.silu(second(F.silu(first(x))))
        return x.mean((2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """(N, K) logits of pictures (N, C, H, W) in [−1, 1]; K is 1 where there are no classes."""
        return self.head(self.hidden(x))

    def energy(self, x: Tensor, told: Tensor) -> Tensor:
        """−f(x)[c], or, where no class is told, −log Σ exp f(x), (N,)."""
        logits = self(x)
        of_class = logits.gather(1, told.clamp(max=logits.shape[1] - 1)[:, None])[:, 0]
        return -torch.where(told == len(self.config.classes), logits.logsumexp(1), of_class)

    def untold(self, count: int) -> Tensor:
        """The label after the last class."""
        return torch.full((count,), len(self.config.classes), device=self.device)

    @property
    def place_shape(self) -> tuple[int, int, int]:
        """Of pictures."""
        return (self.config.image_channels, self.config.size, self.config.size)

    def placed(self, images: Tensor) -> Tensor:
        """In [−1, 1]."""
        return images * 2 - 1

    def flat(self, x: Tensor) -> Tensor:
        """As they are."""
        return x.float()

    def start(self, generators: list[torch.Generator]) -> Tensor:
        """Uniform noise in [−1, 1]."""
        return 2 * uniform(generators, *self.place_shape).to(self.device, self.dtype) - 1

    @torch.inference_mode()
    def classify(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, K) logits."""
        return self(self.placed(self.check_images(images)))

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, D)."""
        return self.hidden(self.placed(self.check_images(images)))

    @whole_float32
    @torch.inference_mode()
    def score(self, images: Tensor, labels: Tensor | None = None) -> Likelihood:
        """The energy, and, where no class is told, p(c|x), which needs no Z."""
        found = super().score(images, labels)
        known = self.config.classes and found.told is None
        return replace(found, posterior=self.classify(images).float().softmax(1)) if known else found
