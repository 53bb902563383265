"""record: the films of the page's first tab."""

import argparse

from generative.commands.opening import open_engine
from generative.commands.terminal import say


def record(arguments: argparse.Namespace) -> None:
    """Draw with a model of each family, and keep it as the films that Start plays."""
    from generative.web.rooms.start import films

    folder = arguments.out or films.FOLDER
    for family, film in films.record(open_engine(arguments), folder).items():
        size = (folder / f"{family}.webp").stat().st_size
        say(f"{family}: {film.model}, {film.moments} moments, {size / 1000:.0f} kB")
