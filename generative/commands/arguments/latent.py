"""What commands take that are about latents."""

import argparse

from generative.commands.arguments.asking import SEVERAL, add_device, add_model, add_reading, add_result
from generative.commands.latent import SIDE, STEPS
from generative.inference.latent.atlas import METHODS
from generative.inference.latent.walks import PATHS

FORMULA = 'such as "+1.0 glasses - 0.5 beard + smile"; one that begins with a minus has a space after it'
END = "a picture file, example:CLASS/0 … 9, or seed:7"


def add_encoding(command: argparse.ArgumentParser) -> None:
    """What `encode` takes."""
    add_model(command)
    command.add_argument("image", metavar="IMAGE", nargs="+", help=SEVERAL)
    command.add_argument(
        "--out",
        metavar="FILE",
        help="a .json or .safetensors holds the latents, a .png the pictures beside what is decoded again",
    )
    command.add_argument(
        "--noise", type=float, default=0.0, help="standard deviation of noise to add first, 0 to 1 (default: none)"
    )
    command.add_argument("--seed", type=int, default=0, help="seed of the first picture's noise (default: 0)")
    add_reading(command)
    add_device(command)


def add_interpolating(command: argparse.ArgumentParser) -> None:
    """What `interpolate` takes."""
    add_model(command)
    command.add_argument(
        "ends",
        metavar="END",
        nargs="+",
        help=f"two for a walk, or four for a grid (top left, top right, bottom left, bottom right), each {END}",
    )
    command.add_argument("--steps", type=int, help=f"images of a walk, both ends included (default: {STEPS})")
    command.add_argument("--side", type=int, help=f"images on each side of a grid (default: {SIDE})")
    command.add_argument(
        "--path", choices=PATHS, default="slerp", help="along an arc around the origin, or straight (default: slerp)"
    )
    add_result(command, "walk.png", "a .png holds all images, a .gif or .webp shows them one after another")


def add_arithmetic(command: argparse.ArgumentParser) -> None:
    """What `arithmetic` takes: a start and a formula, or three sets of pictures."""
    add_model(command)
    command.add_argument("start", metavar="START", nargs="?", help=END)
    command.add_argument("formula", metavar="FORMULA", nargs="?", help=FORMULA)
    for name, words in (("a", "to start from"), ("b", "to take away"), ("c", "to add")):
        command.add_argument(
            f"--{name}",
            metavar="IMAGE",
            nargs="+",
            help=f"for A − B + C, what {words}: the mean of these pictures, folders or seeds",
        )
    command.add_argument("--list", action="store_true", help="show what a formula may name, and how well it works")
    command.add_argument(
        "--method",
        choices=METHODS,
        default=METHODS[0],
        help="exchange the value that is shown for the one wanted, or add what is the same for all pictures: a "
        "difference of means, or the normal of a classifier's plane (default: %(default)s)",
    )
    add_result(command, "result.png", "a .png holds the start, or A, B and C, and the result, a .gif or .webp the way")
