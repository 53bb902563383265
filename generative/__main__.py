"""The command line: python -m generative list | sample | complete | score | train | evaluate | benchmark | push.

A mistake is told in one line, "error: …", and ends with status 2; Ctrl-C ends with 130.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from generative.commands import catalogue, draw, make
from generative.errors import GenerativeError
from generative.inference import checkpoints


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser("python -m generative", description="Generative models that can be watched at work.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], None], help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.add_argument("--root", type=Path, default=checkpoints.ROOT, help="folder of checkpoints (%(default)s)")
        made.set_defaults(run=run)
        return made

    list_ = command("list", catalogue.list_models, "Show which models there are and what they can do.")
    list_.add_argument("--json", action="store_true", help="print everything that is known of them as JSON")
    add_sampling(command("sample", draw.sample, "Draw images, and save them as one picture or as an animation."))
    complete = command("complete", draw.complete, "Let a model invent the hidden part of a picture.")
    add_sampling(complete, picture=True)
    score = command("score", draw.score, "Tell how probable a model finds pictures, most probable first.")
    add_model(score)
    score.add_argument("image", metavar="IMAGE", nargs="+", help="picture files, or example:CLASS/0 … 9")
    score.add_argument("--label", help="the class that the pictures are meant to show (default: the likeliest one)")
    score.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_device(score)
    add_train(command("train", make.train, "Train a model; the same command again goes on where it was stopped."))
    add_evaluate(command("evaluate", make.evaluate, "Measure models on their test images, and refresh their cards."))
    benchmark = command("benchmark", make.benchmark, "Measure how long models take for one image and for more.")
    benchmark.add_argument("models", metavar="MODEL", nargs="*", help="model ids or folders (default: all that draw)")
    benchmark.add_argument("--json", action="store_true", help="JSON instead of a Markdown table")
    benchmark.add_argument("--out", metavar="FILE", help="write to this file instead of the screen")
    benchmark.add_argument("--no-app", action="store_true", help="do not time the start of the web page")
    add_device(benchmark)
    push = command("push", catalogue.push, "Upload a model with its card to the Hugging Face Hub.")
    add_model(push)
    push.add_argument("repo", metavar="REPO", help="owner/name on the hub; made if it is not there")
    push.add_argument("--private", action="store_true", help="make a new repository private")
    return top


def add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument("model", metavar="MODEL", help="an id from `list`, a folder, or hf:owner/name@revision")


def add_device(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--device",
        choices=["auto", "cpu", "cuda", "mps"],
        default="auto",
        help="where the network runs (default: cuda if there is one, else mps, else cpu)",
    )


def add_sampling(command: argparse.ArgumentParser, picture: bool = False) -> None:
    add_model(command)
    if picture:
        command.add_argument("image", metavar="IMAGE", help="a picture file, or example:CLASS/0 … 9")
        command.add_argument(
            "--mask",
            default="lower",
            metavar="lower|right|middle|FILE.png",
            help="what to invent; in a file, what is white (default: lower)",
        )
    command.add_argument("--count", type=int, default=16, help="how many images (default: 16)")
    command.add_argument("--seed", type=int, default=0, help="seed of the first; the next has the next (default: 0)")
    command.add_argument("--label", metavar="CLASS", help="a class, such as Sneaker (default: all in turn)")
    command.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the model, such as temperature=0.8; may be given again",
    )
    command.add_argument(
        "--out",
        default="grid.png",
        metavar="FILE",
        help="a .png holds the results, a .gif or .webp shows how they came into being (default: grid.png)",
    )
    add_device(command)


def add_train(command: argparse.ArgumentParser) -> None:
    command.add_argument("model", metavar="MODEL", help="data set and model, such as fashion-mnist/vae")
    budget = command.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, help="how long (default: what the model's recipe says)")
    budget.add_argument("--steps", type=int, help="how many batches instead; the same seed then gives the same model")
    command.add_argument("--seed", type=int, default=0, help="seed of weights, order and noise (default: 0)")
    command.add_argument("--data", help="folder of data sets (default: GENERATIVE_DATA, else data)")
    command.add_argument("--runs", default="runs", help="folder for the state of unfinished runs (default: runs)")
    command.add_argument("--batch-size", type=int, help="images in a batch (default: what the model's recipe says)")


def add_evaluate(command: argparse.ArgumentParser) -> None:
    command.add_argument("models", metavar="MODEL", nargs="*", help="model ids")
    command.add_argument("--all", action="store_true", help="every model there is")
    command.add_argument("--samples", type=int, default=2000, help="images to draw from each (default: 2000)")
    command.add_argument("--seed", type=int, default=0, help="seed of the first (default: 0)")
    command.add_argument("--data", help="folder of data sets (default: GENERATIVE_DATA, else data)")
    add_device(command)


def main(words: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = parser().parse_args(words)
    try:
        arguments.run(arguments)
        return 0
    except GenerativeError as e:
        print("error:", " ".join(str(e).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
