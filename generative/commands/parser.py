"""The words of the command line: every command with what it takes and what it runs."""

import argparse
from collections.abc import Callable
from pathlib import Path

from generative.commands import (
    attend,
    catalogue,
    contrast,
    draw,
    encode,
    energy,
    latent,
    listen,
    make,
    mix,
    noise,
    paths,
    readme,
    record,
    repair,
    samplers,
    score,
    translate,
)
from generative.commands.arguments import (
    add_arithmetic,
    add_attending,
    add_comparing,
    add_completing,
    add_composing,
    add_contrasting,
    add_costing,
    add_descending,
    add_device,
    add_editing,
    add_encoding,
    add_evaluate,
    add_guiding,
    add_interpolating,
    add_listening,
    add_mixing,
    add_model,
    add_noising,
    add_paths,
    add_restoring,
    add_sampling,
    add_scoring,
    add_train,
    add_translating,
)
from generative.library import weights


def parser() -> argparse.ArgumentParser:
    """What reads a command line; what it has read has the command's function as `run`."""
    top = argparse.ArgumentParser("python -m generative", description="Generative models that can be watched at work.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], None], help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.add_argument("--root", type=Path, default=weights.ROOT, help="folder of checkpoints (%(default)s)")
        made.set_defaults(run=run)
        return made

    list_ = command("list", catalogue.list_models, "Show which models there are and what they can do.")
    list_.add_argument("--json", action="store_true", help="print everything that is known of them as JSON")
    sample = command("sample", draw.sample, "Draw images, and save them as one picture or as an animation.")
    add_sampling(sample)
    add_guiding(sample)
    add_completing(command("complete", draw.complete, "Let a model invent the hidden part of a picture."))
    add_noising(command("noise", noise.noise, "Turn a picture into noise, and tell what a model still finds in it."))
    add_editing(command("edit", repair.edit, "Draw a picture anew, keeping as much of it as is wanted."))
    add_restoring(command("restore", repair.restore, "Spoil a picture, and let a model invent what was lost."))
    add_translating(command("translate", translate.translate, "Turn a picture into another kind of picture, and back."))
    add_descending(
        command("descend", energy.descend, "Roll a picture downhill: out of noise, or towards what a model knows.")
    )
    add_composing(command("compose", energy.compose, "Draw what two conditions allow, down the sum of their energies."))
    add_comparing(command("samplers", samplers.samplers, "Draw one noise with several samplers; tell what each took."))
    add_paths(command("paths", paths.paths, "Follow one noise along several ways; tell how bent each is."))
    add_contrasting(command("contrast", contrast.contrast, "Draw one noise with GANs of several objectives."))
    add_scoring(command("score", score.score, "Tell how probable a model finds pictures, most probable first."))
    add_attending(command("attend", attend.attend, "Tell where a transformer looks when it writes a token."))
    add_listening(command("listen", listen.listen, "Draw a picture; tell where in it each word of a sentence looks."))
    add_mixing(command("mix", mix.mix, "Draw faces that have some styles from one seed and the others from another."))
    add_costing(command("cost", attend.cost, "Measure what one more token takes, the longer the sequence is."))
    add_encoding(command("encode", encode.encode, "Tell the latents of pictures, and how well they are decoded again."))
    add_interpolating(
        command("interpolate", latent.interpolate_ends, "Draw the images between two pictures or seeds, or four.")
    )
    add_arithmetic(
        command("arithmetic", latent.arithmetic, "Add attributes to a picture and take others away, or A − B + C.")
    )
    add_train(command("train", make.train, "Train a model; the same command again goes on where it was stopped."))
    add_evaluate(command("evaluate", make.evaluate, "Measure models on their test images, and refresh their cards."))
    benchmark = command("benchmark", make.benchmark, "Measure how long models take, and write it beside their weights.")
    benchmark.add_argument("models", metavar="MODEL", nargs="*", help="model ids or folders (default: all that draw)")
    benchmark.add_argument("--json", action="store_true", help="JSON instead of a Markdown table")
    benchmark.add_argument("--out", metavar="FILE", help="write to this file instead of the screen")
    benchmark.add_argument("--no-app", action="store_true", help="do not time the start of the web page")
    add_device(benchmark)
    tables = command("readme", readme.readme, "Write README's tables anew, from what was measured.")
    tables.add_argument("file", metavar="FILE", nargs="?", default="README.md", help="the README (%(default)s)")
    films = command("record", record.record, "Record the films of the page's first tab from the models that are here.")
    films.add_argument("--out", metavar="FOLDER", type=Path, help="where to (default: into the page)")
    add_device(films)
    push = command("push", catalogue.push, "Upload a model with its card to the Hugging Face Hub.")
    add_model(push)
    push.add_argument("repo", metavar="REPO", help="owner/name on the hub; made if it is not there")
    push.add_argument("--private", action="store_true", help="make a new repository private")
    return top
