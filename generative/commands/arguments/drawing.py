"""What commands take that draw, and show how a model came to it."""

import argparse

from generative.commands.arguments.asking import (
    ONE,
    add_device,
    add_model,
    add_options,
    add_reading,
    add_sampling,
    add_table,
    add_told,
)


def add_drawing(command: argparse.ArgumentParser) -> None:
    """What `sample` takes; --against is for a model that can be guided."""
    add_sampling(command)
    command.add_argument(
        "--against",
        metavar="CLASS",
        help="what guidance leads away from, a class or an attribute (default: nothing told)",
    )


def add_attending(command: argparse.ArgumentParser) -> None:
    """What `attend` takes."""
    add_model(command)
    command.add_argument("image", metavar="IMAGE", help=ONE)
    command.add_argument("--row", type=int, required=True, help="the pixel to look from: its row, from 0 above")
    command.add_argument("--column", type=int, required=True, help="its column, from 0 at the left")
    add_told(command)
    command.add_argument("--out", metavar="FILE.png", help="save a picture of every layer and head")
    add_reading(command)
    add_device(command)


def add_listening(command: argparse.ArgumentParser) -> None:
    """What `listen` takes: what `sample` does of one picture."""
    add_sampling(command, count=1, out="words.png")
    command.add_argument("--json", action="store_true", help="print it as JSON")


def add_between(command: argparse.ArgumentParser) -> None:
    """What `between` takes: all that `sample` does, and the sentence at the other end."""
    add_sampling(command, count=7, out="between.png")
    command.add_argument("--other", required=True, metavar="SENTENCE", help="what the last picture is to show")


def add_mixing(command: argparse.ArgumentParser) -> None:
    """What `mix` takes: all that `sample` does, for the rows, and what is mixed with them."""
    add_sampling(command, count=6, out="mixed.png")
    command.add_argument("--columns", type=int, default=100, help="seed of the first column (default: %(default)s)")
    command.add_argument(
        "--layers",
        nargs="+",
        default=["coarse"],
        metavar="NAME|N|N-N",
        help="which have the styles of the row: coarse, middle, fine, or numbers from 1 on (default: coarse)",
    )
    command.add_argument("--json", action="store_true", help="print it as JSON")


def add_writing(command: argparse.ArgumentParser) -> None:
    """What `write` takes."""
    add_model(command)
    command.add_argument("--text", default="", help="how the texts begin (default: with nothing)")
    command.add_argument("--count", type=int, default=4, help="how many texts (default: %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="seed of the first; the next has the next (default: 0)")
    add_options(command)
    command.add_argument("--json", action="store_true", help="print all of it as JSON")
    add_device(command)


def add_costing(command: argparse.ArgumentParser) -> None:
    """What `cost` takes."""
    add_model(command)
    command.add_argument("--json", action="store_true", help="print all of it as JSON")
    add_device(command)


def add_composing(command: argparse.ArgumentParser) -> None:
    """What `compose` takes: all that `sample` does, and what else to draw."""
    add_sampling(command, out="composed.png")
    command.add_argument(
        "--other", required=True, metavar="CLASS", help='what else to draw: a class, or attributes, "glasses: sun"'
    )


def add_comparing(command: argparse.ArgumentParser) -> None:
    """What `samplers` takes."""
    add_model(command)
    command.add_argument("--samplers", metavar="NAME,…", help="up to four, a row each (default: its first four)")
    command.add_argument("--steps", metavar="N,…", default="5,10,20", help="up to five, a column each (%(default)s)")
    command.add_argument("--seed", type=int, default=0, help="of the noise that all begin with (default: 0)")
    add_told(command)
    add_options(command)
    add_table(command)


def add_paths(command: argparse.ArgumentParser) -> None:
    """What `paths` takes."""
    words = "up to three: a model id, or one with its sampler, such as fashion-mnist/ddpm=ddim"
    command.add_argument("ways", metavar="MODEL[=SAMPLER]", nargs="+", help=words)
    few = "1,2,5,10,20"
    command.add_argument("--steps", metavar="N,…", default=few, help="up to five, a column each (%(default)s)")
    command.add_argument("--count", type=int, default=1, help="how many noises, at most four (default: 1)")
    command.add_argument("--seed", type=int, default=0, help="of the first noise (default: 0)")
    add_told(command)
    add_table(command)


def add_contrasting(command: argparse.ArgumentParser) -> None:
    """What `contrast` takes."""
    command.add_argument("dataset", metavar="DATASET", help="of which GANs are compared, such as fashion-mnist")
    what = "in what they differ: objectives, guidelines or failures (default: %(default)s)"
    command.add_argument("--what", metavar="WHAT", default="objectives", help=what)
    command.add_argument("--count", type=int, default=4, help="how many pictures of each (default: %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="of the first picture's noise (default: 0)")
    add_told(command)
    command.add_argument("--out", metavar="FILE.png", help="save the pictures, a column for each model")
    command.add_argument("--json", action="store_true", help="print what is known of each as JSON")
    add_device(command)
