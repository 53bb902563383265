"""Standard streams: there even when they are closed, and never at a loss for a character."""

import codecs
import os
import sys
import unicodedata
from io import TextIOWrapper

PLAIN = {"−": "-", "–": "-", "·": ".", "×": "x", "…": "...", "≤": "<=", "≥": ">=", "’": "'", "“": '"', "”": '"'}
PLAIN |= {"←": "<-", "→": "->", "α": "alpha", "β": "beta", "γ": "gamma", "ε": "epsilon", "η": "eta", "σ": "sigma"}


def prepare() -> None:
    """Make the standard streams fit for any output; called once, before anything is printed.

    One that was closed (a service, `pythonw`, `2>&-`) swallows what is written, and no file opened later gets its
    number. What an encoding lacks is spelt in plain letters, as `plain` says.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    codecs.register_error("plain", plain)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="plain")


def plain(error: UnicodeError) -> tuple[str, int]:
    """An error handler for codecs: minus as "-", ε as "epsilon", é as "e", a byte of a file name as "\\xe9"."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(map(spelt, lost)), error.end


def spelt(character: str) -> str:
    """`character` in ASCII."""
    if "\udc80" <= character <= "\udcff":  # a byte that is no UTF-8, as Python keeps it in a file name
        return f"\\x{ord(character) - 0xDC00:02x}"
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return PLAIN.get(character) or letters or "?"
