"""What many commands take."""

import argparse

ONE = "a picture file, or example:CLASS/0 … 9"
SEVERAL = "picture files, folders, or example:CLASS/0 … 9"


def add_model(command: argparse.ArgumentParser) -> None:
    """The model that a command is about."""
    command.add_argument("model", metavar="MODEL", help="an id from `list`, a folder, or hf:owner/name@revision")


def add_device(command: argparse.ArgumentParser) -> None:
    """Where the network runs."""
    command.add_argument(
        "--device",
        default="auto",
        help="where the network runs: auto (cuda if there is one, else mps, else cpu), cpu, cuda, cuda:1 or mps",
    )


def add_told(command: argparse.ArgumentParser) -> None:
    """What a model can be told of images, where it can (default: any)."""
    told = command.add_argument_group("what a model can be told of the images, if it can")
    told.add_argument("--class", "--label", dest="class_name", metavar="CLASS", help="a class, such as Sneaker")
    told.add_argument(
        "--attribute",
        action="append",
        default=[],
        metavar='"NAME: VALUE"',
        help='an attribute, such as "glasses: sun"; may be given again',
    )
    told.add_argument("--caption", metavar="SENTENCE", help="a sentence that describes them")


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of the model."""
    command.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the model, such as temperature=0.8; may be given again",
    )


def add_sampling(command: argparse.ArgumentParser, count: int = 16, out: str = "grid.png") -> None:
    """What `sample` takes, with its defaults for how many images there are and where they go."""
    add_model(command)
    command.add_argument("--count", type=int, default=count, help="how many images (default: %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="seed of the first; the next has the next (default: 0)")
    add_told(command)
    add_options(command)
    command.add_argument(
        "--out",
        default=out,
        metavar="FILE",
        help="a .png holds the results, a .gif or .webp shows how they came into being (default: %(default)s)",
    )
    command.add_argument(
        "--scale", type=int, metavar="1-16", help="how many pixels wide each pixel is saved (default: 1, or as suits)"
    )
    add_device(command)


def add_table(command: argparse.ArgumentParser) -> None:
    """Where a table of runs goes."""
    command.add_argument("--out", metavar="FILE.png", help="save the pictures as a table")
    command.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_device(command)


def add_result(command: argparse.ArgumentParser, out: str, words: str) -> None:
    """Where a result goes, and what is said of it; words: which file holds what."""
    command.add_argument("--out", default=out, metavar="FILE", help=f"{words} (default: %(default)s)")
    add_reading(command)
    add_device(command)


def add_reading(command: argparse.ArgumentParser) -> None:
    """How pictures are read, and whether figures are printed as JSON."""
    command.add_argument(
        "--invert", action="store_true", help="swap light and dark first, as for dark clothes on a white ground"
    )
    command.add_argument("--json", action="store_true", help="print the figures as JSON")
