"""contrast: GANs that differ in one thing alone, on the same noise, and what is known of each."""

import argparse
import json

from generative.commands.opening import open_engine, told
from generative.commands.runs import checked_place
from generative.commands.terminal import columns, say
from generative.data.known import dataset
from generative.inference.contrast import Drawn, contenders, contrasted
from generative.inference.pictures.provenance import save_png
from generative.inference.pictures.sheet import sheet

HEADS = {
    "fid": "FID",
    "precision": "PRECISION",
    "recall": "RECALL",
    "classes_drawn": "CLASSES",
    "modes_drawn": "MODES",
    "curve_tells": "TELLS",
}


def contrast(arguments: argparse.Namespace) -> None:
    """Draw with each, save a column each, and print what was measured and what a classifier recognises."""
    target = checked_place(arguments.out, (".png",)) if arguments.out else None
    engine = open_engine(arguments)
    name = dataset(arguments.dataset).id
    entries = contenders(list(engine.entries.values()), name, arguments.what)
    said = told(arguments, entries[0]) if entries else None
    done = list(contrasted(engine, entries, seed=arguments.seed, count=arguments.count, condition=said))
    if target:
        images = {one.entry.title: one.images for one in done}
        rows = [f"seed {arguments.seed + i}" for i in range(arguments.count)]
        save_png(sheet(images, rows), target, done[0].request.plain())
    if arguments.json:
        rows = [one.row() for one in done]
        return say(
            json.dumps({"dataset": name, "seed": arguments.seed, "models": rows, "out": arguments.out}, indent=2)
        )
    say("\n".join(filter(None, [columns([["MODEL", *HEADS.values()], *map(line, done)]), arguments.out])))


def line(one: Drawn) -> list[str]:
    """A model's row of the table."""
    row = one.row()
    return [one.entry.id, *("–" if row[id] is None else f"{row[id]:.3g}" for id in HEADS)]
