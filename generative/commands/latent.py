"""interpolate and arithmetic: ways through a latent space, and sums in it."""

import argparse
import json
from pathlib import Path
from typing import Any

from torch import Tensor
from tqdm import tqdm

from generative.commands.opening import find_pictures, open_engine, open_pictures
from generative.commands.runs import checked_place, save, watched
from generative.commands.terminal import columns, say
from generative.errors import InvalidOption, NotSupported
from generative.figures import FIGURES
from generative.inference.engine.engine import Engine
from generative.inference.latent.arithmetic import Sum, combined, measured, read_edit
from generative.inference.latent.atlas import METHODS, atlas_of
from generative.inference.latent.ends import End, Interpolation, check_way, interpolate, seed_of
from generative.inference.pictures.grids import grid
from generative.inference.sources import decoder, found, search, seeded
from generative.models.model import drain

STEPS, SIDE = 9, 5  # of a walk and of a grid, if none are asked for
KINDS = (".png", ".gif", ".webp")
KINDS_OF_FIGURE = ("success", "leakage")


class Finder:
    """Latents in a model's space, by the names of pictures and seeds."""

    def __init__(self, engine: Engine, model: str, invert: bool) -> None:
        self.engine, self.entry, self.invert = engine, engine.able(model, "interpolates"), invert
        self.decode = decoder(engine, self.entry)

    def end(self, name: str) -> End:
        """Of a picture file, "example:CLASS/0" or "seed:7". Raises GenerativeError."""
        seed = seed_of(name)
        if seed is not None:
            return End(seeded(self.engine, self.entry, seed)[0])
        image = open_pictures([name], self.entry, self.invert)[0]
        return End(self.locate(image, name), image)

    def locate(self, image: Tensor, name: str) -> Tensor:
        """(D,) the latent of a picture (C, H, W): what the encoder says or, without one, what a search finds."""
        if "encodes" in self.entry.abilities:
            return found(self.engine, self.entry, image)
        if "projects" not in self.entry.abilities:
            words = f"{self.entry.title} cannot find the latent of a picture"
            raise NotSupported(f"{words}. Name a seed instead of {name}, such as seed:7.", "image")
        with tqdm(desc=f"looking for {name}", disable=None, leave=False) as bar:
            return drain(watched(search(self.engine, self.entry, image), bar)).latents[0].cpu()

    def source(self, end: End) -> str:
        """How the latent of an end was found."""
        if end.image is None:
            return "seed"
        return "encoder" if "encodes" in self.entry.abilities else "search"


def interpolate_ends(arguments: argparse.Namespace) -> None:
    """`interpolate`: the images between two ends, or a grid between four."""
    target = checked_place(arguments.out, KINDS)
    steps = checked_steps(arguments)
    finder = Finder(open_engine(arguments), arguments.model, arguments.invert)
    done = interpolate([finder.end(name) for name in arguments.ends], steps, arguments.path, finder.decode)
    made = {
        "ability": "interpolate",
        "model": finder.entry.id,
        "ends": arguments.ends,
        "steps": steps,
        "path": arguments.path,
    }
    moments = [] if target.suffix.lower() == ".png" else done.moments()
    save(done.sheet(), moments, target, made | {"invert": arguments.invert})
    rows = [
        {"end": name, "found_by": finder.source(end), "rmse": miss}
        for name, end, miss in zip(arguments.ends, done.ends, done.misses, strict=True)
    ]
    say(walk_as_json(arguments, done, rows) if arguments.json else walk_as_table(rows, str(target)))


def checked_steps(arguments: argparse.Namespace) -> int:
    """The points of a walk, or of a side of a grid. Raises InvalidOption."""
    four = len(arguments.ends) > 2
    given, other, name = arguments.steps, arguments.side, "side"
    if four:
        given, other, name = other, given, "steps"
    if other is not None:
        few, many = "two ends make a walk: say --steps", "four ends make a grid: say --side"
        raise InvalidOption(f"--{name} does not belong here; {many if four else few}", name)
    steps = (SIDE if four else STEPS) if given is None else given
    check_way(len(arguments.ends), steps, arguments.path)
    return steps


def walk_as_json(arguments: argparse.Namespace, done: Interpolation, rows: list[dict[str, Any]]) -> str:
    """Ends and latents as JSON."""
    told = {"ends": rows, "path": arguments.path, "latents": done.latents.tolist(), "out": arguments.out}
    return json.dumps(told, indent=2)


def walk_as_table(rows: list[dict[str, Any]], target: str) -> str:
    """How each end was found, and how well, as text."""
    cells = [["END", "FOUND BY", "RMSE"]]
    cells += [[row["end"], row["found_by"], "" if row["rmse"] is None else f"{row['rmse']:.3f}"] for row in rows]
    if all(row["rmse"] is None for row in rows):
        return target
    return f"{columns(cells)}\n\nRMSE: how far what is decoded there is from the picture, from 0 to 1.\n{target}"


def arithmetic(arguments: argparse.Namespace) -> None:
    """`arithmetic`: a formula on a picture, A − B + C, or a list of what formulas may name."""
    if arguments.list:
        return list_directions(arguments)
    check_form(arguments)
    target = checked_place(arguments.out, KINDS)
    finder = Finder(open_engine(arguments), arguments.model, arguments.invert)
    done = summed(arguments, finder)
    images = finder.decode(done.latents)
    moving = target.suffix.lower() != ".png"
    moments = [grid(image[None]) for image in finder.decode(done.way)] if moving else []
    names = ("start", "formula", "method", "a", "b", "c", "invert")
    made = {"ability": "arithmetic", "model": finder.entry.id} | {name: getattr(arguments, name) for name in names}
    save(grid(images, len(images)), moments, target, made)
    say(sum_as_json(done, target) if arguments.json else "\n".join(filter(None, [done.formula, str(target)])))


def check_form(arguments: argparse.Namespace) -> None:
    """Raises InvalidOption unless there is a start with a formula, or A, B and C."""
    sets = [arguments.a, arguments.b, arguments.c]
    if arguments.start is not None and any(sets):
        raise InvalidOption("A picture with a formula, or --a, --b and --c: one of the two, not both", "formula")
    if any(sets) and not all(sets):
        raise InvalidOption("A − B + C needs all three of --a, --b and --c", "a")
    if arguments.formula is None and not any(sets):
        raise InvalidOption(
            'arithmetic takes a picture or seed:7 and a formula such as "+1.0 glasses - 0.5 beard", or --a, --b and '
            "--c; --list shows what a formula may name",
            "formula",
        )


def summed(arguments: argparse.Namespace, finder: Finder) -> Sum:
    """The latent that a formula or three sets of pictures add up to."""
    if arguments.formula is not None:
        edit = read_edit(arguments.formula, arguments.method, atlas_of(finder.entry))
        return edit.of(finder.end(arguments.start).latent)
    sets = [find_pictures(names) for names in (arguments.a, arguments.b, arguments.c)]
    return combined(*([finder.end(name).latent for name in names] for names in sets))


def sum_as_json(done: Sum, target: Path) -> str:
    """Formula and latent as JSON."""
    return json.dumps({"formula": done.formula, "latent": done.latent.tolist(), "out": str(target)}, indent=2)


def list_directions(arguments: argparse.Namespace) -> None:
    """Prints what a formula may name, and how well that works."""
    if arguments.start is not None or arguments.a or arguments.b or arguments.c:
        raise InvalidOption("--list shows what a formula may name and takes nothing but the model", "list")
    entry = open_engine(arguments).able(arguments.model, "interpolates")
    rows = [{"name": name, **measured(entry.metrics, name)} for name in atlas_of(entry).directions]
    if arguments.json:
        return say(json.dumps({"directions": rows}, indent=2))
    say(directions_as_table(rows))


def directions_as_table(rows: list[dict[str, Any]]) -> str:
    """Success and leakage of each direction, as text."""
    figures = [(method, kind) for method in METHODS for kind in KINDS_OF_FIGURE]
    figures = [(method, kind) for method, kind in figures if any(row[method][kind] is not None for row in rows)]
    cells = [["DIRECTION", *(f"{kind} ({method})".upper() for method, kind in figures)]]
    cells += [[row["name"], *(share(row[method][kind]) for method, kind in figures)] for row in rows]
    words = [f"{kind.title()}: {FIGURES[f'direction_{kind}'].words}" for kind in KINDS_OF_FIGURE if figures]
    return "\n".join([columns(cells), "", *(words or ["How well they work was not measured; `evaluate` does."])])


def share(value: float | None) -> str:
    """A share from 0 to 1 as a percentage, or nothing."""
    return "" if value is None else f"{value:.0%}"
