"""What a model can do. Pages, commands and tests ask for an ability, never for a model by name."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import torch
from torch import Tensor

from generative.frame import Frame
from generative.options import Options
from generative.seeds import Seeds


@dataclass(frozen=True)
class Likelihood:
    """How probable a model finds images. Only what is of the same kind can be compared.

    nats: (N,) the surprise −ln p(x); the lower, the more probable.
    kind: "exact"; "bound", the true surprise is at most this; or "unnormalised", it is this plus an unknown constant.
    values: of one image, C·H·W.
    parts: (N, C, H, W) nats of each value, where the likelihood divides into values. They add up to `nats`.
    told: (N,) int64, the class that the model was told of each; None for p(x) whatever the class.
    posterior: (N, K) p(c|x), all K classes equally probable beforehand, where the model was told none of them.
    """

    nats: Tensor
    kind: Literal["exact", "bound", "unnormalised"]
    values: int
    parts: Tensor | None = None
    told: Tensor | None = None
    posterior: Tensor | None = None

    @property
    def bits_per_dim(self) -> Tensor:
        """(N,) −log₂ p(x) / (C·H·W)."""
        return self.nats / (math.log(2) * self.values)

    @property
    def bits(self) -> Tensor | None:
        """(N, C, H, W) the surprise −log₂ p of each value."""
        return None if self.parts is None else self.parts / math.log(2)

    @classmethod
    def joined(cls, several: Sequence["Likelihood"]) -> "Likelihood":
        """One of all images, on the CPU, from those of a few each."""

        def every(name: str) -> Tensor | None:
            found = [getattr(each, name) for each in several]
            return None if found[0] is None else torch.cat([each.cpu() for each in found])

        first = several[0]
        return cls(every("nats"), first.kind, first.values, every("parts"), every("told"), every("posterior"))


@dataclass(frozen=True)
class Scale:
    """What a critic's numbers mean.

    title: what is measured. real, forged: the scores that training pulls real and forged images towards, infinite where
    there is no end to it. probability: what turns a score into the probability of being real, where something does.
    """

    title: str
    real: float
    forged: float
    probability: Callable[[Tensor], Tensor] | None = None


@dataclass(frozen=True)
class Verdict:
    """score: (N,) what a critic says of images, its raw numbers, which mean what `scale` says."""

    score: Tensor
    scale: Scale


@dataclass(frozen=True)
class Space:
    """One of the spaces that a model's images can be said to come from.

    shape: of a latent, without the batch. path: between two latents, "slerp", an arc around the origin, as noise wants
    it, or "lerp", a straight line. steps: that decoding takes; where they are many it is streamed by `sample`.
    """

    name: str
    title: str
    shape: tuple[int, ...]
    path: Literal["slerp", "lerp"]
    steps: int = 1

    @property
    def dims(self) -> int:
        return math.prod(self.shape)


@runtime_checkable
class Samples(Protocol):
    def sample(self, seeds: Seeds, options: Options | None = None) -> Iterator[Frame]:
        """Images from noise, one frame per moment. Closing the iterator stops the work at the next step."""
        ...

    def evaluations(self, options: Options) -> int:
        """Forward passes of the network that one image takes under `options`."""
        ...


@runtime_checkable
class Completes(Protocol):
    def complete(self, images: Tensor, mask: Tensor, seeds: Seeds, options: Options | None = None) -> Iterator[Frame]:
        """Invent the pixels where `mask` is true and keep the others bit for bit.

        images: (N, C, H, W) in [0, 1], N = len(seeds) or 1. mask: (H, W) bool.
        """
        ...


@runtime_checkable
class Interpolates(Protocol):
    """Has latent spaces, the first one for arithmetic: every image comes from a latent, and between two lie others."""

    @property
    def spaces(self) -> tuple[Space, ...]: ...

    def latents(self, seeds: Seeds, options: Options | None = None) -> Tensor:
        """(N, D): what `sample` decodes for these seeds and options."""
        ...

    def decode(self, latents: Tensor) -> Tensor:
        """(N, D) → (N, C, H, W) in [0, 1]."""
        ...


@runtime_checkable
class Encodes(Interpolates, Protocol):
    def encode(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, D), the mean of the posterior where there is one."""
        ...


@runtime_checkable
class Infers(Encodes, Protocol):
    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) in [0, 1] → mean and log standard deviation of q(z|x), each (N, D)."""
        ...


@runtime_checkable
class Projects(Interpolates, Protocol):
    def project(self, images: Tensor, seeds: Seeds, options: Options | None = None) -> Iterator[Frame]:
        """Look for latents that decode to `images`, (N, C, H, W) in [0, 1], N = len(seeds) or 1: one search a seed.

        Every frame has `latents` and the figure "loss".
        """
        ...


@runtime_checkable
class Judges(Protocol):
    def judge(self, images: Tensor, labels: Tensor | None = None) -> Verdict:
        """What the discriminator says of images (N, C, H, W) in [0, 1], each as one of the class of `labels` (N,) or,
        without them, as the class that it looks most real as."""
        ...


@runtime_checkable
class Scores(Protocol):
    def score(self, images: Tensor, labels: Tensor | None = None) -> Likelihood:
        """How probable the model finds `images`, (N, C, H, W) in [0, 1], each as one of the class of `labels`.

        labels: (N,) int64, for a model that knows classes; without them p(x) is the mean over all classes.
        """
        ...


@runtime_checkable
class Predicts(Protocol):
    def distribution(self, image: Tensor, row: int, column: int, label: int | None = None) -> Tensor:
        """(C, 256): what the model expects at a pixel of `image` (C, H, W) from the pixels before it."""
        ...

    def receptive_field(self, row: int, column: int, label: int | None = None) -> Tensor:
        """(H, W) in [0, 1]: how strongly what the model expects at a pixel reacts to every other pixel."""
        ...


@runtime_checkable
class Classifies(Protocol):
    def classify(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, K) logits."""
        ...

    def features(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, D), what evaluation measures distances in."""
        ...


def abilities(model: object) -> list[str]:
    """The names of what `model`, or a model class, can do."""
    members = {
        "samples": "sample",
        "completes": "complete",
        "interpolates": "latents",
        "encodes": "encode",
        "infers": "posterior",
        "projects": "project",
        "judges": "judge",
        "scores": "score",
        "predicts": "distribution",
        "classifies": "classify",
    }
    return [name for name, member in members.items() if callable(getattr(model, member, None))]
