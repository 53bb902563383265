"""The base of every model: a network that its Config determines in full."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from generative.abilities import Likelihood
from generative.errors import InvalidOption, near, shown
from generative.options import ClassOptions, Options


@dataclass(frozen=True)
class ImageConfig:
    """What every Config says: the classes, and the images' height and width in pixels and their channels."""

    classes: tuple[str, ...]
    size: int = 28
    image_channels: int = 1


class Model(nn.Module):
    """A network with its Config, and what the rest of the project needs to know of its kind.

    `weights` says which file of a checkpoint holds which submodule ("" is the model itself), and `companions` what
    other JSON files belong beside it, so that a model never touches the disk itself.
    """

    family: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    Config: ClassVar[type]
    Options: ClassVar[type[Options]]
    weights: ClassVar[dict[str, str]] = {"model.safetensors": ""}

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    @property
    def parameter_count(self) -> int:
        """Parameters of the networks that the checkpoint holds."""
        return sum(p.numel() for p in self.parameters())

    @property
    def conditional(self) -> bool:
        """Whether the model is told the class of what it draws and scores."""
        return issubclass(self.Options, ClassOptions) and bool(self.config.classes)

    def companions(self) -> dict[str, dict[str, Any]]:
        """JSON files, by their path in the checkpoint, that other libraries want beside the weights."""
        return {}

    def class_index(self, options: Options) -> int | None:
        """The index of the class that `options` ask for. Raises InvalidOption for a class that there is not."""
        name = options.label if isinstance(options, ClassOptions) else None
        if name is None:
            return None
        classes = list(self.config.classes)
        matches = [i for i, known in enumerate(classes) if known.lower() == name.lower()]
        if not matches:
            raise InvalidOption(f"There is no class {shown(name)}. {near(name, classes)}", "label")
        return matches[0]


def to_bytes(images: Tensor) -> Tensor:
    """[0, 1] → the integers 0 … 255 that a PNG holds, as int64."""
    return (images * 255).round().clamp(0, 255).long()


def likeliest_class(score: Callable[[Tensor, Tensor], Likelihood], images: Tensor, classes: int) -> Likelihood:
    """Each image scored under the class that finds it most probable."""
    scores = [score(images, torch.full((len(images),), k)) for k in range(classes)]
    best = torch.stack([s.bits_per_dim for s in scores]).argmin(0).cpu()
    return score(images, best)


def drain(frames: Iterator[Any]) -> Any:
    """Run a generation to its end and return the last frame."""
    return deque(frames, maxlen=1).pop()
