"""What commands take that begin with a picture."""

import argparse

from generative.commands.arguments.asking import (
    ONE,
    SEVERAL,
    add_device,
    add_model,
    add_options,
    add_reading,
    add_sampling,
    add_told,
)
from generative.inference.inputs import MOST_NOISE, WAYS
from generative.inference.pictures.masks import MASKS


def add_completing(command: argparse.ArgumentParser) -> None:
    """What `complete` takes: all that `sample` does, a picture and a mask."""
    add_sampling(command, count=8, out="completed.png")
    command.add_argument("image", metavar="IMAGE", help=ONE)
    command.add_argument(
        "--mask",
        default="lower",
        metavar="|".join([*MASKS, "FILE"]),
        help="what to invent; in a square picture file, what is white (default: lower)",
    )
    add_reading(command)


def add_noising(command: argparse.ArgumentParser) -> None:
    """What `noise` takes."""
    add_model(command)
    command.add_argument("image", metavar="IMAGE", help=ONE)
    command.add_argument(
        "--timesteps",
        "--t",
        metavar="T,…",
        default="0,100,200,300,400,500,600,700,800,900,999",
        help="how far into the noise: timesteps, as a rule from 0 to 999 (default: %(default)s)",
    )
    command.add_argument("--count", type=int, default=1, help="how many noises (default: %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="seed of the first; the next has the next (default: 0)")
    add_told(command)
    add_options(command)
    command.add_argument("--out", metavar="FILE.png", help="save the noisy pictures beside what is found in them")
    add_reading(command)
    add_device(command)


def add_editing(command: argparse.ArgumentParser) -> None:
    """What `edit` takes: all that `sample` does, a picture, and how it is drawn anew."""
    add_sampling(command, count=4, out="edited.png")
    command.add_argument("image", metavar="IMAGE", help=ONE)
    command.add_argument(
        "--way",
        choices=WAYS,
        default=WAYS[0],
        help="add noise and take it away again, or find the noise that the picture comes from and draw from there "
        "(default: %(default)s)",
    )
    command.add_argument(
        "--strength",
        type=float,
        default=0.5,
        help="how little of the picture is left, 0 to 1 (default: %(default)s)",
    )
    add_reading(command)


def add_restoring(command: argparse.ArgumentParser) -> None:
    """What `restore` takes: all that `sample` does, a picture, and what is spoiled of it."""
    add_sampling(command, count=4, out="restored.png")
    command.add_argument("image", metavar="IMAGE", help=ONE)
    command.add_argument(
        "--factor", type=int, default=1, help="keep the means of 2×2 or 4×4 pixels only: 2 or 4 (default: 1, all)"
    )
    command.add_argument("--grey", action="store_true", help="keep the mean of the colours only")
    command.add_argument(
        "--mask",
        metavar="|".join([*MASKS, "FILE"]),
        help="lose what this says; in a square picture file, what is white (default: nothing)",
    )
    command.add_argument(
        "--noise", type=float, default=0.0, help=f"standard deviation of added noise, 0 to {MOST_NOISE} (default: none)"
    )
    add_reading(command)


def add_translating(command: argparse.ArgumentParser) -> None:
    """What `translate` takes: all that `sample` does, a picture, and to which kind."""
    add_sampling(command, count=1, out="translated.png")
    command.add_argument("image", metavar="IMAGE", help=ONE)
    command.add_argument("--to", metavar="KIND", help="colour or drawing, sunglasses or plain (default: the former)")
    command.add_argument(
        "--prepared",
        action="store_true",
        help="make what is translated of the picture first: a pencil drawing of one in colour",
    )
    add_reading(command)


def add_descending(command: argparse.ArgumentParser) -> None:
    """What `descend` takes: all that `sample` does, and a picture."""
    add_sampling(command, count=8, out="rolled.png")
    command.add_argument("image", metavar="IMAGE", help=ONE)
    add_reading(command)


def add_scoring(command: argparse.ArgumentParser) -> None:
    """What `score` takes."""
    add_model(command)
    command.add_argument("image", metavar="IMAGE", nargs="+", help=SEVERAL)
    add_told(command)
    command.add_argument(
        "--heatmap", metavar="FILE.png", help="save the pictures with maps of the model's surprise beside them"
    )
    add_reading(command)
    add_device(command)
