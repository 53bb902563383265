"""sample, complete and score: what a model does with seeds and pictures."""

import argparse
import json

import torch

from generative.abilities import Completes, Samples, Scores
from generative.commands.opening import open_model, parse_options
from generative.commands.pictures import open_picture, read_mask
from generative.commands.runs import checked_target, save_run
from generative.commands.terminal import columns, say
from generative.errors import check_integer
from generative.inference.engine import Request
from generative.seeds import Seeds

MAX_COUNT = 1024


def sample(arguments: argparse.Namespace) -> None:
    seeds = checked_seeds(arguments)
    target = checked_target(arguments.out, len(seeds))
    entry, model = open_model(arguments, Samples, "draw images")
    options = parse_options(model, arguments.option, arguments.label)
    made_by = Request(entry, seeds, options).provenance()
    save_run(lambda batch: model.sample(batch, options), seeds, target, made_by)


def complete(arguments: argparse.Namespace) -> None:
    seeds = checked_seeds(arguments)
    target = checked_target(arguments.out, len(seeds))
    entry, model = open_model(arguments, Completes, "complete an image")
    options = parse_options(model, arguments.option, arguments.label)
    image = open_picture(arguments.image, entry.folder.resolve().parent.name, entry.size, model.config.image_channels)[
        None
    ]
    mask = read_mask(arguments.mask, entry.size)
    save_run(lambda batch: model.complete(image, mask, batch, options), seeds, target, None)


def score(arguments: argparse.Namespace) -> None:
    entry, model = open_model(arguments, Scores, "tell how probable an image is")
    labels = None
    if arguments.label is not None:
        index = model.class_index(parse_options(model, [], arguments.label))
        labels = torch.full((len(arguments.image),), index)
    pictures = [
        open_picture(path, entry.folder.resolve().parent.name, entry.size, model.config.image_channels)
        for path in arguments.image
    ]
    result = model.score(torch.stack(pictures), labels)
    ranked = sorted(zip(result.bits_per_dim.tolist(), arguments.image, strict=True))
    if arguments.json:
        return say(json.dumps([{"image": p, "bits_per_dim": b, "kind": result.kind} for b, p in ranked], indent=2))
    note = "exact" if result.kind == "exact" else f"{result.kind} of the likelihood: the true bits/dim are at most this"
    rows = [["RANK", "BITS/DIM", "IMAGE"], *[[f"{i}", f"{b:.3f}", p] for i, (b, p) in enumerate(ranked, start=1)]]
    say(f"{columns(rows)}\n\nMost probable first; {note}.")


def checked_seeds(arguments: argparse.Namespace) -> Seeds:
    return Seeds(arguments.seed, check_integer("count", arguments.count, 1, MAX_COUNT))
