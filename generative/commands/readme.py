"""readme: the tables of README.md, written from what was measured."""

import argparse
from pathlib import Path

from generative.commands.terminal import say
from generative.errors import InvalidOption
from generative.library import tables, weights
from generative.library.entries import available


def readme(arguments: argparse.Namespace) -> None:
    """Write the tables of figures into a README anew; what stands around them is left."""
    file = Path(arguments.file)
    if not file.is_file():
        raise InvalidOption(f"There is no file {file}. Run it beside README.md, or name the file.", "file")
    text = tables.filled(file.read_text(encoding="utf-8"), available(arguments.root))
    with weights.writing(file):
        file.write_text(text, encoding="utf-8")
    say(str(file))
