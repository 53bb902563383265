"""Sampling options: frozen dataclasses whose fields carry their bounds, their words and their place on the page.

The bounds are checked here and nowhere else, whenever options are made, because a request can come from anyone.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from generative.errors import InvalidOption, check_choice, check_integer, check_number, near, shown

if TYPE_CHECKING:
    from typing_extensions import Self  # in typing from Python 3.11 on


@dataclass(frozen=True)
class Bounds:
    """What the value of an option may be, and how it is told to a visitor."""

    kind: str  # "integer", "number" or "choice"
    title: str
    help: str
    low: float = 0
    high: float = 0
    step: float = 1
    choices: tuple[str, ...] = ()
    ability: str = "samples"  # what the option is for

    def check(self, name: str, value: Any) -> Any:
        if self.kind == "integer":
            return check_integer(name, value, int(self.low), int(self.high))
        if self.kind == "number":
            return check_number(name, value, self.low, self.high)
        return check_choice(name, value, list(self.choices))


def integer(default: int, low: int, high: int, title: str, help: str, ability: str = "samples") -> Any:
    return field(default=default, metadata={"bounds": Bounds("integer", title, help, low, high, ability=ability)})


def number(
    default: float, low: float, high: float, step: float, title: str, help: str, ability: str = "samples"
) -> Any:
    return field(default=default, metadata={"bounds": Bounds("number", title, help, low, high, step, ability=ability)})


def choice(default: str, choices: tuple[str, ...], title: str, help: str) -> Any:
    return field(default=default, metadata={"bounds": Bounds("choice", title, help, choices=choices)})


@dataclass(frozen=True)
class Options:
    """Base of every model's options. Raises InvalidOption when a field is out of its bounds."""

    def __post_init__(self) -> None:
        for name, bounds in self.bounds().items():
            object.__setattr__(self, name, bounds.check(name, getattr(self, name)))

    @classmethod
    def bounds(cls) -> dict[str, Bounds]:
        """The bounds of each field that has some, in order."""
        return {f.name: f.metadata["bounds"] for f in fields(cls) if "bounds" in f.metadata}

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        return {f.name: f.default for f in fields(cls) if f.default is not MISSING}

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "Self":
        """Options from what a person wrote. Raises InvalidOption for a name that this model does not have."""
        known = [f.name for f in fields(cls)]
        for name in values:
            if name not in known:
                raise InvalidOption(f"There is no option {shown(name)} here. {near(str(name), known)}", str(name))
        return replace(cls(), **values)


@dataclass(frozen=True)
class ClassOptions(Options):
    """Options of a class-conditional model. `label` is a class name, or None for all classes in turn."""

    label: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.label is not None and not isinstance(self.label, str):
            raise InvalidOption(f"label must be the name of a class, not {shown(self.label)}", "label")
