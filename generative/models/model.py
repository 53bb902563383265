"""The base of every model: a network that its Config determines in full."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn

from generative.answers import Space
from generative.conditions import UNTOLD, Attributes, Class, Condition, read_told
from generative.errors import InvalidOption, NotSupported, near, shown
from generative.options import Options
from generative.seeds import Seeds

if TYPE_CHECKING:
    from typing_extensions import Self  # in typing from Python 3.11 on

ROUNDING = 1e-4  # what values may lie beyond [0, 1]


@dataclass(frozen=True)
class ImageConfig:
    """What every Config says: what the model is told, and the images' height and width in pixels and their channels.

    options: the defaults of this checkpoint's options, where they are not those of its class. can_be_told: the kinds of
    conditions that such a network takes, where the data set has them.
    """

    told: tuple[Condition, ...] = ()
    size: int = 28
    image_channels: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    can_be_told: ClassVar[tuple[str, ...]] = ()
    least: ClassVar[Mapping[str, Any]] = {}  # of the fields that a subclass adds: the smallest network worth testing

    @classmethod
    def tiny(cls, classes: tuple[str, ...] = ("a", "b", "c"), **changes: Any) -> "Self":
        """For tests: the smallest network, of 8×8 images, told their classes if it can be, but for `changes`."""
        told = (Class(tuple(classes)),) if classes and "class" in cls.can_be_told else ()
        return cls(**{"told": told, "size": 8, **cls.least, **changes})

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes that the model is told; none for a model that is not."""
        return next((condition.names for condition in self.told if isinstance(condition, Class)), ())

    @property
    def attributes(self) -> tuple[int, ...]:
        """How many values each attribute has that the model is told; none for a model that is told none."""
        groups = next((condition.groups for condition in self.told if isinstance(condition, Attributes)), ())
        return tuple(len(values) for _, values in groups)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "told": [{condition.kind: condition.record()} for condition in self.told]}


class Model(nn.Module):
    """A network with its Config, and what the rest of the project needs to know of its kind.

    helped_by: by the option that needs one, the kinds of models beside it that it can be lent; helpers: those lent.
    `weights` says which file of a checkpoint holds which submodule ("" is the model itself), and `companions` what
    other JSON files belong beside it, so that a model never touches the disk itself.
    """

    family: ClassVar[str]
    title: ClassVar[str]
    paper: ClassVar[str]
    Config: ClassVar[type]
    Options: ClassVar[type[Options]]
    weights: ClassVar[dict[str, str]] = {"model.safetensors": ""}
    renamed: ClassVar[tuple[tuple[str, str], ...]] = ()  # parts of the names of tensors, by older names in files
    left_out: ClassVar[tuple[str, ...]] = ()  # how the names of tensors in files end that no model needs
    ignores: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # by ability, the options of drawing that it has no use for

    helped_by: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config
        self.helpers: dict[str, Model] = {}  # a dictionary, so that their parameters are not counted as its own

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return next(self.parameters()).device

    @property
    def parameter_count(self) -> int:
        """Parameters of the networks that the checkpoint holds."""
        return sum(p.numel() for p in self.parameters())

    @property
    def default_options(self) -> Options:
        """What is meant where nothing is said. Raises InvalidOption when the Config's options are none of these."""
        return self.Options.parse(self.config.options)

    def told(self, seeds: Seeds, condition: Any = None) -> Tensor | None:
        """What the network takes of its first condition, for each image; None for a model that is told nothing.

        condition: {name: value}, or what the first condition reads. Raises NotSupported or InvalidOption.
        """
        values = read_told(self.config.told, condition, self.title)
        if not self.config.told:
            return None
        first = self.config.told[0]
        return first.tensor(values[first.name], seeds).to(self.device)

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
        """(count,) classes, or (count, A) values of attributes, UNTOLD where nothing is told, on the model's device; or
        None. Raises InvalidOption, or NotSupported of a model that is told nothing."""
        if labels is None:
            return None
        if self.config.attributes:
            return self._check_attributes(labels, count)
        if not self.config.told:
            raise NotSupported(f"{self.title} knows no classes. Leave out the labels.", "labels")
        whole = isinstance(labels, Tensor) and labels.dtype == torch.int64 and tuple(labels.shape) == (count,)
        if not whole or int(labels.min()) < 0 or int(labels.max()) >= len(self.config.classes):
            last = len(self.config.classes) - 1
            raise InvalidOption(
                f"labels must be a tensor of {count} int64 from 0 to {last}, one of each image, not {shown(labels)}",
                "labels",
            )
        return labels.to(self.device)

    def _check_attributes(self, labels: Any, count: int) -> Tensor:
        """(count, A) values on the model's device. Raises InvalidOption."""
        sizes = self.config.attributes
        shape = (count, len(sizes))
        whole = isinstance(labels, Tensor) and labels.dtype == torch.int64 and tuple(labels.shape) == shape
        if not whole or not ((labels >= UNTOLD) & (labels < torch.tensor(sizes, device=labels.device))).all():
            most = ", ".join(str(size - 1) for size in sizes)
            raise InvalidOption(
                f"labels must be a tensor of {count} × {len(sizes)} int64, {UNTOLD} for untold and at most {most}, not "
                f"{shown(labels)}",
                "labels",
            )
        return labels.to(self.device)

    def suits(self, helper: "Model") -> bool:
        """Whether a model of a kind that `helped_by` names is one that can help this one."""
        return False

    def helper_passes(self, options: Any) -> int:
        """Passes of helpers for one image under `options`, none of which is an evaluation of the network."""
        return 0

    def companions(self) -> dict[str, dict[str, Any]]:
        """JSON files, by their path in the checkpoint, that other libraries want beside the weights."""
        return {}


def to_levels(images: Tensor, levels: int) -> Tensor:
    """[0, 1] → the nearest of 0 … `levels` − 1, as int64."""
    return (images * (levels - 1)).round().clamp(0, levels - 1).long()


def to_bytes(images: Tensor) -> Tensor:
    """[0, 1] → the integers 0 … 255 that a PNG holds, as int64."""
    return to_levels(images, 256)


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
