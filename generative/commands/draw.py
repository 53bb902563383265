"""sample and complete: what a model draws, from seeds alone or into a picture."""

import argparse
import json

import torch

from generative.abilities import Completes, Samples
from generative.commands.opening import dataset_of, open_model, parse_options
from generative.commands.runs import BATCH, checked_target, draw, save
from generative.commands.terminal import columns, say
from generative.conditions import read_told
from generative.errors import check_integer
from generative.inference.engine.engine import MAX_CANDIDATES, Request
from generative.inference.likelihood.completions import Completions
from generative.inference.pictures.files import open_picture
from generative.inference.pictures.grids import grid
from generative.inference.pictures.masks import read_mask_with_words
from generative.seeds import Seeds

MAX_COUNT = 1024


def sample(arguments: argparse.Namespace) -> None:
    seeds = checked_seeds(arguments)
    target = checked_target(arguments.out, len(seeds))
    entry, model = open_model(arguments, Samples, "draw images")
    options = parse_options(model, arguments.option)
    condition = read_told(model.config.told, arguments.label, model.title)
    drawn = draw(lambda batch: model.sample(batch, options, condition), seeds, target)
    plain = Request(entry, seeds, options, condition).provenance().plain()
    save(grid(drawn.last.images), [grid(moment) for moment in drawn.moments], target, plain)
    say(str(target))


def complete(arguments: argparse.Namespace) -> None:
    seeds = checked_seeds(arguments)
    checked_target(arguments.out, 1)
    entry, model = open_model(arguments, Completes, "complete an image")
    options = parse_options(model, arguments.option)
    condition = read_told(model.config.told, arguments.label, model.title)
    together = min(BATCH, MAX_CANDIDATES // getattr(options, "candidates", 1))
    target = checked_target(arguments.out, len(seeds), together)
    image = open_picture(arguments.image, dataset_of(entry), entry.size, model.config.image_channels, arguments.invert)
    mask, how_read = read_mask_with_words(arguments.mask, entry.size)
    drawn = draw(lambda batch: model.complete(image[None], mask, batch, options, condition), seeds, target, together)
    done = Completions.ranked(image, mask, seeds, options, drawn.last)
    order = [seed - seeds.first for seed in done.seeds]
    moments = [grid(torch.cat([done.seen[None], moment[order]])) for moment in drawn.moments]
    made = {"ability": "complete", "image": arguments.image, "invert": arguments.invert, "mask": arguments.mask}
    save(done.sheet(), moments, target, Request(entry, seeds, options, condition).provenance().plain() | made)
    told = as_json(done, str(target)) if arguments.json else as_table(done, str(target))
    say(f"{how_read}\n\n{told}" if how_read and not arguments.json else told)


def as_table(done: Completions, target: str) -> str:
    cells = [["RANK", "SEED", "BITS/DIM"]]
    for row in done.rows():
        bits = row["bits_per_dim"]
        cells.append([str(row["rank"]), str(row["seed"]), "not known" if bits is None else f"{bits:.3f}"])
    order = "Most probable first" if done.bits_per_dim else "In the order of their seeds"
    return f"{columns(cells)}\n\n{order}; {done.weighing}.\n{target}"


def as_json(done: Completions, target: str) -> str:
    worth = {"effective_sample_size": done.effective_sample_size, "candidates": done.candidates}
    return json.dumps({"completions": done.rows(), **worth, "out": target}, indent=2)


def checked_seeds(arguments: argparse.Namespace) -> Seeds:
    return Seeds(arguments.seed, check_integer("count", arguments.count, 1, MAX_COUNT))
