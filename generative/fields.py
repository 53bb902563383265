"""What can be asked: each thing is a field, with one check, one form in JSON and one control, told as data.

The page, the command line, the API, links and the notes in pictures loop over fields; none of them knows one by name.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from generative.errors import InvalidOption, near, shown

V = TypeVar("V")


@dataclass(frozen=True)
class Slider:
    low: float
    high: float
    step: float


@dataclass(frozen=True)
class Menu:
    """One of `choices`, each what is shown and what it means; `info` stands under it."""

    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Menus:
    """For each name one of its values, or "" for none of them."""

    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Line:
    """A line of text. example: what stands there faintly while it is empty. examples: texts to take."""

    longest: int
    example: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Canvas:
    """A square picture of so many channels and pixels."""

    channels: int
    size: int


Control = Slider | Menu | Menus | Line | Canvas


@dataclass(frozen=True)
class Field(ABC, Generic[V]):
    """One thing that can be asked.

    name: at every door. title, help: for a visitor. more: folded away at first. when: shown only while another field
    has a value, ("sampler", "ddim"). ability: what it is for, where a model can do several things.
    """

    name: str
    title: str
    help: str

    @abstractmethod
    def read(self, said: Any) -> V:
        """The value that text, JSON or a control says. Raises InvalidOption, whose `field` is this one's name."""

    def plain(self, value: V) -> Any:
        """The value as JSON, from which `read` makes the same again."""
        return value

    @property
    @abstractmethod
    def control(self) -> Control:
        """What a page shows for it."""

    def wrong(self, words: str) -> InvalidOption:
        """The error for a value that this field cannot be, to be raised."""
        return InvalidOption(words, self.name)


@dataclass(frozen=True)
class Option(Field[V]):
    """A field of a model's Options."""

    more: bool = False
    when: tuple[str, str] | tuple[()] = ()
    ability: str = "samples"


@dataclass(frozen=True)
class Number(Option[float]):
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05

    def read(self, said: Any) -> float:
        """A number, or its text, within `low` and `high`."""
        value = as_number(said)
        if value is None or not self.low <= value <= self.high:
            raise self.wrong(f"{self.name} must be a number from {self.low:g} to {self.high:g}, not {shown(said)}")
        return float(value)

    @property
    def control(self) -> Slider:
        """From `low` to `high` in steps of `step`."""
        return Slider(self.low, self.high, self.step)


@dataclass(frozen=True)
class Integer(Option[int]):
    low: int = 0
    high: int = 1

    def read(self, said: Any) -> int:
        """A whole number, its text, or a float without a fraction, within `low` and `high`."""
        value = as_number(said)
        if value is None or not self.low <= value <= self.high or value != int(value):
            raise self.wrong(f"{self.name} must be a whole number from {self.low} to {self.high}, not {shown(said)}")
        return int(value)

    @property
    def control(self) -> Slider:
        """From `low` to `high` in whole steps."""
        return Slider(self.low, self.high, 1)


@dataclass(frozen=True)
class Choice(Option[str]):
    choices: tuple[str, ...] = ()

    def read(self, said: Any) -> str:
        """That of `choices` which was said, in any case."""
        return one_of(self, said, self.choices, f"{self.name} must be one of {', '.join(self.choices)}, not")

    @property
    def control(self) -> Menu:
        """A menu of `choices` as they are written."""
        return Menu(tuple((choice, choice) for choice in self.choices))


def one_of(field: Field, said: Any, choices: tuple[str, ...], refusal: str) -> str:
    """That of `choices` which `said` is in any case. Raises InvalidOption: the refusal, what was said, what is near."""
    if isinstance(said, str):
        for choice in choices:
            if choice.casefold() == said.strip().casefold():
                return choice
        raise field.wrong(f"{refusal} {shown(said)}. {near(said[:80], list(choices))}")
    raise field.wrong(f"{refusal} {shown(said)}.")


def as_number(said: Any) -> float | None:
    """What a number, or the text of one, says; a decimal comma counts as a point. None for anything else, NaN too."""
    if isinstance(said, str):
        try:
            said = float(said.strip().replace(",", "."))
        except ValueError:
            return None
    if isinstance(said, bool) or not isinstance(said, (int, float)):
        return None
    if isinstance(said, float) and not math.isfinite(said):
        return None
    return said
