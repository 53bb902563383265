"""The command line: python -m generative list | sample | complete | score | train | evaluate | benchmark | push.

A mistake is told in one line, "error: …", and ends with status 2; Ctrl-C ends with 130.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from generative.commands import catalogue, draw, make, score
from generative.errors import GenerativeError
from generative.inference import checkpoints
from generative.inference.pictures import MASKS


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
    add_completing(command("complete", draw.complete, "Let a model invent the hidden part of a picture."))
    add_scoring(command("score", score.score, "Tell how probable a model finds pictures, most probable first."))
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


def add_sampling(command: argparse.ArgumentParser, count: int = 16, out: str = "grid.png") -> None:
    add_model(command)
    command.add_argument("--count", type=int, default=count, help="how many images (default: %(default)s)")
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
        default=out,
        metavar="FILE",
        help="a .png holds the results, a .gif or .webp shows how they came into being (default: %(default)s)",
    )
    add_device(command)


def add_completing(command: argparse.ArgumentParser) -> None:
    add_sampling(command, count=8, out="completed.png")
    command.add_argument("image", metavar="IMAGE", help="a picture file, or example:CLASS/0 … 9")
    command.add_argument(
        "--mask",
        default="lower",
        metavar="|".join([*MASKS, "FILE"]),
        help="what to invent; in a square picture file, what is white (default: lower)",
    )
    add_reading(command)


def add_scoring(command: argparse.ArgumentParser) -> None:
    add_model(command)
    command.add_argument("image", metavar="IMAGE", nargs="+", help="picture files, folders, or example:CLASS/0 … 9")
    command.add_argument("--label", help="the class that the pictures are meant to show (default: the likeliest one)")
    command.add_argument(
        "--heatmap", metavar="FILE.png", help="save the pictures with maps of the model's surprise beside them"
    )
    add_reading(command)
    add_device(command)


def add_reading(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--invert", action="store_true", help="swap light and dark first, as for dark clothes on a white ground"
    )
    command.add_argument("--json", action="store_true", help="print the figures as JSON")


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
