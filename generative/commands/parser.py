"""The words of the command line: every command with what it takes and what it runs."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from generative.commands import (
    attend,
    catalogue,
    contrast,
    draw,
    encode,
    energy,
    features,
    latent,
    listen,
    make,
    mix,
    noise,
    paths,
    repair,
    samplers,
    score,
    translate,
    upkeep,
    write,
)
from generative.commands.arguments.drawing import (
    add_attending,
    add_between,
    add_comparing,
    add_composing,
    add_contrasting,
    add_costing,
    add_drawing,
    add_listening,
    add_mixing,
    add_paths,
    add_writing,
)
from generative.commands.arguments.latent import add_arithmetic, add_encoding, add_interpolating
from generative.commands.arguments.making import (
    add_benchmark,
    add_evaluate,
    add_learning,
    add_list,
    add_pushing,
    add_readme,
    add_recording,
    add_shrinking,
    add_train,
)
from generative.commands.arguments.pictures import (
    add_completing,
    add_descending,
    add_editing,
    add_noising,
    add_restoring,
    add_scoring,
    add_translating,
)
from generative.library import weights


class Command(NamedTuple):
    """run: what it does with what was read. takes: adds what it takes."""

    name: str
    run: Callable[[argparse.Namespace], None]
    takes: Callable[[argparse.ArgumentParser], None]
    help: str


COMMANDS = (
    Command("list", catalogue.list_models, add_list, "Show which models there are and what they can do."),
    Command("sample", draw.sample, add_drawing, "Draw images, and save them as one picture or as an animation."),
    Command("complete", draw.complete, add_completing, "Let a model invent the hidden part of a picture."),
    Command("noise", noise.noise, add_noising, "Turn a picture into noise, and tell what a model still finds in it."),
    Command("edit", repair.edit, add_editing, "Draw a picture anew, keeping as much of it as is wanted."),
    Command("restore", repair.restore, add_restoring, "Spoil a picture, and let a model invent what was lost."),
    Command(
        "translate", translate.translate, add_translating, "Turn a picture into another kind of picture, and back."
    ),
    Command(
        "descend",
        energy.descend,
        add_descending,
        "Roll a picture downhill: out of noise, or towards what a model knows.",
    ),
    Command(
        "compose", energy.compose, add_composing, "Draw what two conditions allow, down the sum of their energies."
    ),
    Command("samplers", samplers.samplers, add_comparing, "Draw one noise with several samplers; tell what each took."),
    Command("paths", paths.paths, add_paths, "Follow one noise along several ways; tell how bent each is."),
    Command("contrast", contrast.contrast, add_contrasting, "Draw one noise with GANs of several objectives."),
    Command("score", score.score, add_scoring, "Tell how probable a model finds pictures, most probable first."),
    Command(
        "features",
        features.features,
        add_learning,
        "Teach a few labels to a probe on a model's features, and beside it.",
    ),
    Command("attend", attend.attend, add_attending, "Tell where a transformer looks when it writes a token."),
    Command("listen", listen.listen, add_listening, "Draw a picture; tell where in it each word of a sentence looks."),
    Command("between", listen.between, add_between, "Draw one noise on the way from a sentence to another."),
    Command("mix", mix.mix, add_mixing, "Draw faces that have some styles from one seed and the others from another."),
    Command("write", write.write, add_writing, "Go on with a text; tell how surprising each character of it is."),
    Command("cost", attend.cost, add_costing, "Measure what one more token takes, the longer the sequence is."),
    Command(
        "encode", encode.encode, add_encoding, "Tell the latents of pictures, and how well they are decoded again."
    ),
    Command(
        "interpolate",
        latent.interpolate_ends,
        add_interpolating,
        "Draw the images between two pictures or seeds, or four.",
    ),
    Command(
        "arithmetic",
        latent.arithmetic,
        add_arithmetic,
        "Add attributes to a picture and take others away, or A − B + C.",
    ),
    Command("train", make.train, add_train, "Train a model; the same command again goes on where it was stopped."),
    Command("evaluate", make.evaluate, add_evaluate, "Measure models on their test images, and refresh their cards."),
    Command(
        "benchmark", make.benchmark, add_benchmark, "Measure how long models take, and write it beside their weights."
    ),
    Command("readme", upkeep.readme, add_readme, "Write README's tables anew, from what was measured."),
    Command(
        "record",
        upkeep.record,
        add_recording,
        "Record the films of the page's first tab from the models that are here.",
    ),
    Command(
        "shrink",
        upkeep.shrink,
        add_shrinking,
        "Store a model's matrices in a byte a number: half the room on the disk.",
    ),
    Command("push", catalogue.push, add_pushing, "Upload a model with its card to the Hugging Face Hub."),
)


def parser() -> argparse.ArgumentParser:
    """What reads a command line; what it has read has the command's function as `run`."""
    top = argparse.ArgumentParser("python -m generative", description="Generative models that can be watched at work.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        made = commands.add_parser(command.name, help=command.help, description=command.help)
        made.add_argument("--root", type=Path, default=weights.ROOT, help="folder of checkpoints (%(default)s)")
        made.set_defaults(run=command.run)
        command.takes(made)
    return top
