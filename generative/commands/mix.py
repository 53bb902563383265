"""mix: faces that have some of their styles from one seed and the others from another."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from generative.commands.draw import wished
from generative.commands.opening import open_engine
from generative.commands.runs import checked_place
from generative.commands.terminal import columns, say
from generative.inference.latent.mixing import Followed, followed, mixing_sheet
from generative.inference.pictures.provenance import save_png


def mix(arguments: argparse.Namespace) -> None:
    """Draw a matrix of mixed faces, save it, and print which attributes came with the styles of the row."""
    target = checked_place(arguments.out, (".png",))
    engine = open_engine(arguments)
    request = wished(engine, "mixes", arguments, columns=arguments.columns, layers=arguments.layers)
    mixed = engine.answer(request)
    save_png(mixing_sheet(mixed), target, request.plain())
    found = followed(engine, request.entry, mixed)
    if arguments.json:
        told = {"layers": mixed.layers, "followed": [asdict(one) for one in found], "out": str(target)}
        return say(json.dumps(told, indent=2))
    say("\n\n".join(filter(None, [table(found), str(target)])))


def table(found: Sequence[Followed]) -> str:
    """Whose value pictures have of each attribute, as text."""
    if not found:
        return ""
    cells = [[one.attribute, f"{one.row:.0%}", f"{one.column:.0%}", str(one.among)] for one in found]
    return columns([["ATTRIBUTE", "AS THE ROW", "AS THE COLUMN", "OF"], *cells])
