"""readme, record, shrink: what the project writes of itself, its tables and the films of the page's first tab; and
checkpoints in less room."""

import argparse
from pathlib import Path

from generative.commands.opening import open_engine
from generative.commands.terminal import say
from generative.errors import InvalidOption
from generative.inference.pictures.grids import sample_sheet
from generative.library import card, shrinking, tables, weights
from generative.library.entries import available, locate
from generative.library.side_files import SHEET


def readme(arguments: argparse.Namespace) -> None:
    """Write the tables of figures into a README anew; what stands around them is left."""
    file = Path(arguments.file)
    if not file.is_file():
        raise InvalidOption(f"There is no file {file}. Run it beside README.md, or name the file.", "file")
    text = tables.filled(file.read_text(encoding="utf-8"), available(arguments.root))
    with weights.writing(file):
        file.write_text(text, encoding="utf-8")
    say(str(file))


def record(arguments: argparse.Namespace) -> None:
    """Draw with a model of each family, and keep it as the films that Start plays."""
    from generative.web.rooms.start import films

    folder = arguments.out or films.FOLDER
    for family, film in films.record(open_engine(arguments), folder).items():
        size = (folder / f"{family}.webp").stat().st_size
        say(f"{family}: {film.model}, {film.moments} moments, {size / 1000:.0f} kB")


def shrink(arguments: argparse.Namespace) -> None:
    """Store weights in a byte a number, and tell what that saves and costs."""
    for id in arguments.models:
        folder = locate(id, arguments.root)
        done = shrinking.shrink(folder)
        if (sheet := folder / SHEET).exists():  # which shows what is drawn now, to the last bit
            sample_sheet(weights.load(folder)).save(sheet, optimize=True)
        card.write_card(folder)
        share = f"{done.error:.2%} of its length, in {done.worst}"
        say(f"{id}: {done.before:,} → {done.after:,} bytes; a matrix moved by at most {share}")
    say(f"Measure anew: python -m generative evaluate {' '.join(arguments.models)}")
