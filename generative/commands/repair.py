"""edit and restore: what a model makes of a picture that is there."""

import argparse
import json
from typing import Any

import torch

from generative.commands.draw import wished
from generative.commands.opening import open_engine, open_pictures, options
from generative.commands.runs import checked_target, draw, save
from generative.commands.terminal import columns, say
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures.grids import grid
from generative.inference.pictures.masks import MASKS, read_mask_with_words
from generative.inference.restoring.restoration import Restorations, Spoiled


def edit(arguments: argparse.Namespace) -> None:
    """Draw a picture anew, save it and what came of it, and print where."""
    target = checked_target(arguments.out, arguments.count)
    engine, request = asked("edits", arguments, way=arguments.way, strength=arguments.strength)
    drawn, first = draw(engine, request, target), request.inputs["images"]
    moments = [grid(torch.cat([first, moment])) for moment in drawn.moments]
    save(grid(torch.cat([first, drawn.last.images])), moments, target, request.plain(), arguments.scale)
    say(str(target))


def restore(arguments: argparse.Namespace) -> None:
    """Spoil a picture, restore it, save all of it, and print how near the restorations come."""
    target = checked_target(arguments.out, arguments.count)
    spoil: dict[str, Any] = {"factor": arguments.factor, "grey": arguments.grey, "noise": arguments.noise}
    engine, request = asked("restores", arguments, **spoil)
    drawn = draw(engine, request, target)
    spoiled = Spoiled.of(request.inputs["images"][0], request.inputs)
    done = Restorations(spoiled, drawn.last.images, request.seeds)
    first = torch.stack([spoiled.truth, spoiled.seen, spoiled.plain])
    moments = [grid(torch.cat([first, moment])) for moment in drawn.moments]
    save(done.sheet(), moments, target, request.plain(), arguments.scale)
    say(as_json(done, str(target)) if arguments.json else as_table(done, str(target)))


def asked(ability: str, arguments: argparse.Namespace, **inputs: Any) -> tuple[Engine, Request]:
    """The engine, and what the words of a command about a picture ask of it. Raises GenerativeError."""
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, ability)
    entry.kind_class.Options.parse({**entry.options, **options(arguments.option)})  # before a file is looked for
    image = open_pictures([arguments.image], entry, arguments.invert)[0]
    if mask := getattr(arguments, "mask", None):
        inputs["mask"] = mask if mask in MASKS else read_mask_with_words(mask, entry.size)[0]
    return engine, wished(engine, ability, arguments, images=image, **inputs)


def as_table(done: Restorations, target: str) -> str:
    """How near each restoration comes, and what is made without a model, as text."""
    plain, mean = done.plain, done.mean
    cells = [["", "PSNR", "SSIM"], [f"without a model: {plain['how']}", *figures(plain)]]
    cells += [[f"seed {row['seed']}", *figures(row)] for row in done.rows]
    cells += [["mean of these", *figures(mean)]] if len(done.images) > 1 else []
    return f"{columns(cells)}\n\nOf the picture as it was. More is nearer, and nearer may be more blurred.\n{target}"


def figures(row: dict[str, Any]) -> list[str]:
    """PSNR and SSIM in words."""
    return ["no difference" if row["psnr"] is None else f"{row['psnr']:.1f} dB", f"{row['ssim']:.3f}"]


def as_json(done: Restorations, target: str) -> str:
    """The same as JSON."""
    told = {"restorations": done.rows, "plain": done.plain, "mean": done.mean, "out": target}
    return json.dumps(told, indent=2)
