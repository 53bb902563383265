"""listen and between: where in a picture each word of its sentence looks, and what lies between two sentences."""

import argparse
import json

from generative.answers import Listening
from generative.commands.draw import wished
from generative.commands.opening import open_engine
from generative.commands.runs import checked_place, checked_target, draw, save
from generative.commands.terminal import columns, say
from generative.inference.pictures.grids import grid
from generative.inference.pictures.provenance import save_png
from generative.inference.pictures.words import parts, words_sheet


def listen(arguments: argparse.Namespace) -> None:
    """Draw a picture, save where each word looks, and print where it looks most."""
    target = checked_place(arguments.out, (".png",))
    engine = open_engine(arguments)
    request = wished(engine, "listens", arguments)
    heard = engine.answer(request)
    save_png(words_sheet(heard), target, request.plain())
    rows = described(heard)
    if arguments.json:
        return say(json.dumps({"words": rows, "notes": request.notes, "out": str(target)}, indent=2))
    cells = [[row["word"], f"{row['share']:.0%}", f"row {row['row']}, column {row['column']}"] for row in rows]
    table = columns([["WORD", "SHARE", "LOOKS MOST AT"], *cells])
    say("\n\n".join(filter(None, [request.notes, table, str(target)])))


def between(arguments: argparse.Namespace) -> None:
    """Draw pictures on the way from a sentence to another, save them in a row, and print where."""
    engine = open_engine(arguments)
    request = wished(engine, "bridges", arguments, other=arguments.other)
    target = checked_target(arguments.out, len(request.seeds))
    drawn = draw(engine, request, target, len(request.seeds))
    moments = [grid(moment, len(moment)) for moment in drawn.moments]
    save(grid(drawn.last.images, len(request.seeds)), moments, target, request.plain(), arguments.scale)
    say("\n".join(filter(None, [request.notes, str(target)])))


def described(heard: Listening) -> list[dict[str, object]]:
    """Of each word its share of all attention, and the pixel in the middle of the place that listens to it most."""
    whole, side = parts(heard)[0], heard.image.shape[-1] // heard.shares.shape[-1]
    rows = []
    for word, shares in zip(heard.names, whole, strict=True):
        place = int(shares.flatten().argmax())
        row, column = (side * at + side // 2 for at in divmod(place, shares.shape[1]))
        rows.append({"word": word, "share": round(float(shares.mean()), 4), "row": row, "column": column})
    return rows
