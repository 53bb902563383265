"""The base of every model: a network that its Config determines in full."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn

from generative.abilities import Space
from generative.errors import InvalidOption, NotSupported, near, shown
from generative.options import ClassOptions, Options

if TYPE_CHECKING:
    from typing_extensions import Self  # in typing from Python 3.11 on

ROUNDING = 1e-4  # what values may lie beyond [0, 1]


@dataclass(frozen=True)
class ImageConfig:
    """What every Config says: the classes, and the images' height and width in pixels and their channels."""

    classes: tuple[str, ...]
    size: int = 28
    image_channels: int = 1
    least: ClassVar[Mapping[str, Any]] = {}  # of the fields that a subclass adds: the smallest network worth testing

    @classmethod
    def tiny(cls, **changes: Any) -> "Self":
        """For tests: the smallest network, of 8×8 images of three classes, but for what `changes` say."""
        return cls(**{"classes": ("a", "b", "c"), "size": 8, **cls.least, **changes})


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
        """Where its weights are."""
        return next(self.parameters()).device

    @property
    def parameter_count(self) -> int:
        """Parameters of the networks that the checkpoint holds."""
        return sum(p.numel() for p in self.parameters())

    @property
    def conditional(self) -> bool:
        """Whether the model is told the class of what it draws and scores."""
        return issubclass(self.Options, ClassOptions) and bool(self.config.classes)

    @property
    def dtype(self) -> torch.dtype:
        """What its weights are computed with."""
        return next(self.parameters()).dtype

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The spaces that its images come from, the first one for arithmetic."""
        return ()

    @property
    def dims(self) -> int:
        """Numbers of a latent of the first space."""
        return self.spaces[0].dims

    def space(self, name: Any = None) -> Space:
        """The space of that name, the first for None. Raises InvalidOption."""
        for space in self.spaces:
            if name in (None, space.name):
                return space
        names = [space.name for space in self.spaces]
        raise InvalidOption(f"{self.title} has no space {shown(name)}. {near(str(name)[:80], names)}", "space")

    def check_latents(self, latents: Any, space: Any = None) -> Tensor:
        """`latents`, (N, *shape) of that space, on the model's device and in its precision. Raises InvalidOption."""
        return check_floats("latents", latents, self.space(space).shape, self.title).to(self.device, self.dtype)

    def check_images(self, images: Any, clipped: bool = True) -> Tensor:
        """`images` on the model's device and in its precision, if they are what it takes: (N, C, H, W) in [0, 1].

        clipped: whether they must lie in [0, 1]; noise may lead a picture out of it. Raises InvalidOption.
        """
        config = self.config
        check_floats("images", images, (config.image_channels, config.size, config.size), self.title)
        low, high = float(images.min()), float(images.max())
        if clipped and not (low >= -ROUNDING and high <= 1 + ROUNDING):
            raise InvalidOption(
                f"Images have values from 0 to 1; these go from {low:g} to {high:g}. Divide 8-bit values by 255.",
                "images",
            )
        return images.to(self.device, self.dtype)

    def check_labels(self, labels: Any, count: int) -> Tensor | None:
        """(count,) classes on the model's device, or None. Raises InvalidOption, or NotSupported without classes."""
        if labels is None:
            return None
        if not self.conditional:
            raise NotSupported(f"{self.title} knows no classes. Leave out the labels.", "labels")
        whole = isinstance(labels, Tensor) and labels.dtype == torch.int64 and tuple(labels.shape) == (count,)
        if not whole or int(labels.min()) < 0 or int(labels.max()) >= len(self.config.classes):
            last = len(self.config.classes) - 1
            raise InvalidOption(
                f"labels must be a tensor of {count} int64 from 0 to {last}, one of each image, not {shown(labels)}",
                "labels",
            )
        return labels.to(self.device)

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


def check_floats(name: str, values: Any, shape: tuple[int, ...], owner: str) -> Tensor:
    """`values` itself: a tensor (N, *shape), N at least 1, of finite floats. Raises InvalidOption."""
    if not isinstance(values, Tensor) or not values.is_floating_point():
        kind = values.dtype if isinstance(values, Tensor) else type(values).__name__
        raise InvalidOption(f"{name} must be a tensor of floats, not {kind}", name)
    if tuple(values.shape[1:]) != shape or not len(values):
        wanted = ", ".join(map(str, ("N", *shape)))
        raise InvalidOption(f"{owner} takes {name} of shape ({wanted}), not {tuple(values.shape)}", name)
    if not values.isfinite().all():
        raise InvalidOption(f"{name} hold NaN or infinite numbers", name)
    return values


def drain(frames: Iterator[Any]) -> Any:
    """Run a generation to its end and return the last frame."""
    return deque(frames, maxlen=1).pop()
