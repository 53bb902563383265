"""descend and compose: pictures that roll down an energy, or down the sum of two."""

import argparse
import json

from generative.commands.draw import drawn_and_saved, wished
from generative.commands.opening import open_engine, open_pictures
from generative.commands.runs import checked_target
from generative.commands.terminal import columns, say
from generative.inference.energy.descents import descents


def descend(arguments: argparse.Namespace) -> None:
    """Roll a picture downhill, save what became of it, and print the energies."""
    checked_target(arguments.out, 1)
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "descends")
    image = open_pictures([arguments.image], entry, arguments.invert)[0]
    request = wished(engine, "descends", arguments, images=image)
    drawn, target = drawn_and_saved(engine, request, arguments)
    rows = descents(request.seeds, drawn.last)
    say(json.dumps({"descents": rows, "out": str(target)}, indent=2) if arguments.json else table(rows, str(target)))


def compose(arguments: argparse.Namespace) -> None:
    """Draw down the sum of two energies, save the images, and print where."""
    engine = open_engine(arguments)
    request = wished(engine, "composes", arguments, other=arguments.other)
    _, target = drawn_and_saved(engine, request, arguments)
    say(str(target))


def table(rows: list[dict], target: str) -> str:
    """The energies as text."""
    cells = [["SEED", "ENERGY", ""]]
    for row in rows:
        cells.append([str(row["seed"]), f"{row['energy']:.1f}", "exploded, stopped" if row["exploded"] else ""])
    filled = 3 if any(line[2] for line in cells) else 2
    return f"{columns([line[:filled] for line in cells])}\n\nThe lowest is what the model likes best.\n{target}"
