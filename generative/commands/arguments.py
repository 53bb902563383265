"""The words that follow a command: what each takes, with its help."""

import argparse

from generative.commands.latent import SIDE, STEPS
from generative.inference.inputs import MOST_NOISE, WAYS
from generative.inference.latent.atlas import METHODS
from generative.inference.latent.walks import PATHS
from generative.inference.pictures.masks import MASKS

ONE = "a picture file, or example:CLASS/0 … 9"
SEVERAL = "picture files, folders, or example:CLASS/0 … 9"
FORMULA = 'such as "+1.0 glasses - 0.5 beard + smile"; one that begins with a minus has a space after it'
END = "a picture file, example:CLASS/0 … 9, or seed:7"


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


def add_guiding(command: argparse.ArgumentParser) -> None:
    """What a model that can be guided takes besides."""
    command.add_argument(
        "--against",
        metavar="CLASS",
        help="what guidance leads away from, a class or an attribute (default: nothing told)",
    )


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


def add_costing(command: argparse.ArgumentParser) -> None:
    """What `cost` takes."""
    add_model(command)
    command.add_argument("--json", action="store_true", help="print all of it as JSON")
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


def add_composing(command: argparse.ArgumentParser) -> None:
    """What `compose` takes: all that `sample` does, and what else to draw."""
    add_sampling(command, out="composed.png")
    command.add_argument(
        "--other", required=True, metavar="CLASS", help='what else to draw: a class, or attributes, "glasses: sun"'
    )


def add_table(command: argparse.ArgumentParser) -> None:
    """Where a table of runs goes."""
    command.add_argument("--out", metavar="FILE.png", help="save the pictures as a table")
    command.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_device(command)


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
    command.add_argument("--count", type=int, default=4, help="how many pictures of each (default: %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="of the first picture's noise (default: 0)")
    add_told(command)
    command.add_argument("--out", metavar="FILE.png", help="save the pictures, a column for each model")
    command.add_argument("--json", action="store_true", help="print what is known of each as JSON")
    add_device(command)


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


def add_train(command: argparse.ArgumentParser) -> None:
    """What `train` takes."""
    command.add_argument("models", metavar="MODEL", nargs="*", help="data set and model, such as fashion-mnist/vae")
    command.add_argument("--all", action="store_true", help="every model that comes with the project")
    command.add_argument("--jobs", type=int, default=1, help="of several models, how many at a time, a core each")
    budget = command.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, help="processor time, on a GPU wall time (default: its recipe's)")
    budget.add_argument("--steps", type=int, help="how many batches instead; the same seed then gives the same model")
    command.add_argument("--seed", type=int, default=0, help="seed of weights, order and noise (default: 0)")
    command.add_argument("--data", help="folder of data sets (default: GENERATIVE_DATA, else data)")
    command.add_argument("--runs", default="runs", help="folder for the state of unfinished runs (default: runs)")
    command.add_argument("--batch-size", type=int, help="images in a batch (default: what the model's recipe says)")


def add_evaluate(command: argparse.ArgumentParser) -> None:
    """What `evaluate` takes."""
    command.add_argument("models", metavar="MODEL", nargs="*", help="model ids")
    command.add_argument("--all", action="store_true", help="every model there is")
    command.add_argument("--samples", type=int, default=2000, help="images to draw from each (default: 2000)")
    command.add_argument("--seed", type=int, default=0, help="seed of the first (default: 0)")
    command.add_argument("--data", help="folder of data sets (default: GENERATIVE_DATA, else data)")
    add_device(command)
