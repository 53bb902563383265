"""Sampling options: frozen dataclasses whose entries are fields, read whenever options are made."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, TypeVar

from generative.errors import InvalidOption, near, shown
from generative.fields import Choice, Integer, Number, Option

Own = TypeVar("Own", bound="Options")


def integer(default: int, low: int, high: int, title: str, help: str, **about: Any) -> Any:
    """An entry that is a whole number from `low` to `high`. about: `more`, `when` and `ability` of Option."""
    return _entry(default, Integer("", title, help, low=low, high=high, **about))


def number(default: float, low: float, high: float, step: float, title: str, help: str, **about: Any) -> Any:
    """An entry that is a number from `low` to `high`, of which the page offers every `step`."""
    return _entry(default, Number("", title, help, low=low, high=high, step=step, **about))


def choice(default: str, choices: tuple[str, ...], title: str, help: str, **about: Any) -> Any:
    """An entry that is one of `choices`."""
    return _entry(default, Choice("", title, help, choices=choices, **about))


def _entry(default: Any, option: Option) -> Any:
    return field(default=default, metadata={"option": option})


@dataclass(frozen=True)
class Options:
    """Base of every model's options. Raises InvalidOption when an entry is out of its bounds."""

    def __post_init__(self) -> None:
        for name, option in self.fields().items():
            object.__setattr__(self, name, option.read(getattr(self, name)))

    @classmethod
    def fields(cls) -> dict[str, Option]:
        """The field of each entry, in order."""
        return {f.name: replace(f.metadata["option"], name=f.name) for f in fields(cls) if "option" in f.metadata}

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """The value of each entry unless something else is said."""
        return {f.name: f.default for f in fields(cls) if f.default is not MISSING}

    @classmethod
    def parse(cls: type[Own], values: Mapping[str, Any]) -> Own:
        """Options from what a person wrote, names with - or _. Raises InvalidOption for a name that is not one here."""
        known = list(cls.fields())
        found = {}
        for name, value in values.items():
            key = str(name).strip().replace("-", "_").casefold()
            if key not in known:
                raise InvalidOption(f"There is no option {shown(name)} here. {near(str(name), known)}", str(name))
            found[key] = value
        return replace(cls(), **found)

    def plain(self) -> dict[str, Any]:
        """Each entry as JSON."""
        return {name: option.plain(getattr(self, name)) for name, option in self.fields().items()}
