"""samplers: the same noise under several samplers and numbers of steps, and what each run cost."""

import argparse
import json

import torch

from generative.commands.opening import open_engine, options, told
from generative.commands.runs import checked_place
from generative.commands.terminal import columns, say
from generative.inference.denoising.trials import Tried, sampler_trials, tried
from generative.inference.pictures.provenance import save_png
from generative.inference.pictures.sheet import sheet

LISTS = {"samplers": "sampler", "steps": "steps"}  # in the note of a table, and of a run's figures


def samplers(arguments: argparse.Namespace) -> None:
    """Draw the table, save it, and print seconds and network evaluations of each run."""
    target = checked_place(arguments.out, (".png",)) if arguments.out else None
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "noises")
    names = arguments.samplers or entry.kind_class.Options.fields()["sampler"].choices[:4]
    about = {"seed": arguments.seed, "condition": told(arguments, entry), "options": dict(options(arguments.option))}
    trials = sampler_trials(engine, entry, names, arguments.steps, **about)
    done = list(tried(engine, trials))
    if target:
        lists = {name: list(dict.fromkeys(one.figures()[key] for one in done)) for name, key in LISTS.items()}
        save_png(sheet(*laid_out(done)), target, trials[0].request.plain() | {"tool": "samplers"} | lists)
    rows = [one.figures() for one in done]
    if arguments.json:
        return say(
            json.dumps({"model": entry.id, "seed": arguments.seed, "runs": rows, "out": arguments.out}, indent=2)
        )
    cells = [["SAMPLER", "STEPS", "SECONDS", "EVALUATIONS"]]
    cells += [[r["sampler"], str(r["steps"]), f"{r['seconds']:.2f}", str(r["evaluations"])] for r in rows]
    say("\n".join(filter(None, [columns(cells), arguments.out])))


def laid_out(done: list[Tried]) -> tuple[dict[str, torch.Tensor], list[str]]:
    """The pictures by number of steps, a column each, and the sampler of each row."""
    by_steps: dict[str, list[torch.Tensor]] = {}
    for one in done:
        count = one.figures()["steps"]
        by_steps.setdefault(f"{count} step{'' if count == 1 else 's'}", []).append(one.images[0])
    names = dict.fromkeys(one.figures()["sampler"] for one in done)
    return {name: torch.stack(images) for name, images in by_steps.items()}, list(names)
