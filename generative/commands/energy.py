"""descend and compose: pictures that roll down an energy, or down the sum of two."""

import argparse
import json

from generative.commands.draw import wished
from generative.commands.opening import open_engine, open_pictures
from generative.commands.runs import Drawn, checked_target, draw, save
from generative.commands.terminal import columns, say
from generative.inference.engine.request import Request
from generative.inference.pictures.grids import grid


def descend(arguments: argparse.Namespace) -> None:
    """Roll a picture downhill, save what became of it, and print the energies."""
    checked_target(arguments.out, 1)
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "descends")
    image = open_pictures([arguments.image], entry, arguments.invert)[0]
    request = wished(engine, "descends", arguments, images=image)
    target = checked_target(arguments.out, len(request.seeds))
    drawn = draw(engine, request, target)
    save(grid(drawn.last.images), [grid(moment) for moment in drawn.moments], target, request.plain(), arguments.scale)
    rows = energies(request, drawn)
    say(json.dumps({"descents": rows, "out": str(target)}, indent=2) if arguments.json else table(rows, str(target)))


def compose(arguments: argparse.Namespace) -> None:
    """Draw down the sum of two energies, save the images, and print where."""
    engine = open_engine(arguments)
    request = wished(engine, "composes", arguments, other=arguments.other)
    target = checked_target(arguments.out, len(request.seeds))
    drawn = draw(engine, request, target)
    save(grid(drawn.last.images), [grid(moment) for moment in drawn.moments], target, request.plain(), arguments.scale)
    say(str(target))


def energies(request: Request, drawn: Drawn) -> list[dict]:
    """Of each descent its seed, the energy where it ended, and whether it was stopped because it exploded."""
    heights, lost = (drawn.last.figures[name].tolist() for name in ("energy", "exploded"))
    rows = zip(request.seeds, heights, lost, strict=True)
    return [{"seed": seed, "energy": height, "exploded": bool(gone)} for seed, height, gone in rows]


def table(rows: list[dict], target: str) -> str:
    """The energies as text."""
    cells = [["SEED", "ENERGY", ""]]
    for row in rows:
        cells.append([str(row["seed"]), f"{row['energy']:.1f}", "exploded, stopped" if row["exploded"] else ""])
    filled = 3 if any(line[2] for line in cells) else 2
    return f"{columns([line[:filled] for line in cells])}\n\nThe lowest is what the model likes best.\n{target}"
