"""What a user can get wrong. Every message names the value and the remedy.

GenerativeError
├── InvalidOption       a seed, count, class or option out of range or of the wrong type
├── InvalidPicture      a picture that cannot be read, or that holds no recipe
├── UnknownModel        no model of that id; names near matches
├── BadCheckpoint       a checkpoint that is missing parts, damaged, of the wrong shape, or not safetensors
├── NotSupported        the model exists but cannot do that
├── MissingData         a data set that is not under the data root and cannot be downloaded
└── CannotWrite         no space, or no permission
"""

from difflib import get_close_matches
from typing import Any


class GenerativeError(Exception):
    """Base of all errors that a user can mend. `field` names the control or argument at fault, if one is."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class InvalidOption(GenerativeError, ValueError):
    pass


class InvalidPicture(GenerativeError, ValueError):
    pass


class UnknownModel(GenerativeError, LookupError):
    pass


class BadCheckpoint(GenerativeError):
    pass


class NotSupported(GenerativeError):
    pass


class MissingData(GenerativeError):
    pass


class CannotWrite(GenerativeError, OSError):
    pass


def shown(value: Any) -> str:
    """`value` as a message quotes it: its repr, cut at 60 characters, since a request can hold anything."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, a list within a list within …
        return f"a huge {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def check_integer(name: str, value: Any, low: int, high: int) -> int:
    """`value` as an int (7.0 counts as 7). Raises InvalidOption for any other type, NaN, or a value out of range."""
    words = f"{name} must be a whole number from {low} to {high}, not {shown(value)}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidOption(words, name)
    if not low <= value <= high or value != int(value):
        raise InvalidOption(words, name)
    return int(value)


def check_number(name: str, value: Any, low: float, high: float) -> float:
    """`value` as a float. Raises InvalidOption for another type, NaN, or a value out of range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InvalidOption(f"{name} must be a number from {low:g} to {high:g}, not {shown(value)}", name)
    return float(value)


def check_choice(name: str, value: Any, choices: list[str]) -> str:
    """`value` if it is one of `choices`. Raises InvalidOption, which lists them, otherwise."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidOption(f"{name} must be one of {', '.join(choices)}, not {shown(value)}", name)
    return value


def near(name: str, known: list[str]) -> str:
    """ " Did you mean …?", or the whole list when nothing is close."""
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(close)}?" if close else f"Known are: {', '.join(known) or 'none'}."
