"""paths: the same noise along several ways, how bent each is, and what few steps lose of it."""

import argparse
import json
from collections.abc import Sequence

import torch
from torch import Tensor

from generative.commands.opening import open_engine, told
from generative.commands.runs import checked_place
from generative.commands.terminal import columns, say
from generative.inference.denoising.paths import WHOLE, Walked, walked, ways
from generative.inference.pictures.provenance import save_png
from generative.inference.pictures.sheet import sheet


def paths(arguments: argparse.Namespace) -> None:
    """Go the ways, save the pictures as a table, and print how bent each is and what few steps cost and lose."""
    target = checked_place(arguments.out, (".png",)) if arguments.out else None
    engine = open_engine(arguments)
    entry = engine.able(arguments.ways[0].partition("=")[0], "noises")
    about = {"seed": arguments.seed, "count": arguments.count, "condition": told(arguments, entry)}
    asked = ways(engine, arguments.ways, arguments.steps, **about)
    done = list({one.way.name: one for one in walked(engine, asked)}.values())
    rows = [one.figures() for one in done]
    if target:
        lists = {"ways": [way.name for way in asked], "steps": [few.steps for few in done[0].few]}
        save_png(sheet(*laid_out(done)), target, asked[0].few[0].plain() | {"tool": "paths"} | lists)
    if arguments.json:
        return say(json.dumps({"seed": arguments.seed, "ways": rows, "out": arguments.out}, indent=2))
    cells = [["WAY", "LENGTH", "BY MIXING", "STEPS", "EVALUATIONS", "RMSE"]]
    for row in rows:
        head = [row["way"], f"{row['length']:.3f}", f"{row['still']:.3f}"]
        cells += [[*head, str(f["steps"]), str(f["evaluations"]), f"{f['rmse']:.3f}"] for f in row["few"]]
    words = f"Lengths are in those of the straight line; RMSE is to the picture in {WHOLE} steps."
    say("\n".join(filter(None, [columns(cells), words, arguments.out])))


def laid_out(done: Sequence[Walked]) -> tuple[dict[str, Tensor], list[str]]:
    """The pictures by number of steps, a column each, and the names of the rows."""
    counts = [few.steps for few in done[0].few]
    table = {f"{n} step{'' if n == 1 else 's'}": [one.few[k].images for one in done] for k, n in enumerate(counts)}
    table[f"{WHOLE} steps"] = [one.images for one in done]
    joined = {name: torch.stack([torch.cat(list(images), -1) for images in each]) for name, each in table.items()}
    return joined, [one.way.title for one in done]
