"""sample and complete: what a model draws, from seeds alone or into a picture."""

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from generative.commands.opening import open_engine, open_pictures, options, told
from generative.commands.runs import BATCH, Drawn, checked_target, draw, save
from generative.commands.terminal import columns, say
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import VISITOR
from generative.inference.engine.request import Request
from generative.inference.likelihood.completions import RANKING, Completions
from generative.inference.pictures.grids import grid
from generative.inference.pictures.masks import MASKS, read_mask_with_words

HEADS = {"bits_per_dim": "BITS/DIM", "bits_per_token": "BITS/TOKEN", "energy": "ENERGY"}


def sample(arguments: argparse.Namespace) -> None:
    """Draw images, save them with what made them, and print where."""
    engine = open_engine(arguments)
    against = {"against": arguments.against} if arguments.against else {}
    request = wished(engine, "guides" if against else "samples", arguments, **against)
    _, target = drawn_and_saved(engine, request, arguments)
    say("\n".join(filter(None, [request.notes, str(target)])))


def drawn_and_saved(engine: Engine, request: Request, arguments: argparse.Namespace) -> tuple[Drawn, Path]:
    """What a run drew, and where the grid of it, or its animation, now is. Raises GenerativeError."""
    target = checked_target(arguments.out, len(request.seeds))
    drawn = draw(engine, request, target)
    save(grid(drawn.last.images), [grid(moment) for moment in drawn.moments], target, request.plain(), arguments.scale)
    return drawn, target


def complete(arguments: argparse.Namespace) -> None:
    """Complete a picture, save the ranked completions, and print what they are worth."""
    checked_target(arguments.out, 1)
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "completes")
    entry.kind_class.Options.parse({**entry.options, **options(arguments.option)})  # before a file is looked for
    image = open_pictures([arguments.image], entry, arguments.invert)[0]
    mask, words = read_mask_with_words(arguments.mask, entry.size)
    said = arguments.mask if arguments.mask in MASKS else mask
    request = wished(engine, "completes", arguments, images=image, mask=said)
    together = max(1, min(BATCH, VISITOR.images // request.ability.each(request.options)))
    target = checked_target(arguments.out, len(request.seeds), together)
    drawn = draw(engine, request, target, together)
    done = Completions.ranked(image, mask, request.seeds, request.options, drawn.last)
    order = [seed - request.seeds.first for seed in done.seeds]
    moments = [grid(torch.cat([done.seen[None], moment[order]])) for moment in drawn.moments]
    save(done.sheet(), moments, target, request.plain(), arguments.scale)
    told_of_it = as_json(done, str(target)) if arguments.json else as_table(done, str(target))
    say(f"{words}\n\n{told_of_it}" if words and not arguments.json else told_of_it)


def wished(engine: Engine, ability: str, arguments: argparse.Namespace, **inputs: Any) -> Request:
    """What the words of a command ask for. Raises GenerativeError."""
    entry = engine.able(arguments.model, ability)
    return engine.request(
        ability,
        entry,
        seed=arguments.seed,
        count=arguments.count,
        condition=told(arguments, entry),
        options=options(arguments.option),
        **inputs,
    )


def as_table(done: Completions, target: str) -> str:
    """The ranking as text."""
    known = [name for name in RANKING if getattr(done, name)]
    name = known[0] if known else "bits_per_dim"
    head, digits = HEADS[name], 1 if name == "energy" else 3
    cells = [["RANK", "SEED", head]]
    for row in done.rows():
        told = row[name]
        cells.append([str(row["rank"]), str(row["seed"]), "not known" if told is None else f"{told:.{digits}f}"])
    order = "Most probable first" if known else "In the order of their seeds"
    return f"{columns(cells)}\n\n{order}; {done.weighing}.\n{target}"


def as_json(done: Completions, target: str) -> str:
    """The ranking as JSON."""
    worth = {"effective_sample_size": done.effective_sample_size, "candidates": done.candidates}
    return json.dumps({"completions": done.rows(), **worth, "out": target}, indent=2)
