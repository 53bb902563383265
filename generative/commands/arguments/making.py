"""What commands take that make, measure and keep models."""

import argparse
from pathlib import Path

from generative.commands.arguments.asking import add_device, add_model
from generative.figures import EXTRACTORS


def add_learning(command: argparse.ArgumentParser) -> None:
    """What `features` takes."""
    add_model(command)
    few = "1,2,5,10,50,500"
    command.add_argument("--labels", metavar="N,…", default=few, help="labels of each class, 1 to 500 (%(default)s)")
    command.add_argument("--seed", type=int, default=0, help="of the first draw of labelled pictures (default: 0)")
    command.add_argument("--clusters", type=int, default=10, help="of k-means on the features (default: %(default)s)")
    command.add_argument(
        "--out", metavar="FILE.png", help="save pictures that are told wrongly, taught the first number of labels"
    )
    command.add_argument("--json", action="store_true", help="print all figures as JSON")
    add_device(command)


def add_train(command: argparse.ArgumentParser) -> None:
    """What `train` takes."""
    command.add_argument("models", metavar="MODEL", nargs="*", help="data set and model, such as fashion-mnist/vae")
    command.add_argument("--all", action="store_true", help="every model that comes with the project")
    command.add_argument("--jobs", type=int, default=1, help="of several models, how many at a time, a core each")
    budget = command.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, help="processor time, on a GPU wall time (default: its recipe's)")
    budget.add_argument("--steps", type=int, help="how many batches instead; the same seed then gives the same model")
    words = "let the model that is there learn on, for so much more; what is kept of it are its averaged weights"
    command.add_argument("--further", action="store_true", help=words)
    command.add_argument("--seed", type=int, default=0, help="seed of weights, order and noise (default: 0)")
    command.add_argument("--data", help="folder of data sets (default: GENERATIVE_DATA, else data)")
    command.add_argument("--runs", default="runs", help="folder for the state of unfinished runs (default: runs)")
    command.add_argument("--batch-size", type=int, help="images in a batch (default: what the model's recipe says)")


def add_evaluate(command: argparse.ArgumentParser) -> None:
    """What `evaluate` takes."""
    command.add_argument("models", metavar="MODEL", nargs="*", help="model ids")
    command.add_argument("--all", action="store_true", help="every model there is")
    command.add_argument(
        "--settings", action="store_true", help="of diffusion models: under many samplers, steps and kinds of guidance"
    )
    command.add_argument("--most", type=int, help="with --settings: leave out what takes more network evaluations")
    command.add_argument("--samples", type=int, default=2000, help="images to draw from each (default: 2000)")
    words = "compare in the features of this network too, as others do; needs torch-fidelity, and fetches it once"
    command.add_argument("--extractor", choices=[*EXTRACTORS], help=words)
    command.add_argument("--seed", type=int, default=0, help="seed of the first (default: 0)")
    command.add_argument("--data", help="folder of data sets (default: GENERATIVE_DATA, else data)")
    add_device(command)


def add_benchmark(command: argparse.ArgumentParser) -> None:
    """What `benchmark` takes."""
    command.add_argument("models", metavar="MODEL", nargs="*", help="model ids or folders (default: all that draw)")
    command.add_argument("--json", action="store_true", help="JSON instead of a Markdown table")
    command.add_argument("--out", metavar="FILE", help="write to this file instead of the screen")
    command.add_argument("--no-app", action="store_true", help="do not time the start of the web page")
    add_device(command)


def add_list(command: argparse.ArgumentParser) -> None:
    """What `list` takes."""
    command.add_argument("--json", action="store_true", help="print everything that is known of them as JSON")


def add_readme(command: argparse.ArgumentParser) -> None:
    """What `readme` takes."""
    command.add_argument("file", metavar="FILE", nargs="?", default="README.md", help="the README (%(default)s)")


def add_recording(command: argparse.ArgumentParser) -> None:
    """What `record` takes."""
    command.add_argument("--out", metavar="FOLDER", type=Path, help="where to (default: into the page)")
    add_device(command)


def add_shrinking(command: argparse.ArgumentParser) -> None:
    """What `shrink` takes."""
    command.add_argument("models", metavar="MODEL", nargs="+", help="model ids or folders")


def add_pushing(command: argparse.ArgumentParser) -> None:
    """What `push` takes."""
    add_model(command)
    command.add_argument("repo", metavar="REPO", help="owner/name on the hub; made if it is not there")
    command.add_argument("--private", action="store_true", help="make a new repository private")
