"""What a run is given besides seeds and options, as fields: a picture, a mask, a place, latents.

Their plain forms are short names where there are some ("example:Bag/0", "lower"), else what a PNG holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.answers import Space
from generative.conditions import read_told
from generative.errors import InvalidOption, NotSupported, shown
from generative.fields import Canvas, Choice, Control, Field, Integer, Line, Menu, Number, as_number
from generative.inference.pictures.files import background, open_picture, read_pictures
from generative.inference.pictures.grids import to_pil
from generative.inference.pictures.masks import MASKS, read_mask
from generative.inference.pictures.reading import FILE_LIMITS, FileLimits
from generative.inference.pictures.written import data_url, from_base64
from generative.library.entries import Entry
from generative.seeds import MAX_SEED

EXAMPLE = "example:"
FARTHEST = 1e6  # a number of a latent; a network overflows from much larger ones
MOST_NOISE = 0.5  # standard deviation, of pixels in [0, 1]
WAYS = ("redraw", "invert")
LONGEST_TEXT = 2000  # characters of a text to go on with
MOST_TIMESTEPS = 64  # of a forward process, in one request


@dataclass(frozen=True)
class Pictures(Field[Tensor]):
    """(N, C, H, W) in [0, 1]: pictures of a model's shape, as tensors, files in base64 or names of bundled examples."""

    entry: Entry
    most: int
    files: FileLimits = FILE_LIMITS

    def read(self, said: Any) -> Tensor:
        if isinstance(said, Tensor):
            return self._fitting(said if said.ndim != 3 else said[None])
        several = said if isinstance(said, (list, tuple)) else [said]
        self._count(len(several))
        if all(isinstance(one, Tensor) for one in several):
            return self._fitting(torch.stack(list(several)))
        size, channels, dataset = self.entry.size, self.entry.channels, self.entry.dataset
        files = [one if is_example(one) else from_base64(one, self.name) for one in several]
        if any(isinstance(file, str) for file in files):
            return torch.stack([open_picture(file, dataset, size, channels) for file in files])
        names = ["The picture"] if len(files) == 1 else ()
        return read_pictures(files, size, channels, background(self.entry.dataset), names, self.files)

    def plain(self, value: Tensor) -> list[str]:
        """As PNG files; exact for pictures of 256 values."""
        return [data_url(to_pil(image)) for image in value]

    @property
    def control(self) -> Control:
        return Canvas(self.entry.channels, self.entry.size)

    def _count(self, count: int) -> None:
        if not 1 <= count <= self.most:
            raise self.wrong(f"From 1 to {self.most} pictures can go in at once, not {count}")

    def _fitting(self, images: Tensor) -> Tensor:
        wanted = (self.entry.channels, self.entry.size, self.entry.size)
        if images.ndim != 4 or tuple(images.shape[1:]) != wanted:
            raise self.wrong(f"{self.entry.title} takes images of {wanted}, not {tuple(images.shape[1:])}")
        self._count(len(images))
        if not images.isfinite().all():
            raise self.wrong(f"{self.entry.title} takes images with values from 0 to 1; some here are NaN or infinite")
        return images


@dataclass(frozen=True)
class Mask(Field[Tensor]):
    """(H, W) bool, true where to invent: a tensor, one of MASKS, or a square picture in base64, white where to."""

    size: int

    def read(self, said: Any) -> Tensor:
        if isinstance(said, Tensor):
            if said.dtype != torch.bool or tuple(said.shape) != (self.size, self.size):
                raise self.wrong(f"mask must be {self.size}×{self.size} of bool, not {tuple(said.shape)}")
            return said
        return read_mask(said if said in MASKS else from_base64(said, self.name), self.size)

    def plain(self, value: Tensor) -> str:
        return data_url(to_pil(value[None].float()))

    @property
    def control(self) -> Control:
        return Canvas(1, self.size)


@dataclass(frozen=True)
class Factor(Field[int]):
    """One of `choices`: into blocks of how many pixels, along one side, a picture is made coarse."""

    choices: tuple[int, ...] = (1, 2, 4)

    def read(self, said: Any) -> int:
        value = as_number(said)
        if value not in self.choices:
            raise self.wrong(f"{self.name} must be one of {', '.join(map(str, self.choices))}, not {shown(said)}")
        return int(value)

    @property
    def control(self) -> Control:
        return Menu(tuple((f"×{choice}", str(choice)) for choice in self.choices))


@dataclass(frozen=True)
class Switch(Field[bool]):
    """Whether something is done. no, yes: what a menu calls either."""

    no: str = "no"
    yes: str = "yes"

    def read(self, said: Any) -> bool:
        words = said.strip().casefold() if isinstance(said, str) else said
        if not isinstance(words, (bool, str)) or words not in (True, False, "true", "false"):
            raise self.wrong(f"{self.name} must be true or false, not {shown(said)}")
        return words in (True, "true")

    @property
    def control(self) -> Control:
        return Menu(((self.no, "false"), (self.yes, "true")))


@dataclass(frozen=True)
class Grey(Switch):
    """Whether only the mean of the colours is kept, of a model that has any."""

    no: str = "in colour"
    yes: str = "grey"
    channels: int = 3

    def read(self, said: Any) -> bool:
        grey = super().read(said)
        if grey and self.channels == 1:
            raise self.wrong("The pictures of this model are grey as they are. Leave out grey.")
        return grey


@dataclass(frozen=True)
class Latents(Field[Tensor]):
    """(N, D): points of one of a model's spaces."""

    entry: Entry
    space: Space
    most: int

    def read(self, said: Any) -> Tensor:
        try:
            latents = torch.as_tensor(said, dtype=torch.float32)
        except (TypeError, ValueError, RuntimeError) as e:
            raise self.wrong(f"A latent is a list of numbers, not {shown(said)}") from e
        if latents.ndim == 2 and not 1 <= len(latents) <= self.most:
            raise self.wrong(f"From 1 to {self.most} latents can be decoded at once, not {len(latents)}")
        dims = self.space.dims
        if latents.ndim != 2 or latents.shape[1] != dims or not (latents.abs() <= FARTHEST).all():
            words = f"A latent of {self.entry.title} is {dims} numbers, none beyond {FARTHEST:,.0f}"
            raise self.wrong(f"{words}; these are {tuple(latents.shape)}")
        return latents

    def plain(self, value: Tensor) -> list[list[float]]:
        return value.tolist()

    @property
    def control(self) -> Control:
        return Line(1_000_000)


@dataclass(frozen=True)
class Timesteps(Field[tuple[int, ...]]):
    """Moments of a forward process of so many `steps`: whole numbers, as a list or as text, "100, 300"."""

    steps: int

    def read(self, said: Any) -> tuple[int, ...]:
        parts = said.split(",") if isinstance(said, str) else said if isinstance(said, (list, tuple)) else [said]
        if not 1 <= len(parts) <= MOST_TIMESTEPS:
            raise self.wrong(f"From 1 to {MOST_TIMESTEPS} timesteps can be looked at in one run, not {len(parts)}")
        one = Integer(self.name, self.title, self.help, low=0, high=self.steps - 1)
        return tuple(one.read(part) for part in parts)

    def plain(self, value: tuple[int, ...]) -> list[int]:
        return list(value)

    @property
    def control(self) -> Control:
        return Line(5 * MOST_TIMESTEPS, "100, 300, 500")


@dataclass(frozen=True)
class Against(Field[dict[str, Any]]):
    """What guidance leads away from, or what else is drawn: as a condition is told, and never nothing at all."""

    entry: Entry
    wanted: str = "what to lead away from"

    def read(self, said: Any) -> dict[str, Any]:
        try:
            told = read_told(self.entry.told, said, self.entry.title)
        except (InvalidOption, NotSupported) as e:
            raise self.wrong(str(e)) from e
        if all(value is None for value in told.values()):
            raise self.wrong(f"Say {self.wanted}, one of what {self.entry.title} can be told")
        return told

    def plain(self, value: dict[str, Any]) -> dict[str, Any]:
        plain = {condition.name: condition.plain(value[condition.name]) for condition in self.entry.told}
        return {name: said for name, said in plain.items() if said is not None}

    @property
    def control(self) -> Control:
        return self.entry.told[0].control if self.entry.told else Line(0)


@dataclass(frozen=True)
class Beginning(Field[str]):
    """A text to go on with, which may be empty. What of it a model can take, it says itself. examples: of such."""

    examples: tuple[str, ...] = ()

    def read(self, said: Any) -> str:
        if not isinstance(said, str):
            raise self.wrong(f"text must be words, not {shown(said)}")
        if len(said) > LONGEST_TEXT:
            raise self.wrong(f"text must have at most {LONGEST_TEXT:,} characters, not {len(said):,}. Shorten it.")
        return said

    @property
    def control(self) -> Control:
        return Line(LONGEST_TEXT, "type a beginning", self.examples)


@dataclass(frozen=True)
class Layers(Field[tuple[int, ...]]):
    """Some of the layers that a network draws in, counted from 1: the name of one of its `depths`, "3-5", "1,2", or a
    list of such words and numbers. Its plain form is a name where there is one."""

    depths: Mapping[str, tuple[int, ...]]

    @property
    def every(self) -> tuple[int, ...]:
        """All layers."""
        return tuple(sorted(layer for layers in self.depths.values() for layer in layers))

    def read(self, said: Any) -> tuple[int, ...]:
        several = said if isinstance(said, (list, tuple)) else str(said).split(",")
        chosen = {layer for one in several for layer in self._meant(str(one).strip().casefold(), said)}
        if not chosen:
            raise self.wrong("Choose at least one layer, or nothing is mixed")
        return tuple(sorted(chosen))

    def _meant(self, word: str, said: Any) -> tuple[int, ...]:
        """The layers of one word."""
        if word in self.depths:
            return self.depths[word]
        first, last = (as_number(end) for end in (word.split("-") * 2)[:2]) if word.count("-") < 2 else (None, None)
        every = self.every
        if first not in every or last not in every or first > last:
            names = ", ".join(self.depths)
            raise self.wrong(f"layers must be {names}, or some of 1 to {every[-1]}, such as 3-4; not {shown(said)}")
        return tuple(range(int(first), int(last) + 1))

    def plain(self, value: tuple[int, ...]) -> str | list[int]:
        return next((name for name, layers in self.depths.items() if layers == value), list(value))

    @property
    def control(self) -> Control:
        return Menu(tuple((name, name) for name in self.depths))


def input_field(name: str, entry: Entry, model: Callable[[], Any], most: int, files: FileLimits) -> Field:
    """The field of an ability's input, by the name of its parameter, for one model, which is loaded where need be."""
    makers: dict[str, Callable[[], Field]] = {
        "images": lambda: Pictures(name, "Pictures", "What goes in.", entry, most, files),
        "mask": lambda: Mask(name, "Mask", "White where to invent.", entry.size),
        "factor": lambda: Factor(name, "Resolution", "Blocks of so many pixels along a side are kept as their mean."),
        "grey": lambda: Grey(name, "Grey", "Of the colours only the mean is kept.", channels=entry.channels),
        "noise": lambda: Number(name, "Noise", "Standard deviation of what is added.", high=MOST_NOISE),
        "way": lambda: Choice(name, "Way", "How a picture is drawn anew.", choices=WAYS),
        "to": lambda: Choice(name, "To", "The kind of picture that comes out.", choices=entry.kind_class.pair.names),
        "prepared": lambda: Switch(name, "Prepared", "What is translated is made of the picture first."),
        "strength": lambda: Number(name, "Strength", "How little of the picture is left."),
        "row": lambda: Integer(name, "Row", "From above.", low=0, high=entry.size - 1),
        "column": lambda: Integer(name, "Column", "From the left.", low=0, high=entry.size - 1),
        "latents": lambda: Latents(name, "Latents", "Points of the latent space.", entry, model().spaces[0], most),
        "timesteps": lambda: Timesteps(name, "Timesteps", "How far into the noise.", model().num_timesteps),
        "columns": lambda: Integer(name, "Columns", "Seed of the first column.", low=0, high=MAX_SEED + 1 - most),
        "layers": lambda: Layers(name, "Layers", "Which have the row's styles.", entry.kind_class.depths(entry.size)),
        "text": lambda: Beginning(name, "Beginning", "What is gone on with."),
        "other": lambda: Against(name, "And", "What else is drawn.", entry, "what else to draw"),
        "against": lambda: Against(name, "Away from", "What guidance leads away from.", entry),
    }
    return makers[name]()


def is_example(said: Any) -> bool:
    return isinstance(said, str) and said.startswith(EXAMPLE)


def short(said: Any) -> Any:
    """What was said of an input, if that is a plain form already: a name, a number, or a list of names."""
    if isinstance(said, (int, float)) or is_example(said) or (isinstance(said, str) and said in MASKS):
        return said
    if isinstance(said, Sequence) and not isinstance(said, str) and all(is_example(one) for one in said):
        return list(said)
    return None
