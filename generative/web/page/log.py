"""A log that strangers cannot fill: what fails is told once for each place in the code."""

import sys
import traceback

_told = set[str]()


def place(error: BaseException) -> str:
    """Where an error was raised, as a file and a line."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {where.filename}:{where.lineno}"


def once(error: BaseException, words: str) -> None:
    """One line for `error` with what was going on in `words`, unless another of the same place was told."""
    if place(error) not in _told:
        _told.add(place(error))
        print(f"{words}: {place(error)}", file=sys.stderr)


def fault(error: BaseException, words: str) -> None:
    """`error` with its traceback, which is for whoever mends it, unless another of the same place was told."""
    if place(error) not in _told:
        _told.add(place(error))
        print(words, *traceback.format_exception(error), sep="\n", end="", file=sys.stderr)
