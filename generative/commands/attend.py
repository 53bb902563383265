"""attend and cost: where every layer and head of a transformer looks when it writes a token, and what that takes."""

import argparse
import json
from dataclasses import asdict

from generative.answers import Attention
from generative.commands.opening import open_engine, open_pictures, told
from generative.commands.runs import checked_place
from generative.commands.terminal import columns, say
from generative.inference.pictures.attention import heads_sheet
from generative.inference.pictures.provenance import save_png


def attend(arguments: argparse.Namespace) -> None:
    """Print what each layer looks at, and save a picture of every head."""
    target = checked_place(arguments.out, (".png",)) if arguments.out else None
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "attends")
    picture = open_pictures([arguments.image], entry, arguments.invert)[0]
    where = {"images": picture, "row": arguments.row, "column": arguments.column}
    request = engine.request("attends", entry, condition=told(arguments, entry), **where)
    seen = engine.answer(request)
    if target:
        save_png(heads_sheet(picture, seen), target, request.plain())
    if arguments.json:
        return say(json.dumps({"model": entry.id, **described(seen), "out": arguments.out}, indent=2))
    say("\n".join(filter(None, [table(seen), arguments.out])))


def described(seen: Attention) -> dict[str, object]:
    """What programs are told: the token, and of each layer and head where most of its attention goes."""
    row, column, height, width = seen.box
    return {
        "token": {"row": row, "column": column, "height": height, "width": width},
        "bits": round(float(seen.bits[row, column]), 3),
        "before": seen.before,
        "heads": [
            {"layer": layer + 1, "head": head + 1, **one(seen, layer, head)}
            for layer in range(seen.shares.shape[0])
            for head in range(seen.shares.shape[1])
        ],
    }


def one(seen: Attention, layer: int, head: int) -> dict[str, object]:
    """Where a head looks most, and how much of its attention is there; its share of what stands before; its words."""
    shares = seen.shares[layer, head]
    place = int(shares.flatten().argmax())
    words = dict(zip(seen.names, (round(w, 4) for w in seen.words[layer, head].tolist()), strict=True))
    return {
        "row": place // shares.shape[1],
        "column": place % shares.shape[1],
        "share": round(float(shares.max()), 4),
        "start": round(float(seen.start[layer, head]), 4),
        "words": words,
    }


def table(seen: Attention) -> str:
    """A line for each head."""
    cells = [["LAYER", "HEAD", "LOOKS MOST AT", "SHARE", f"ON {seen.before.upper()}", "HEARS MOST"]]
    for layer in range(seen.shares.shape[0]):
        for head in range(seen.shares.shape[1]):
            found = one(seen, layer, head)
            words = seen.words[layer, head]
            heard = seen.names[int(words.argmax())] if len(words) else ""
            place = f"row {found['row']}, column {found['column']}" if found["share"] else "nothing yet"
            cells.append(
                [str(layer + 1), str(head + 1), place, f"{found['share']:.0%}", f"{found['start']:.0%}", heard]
            )
    filled = [i for i in range(len(cells[0])) if i < 5 or seen.names]
    row, column, *_ = seen.box
    said = f"The token at row {row}, column {column}: a surprise of {float(seen.bits[row, column]):.2f} bits."
    return f"{columns([[line[i] for i in filled] for line in cells])}\n\n{said}"


def cost(arguments: argparse.Namespace) -> None:
    """`cost`: what one more token takes, the longer the sequence is."""
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "costs")
    found = engine.answer(engine.request("costs", entry))
    if arguments.json:
        return say(json.dumps({"model": entry.id, **asdict(found)}, indent=2))
    rows = zip(found.lengths, found.cached, found.naive, found.attention, strict=True)
    cells = [[str(length), *(f"{1000 * t:.2f} ms" for t in taken)] for length, *taken in rows]
    head = ["TOKENS", "WITH A CACHE", "WITHOUT", "ATTENTION ALONE"]
    grown = ", ".join(f"{name} ×{found.growth(name):.1f}" for name in ("cached", "naive", "attention"))
    say(f"{columns([head, *cells])}\n\nFrom {found.lengths[-1] // 2} to {found.lengths[-1]} tokens: {grown}.")
