"""Stacked digits: three of MNIST's digits as the red, green and blue of one picture, so that there are 1,000 kinds of
picture, and which of them a model draws can be counted. Metz et al., "Unrolled Generative Adversarial Networks", 2017,
section 3.3.1, https://arxiv.org/abs/1611.02163.
"""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from generative.data.dataset import BUNDLED, Dataset, Openings
from generative.data.idx import has_idx, read_idx

COLOURS, DIGITS = ("red", "green", "blue"), tuple("0123456789")
SEEDS = {"train": 0, "test": 1}


def stack(folder: Path, split: str, size: int) -> tuple[Tensor, Tensor]:
    """Images (N, 3, H, W) uint8 and digits (N, 3): as many as MNIST's split has, each channel any digit of it.

    Raises MissingData.
    """
    images, classes = read_idx("MNIST", folder, split, size)
    generator = torch.Generator().manual_seed(SEEDS[split])
    chosen = torch.randint(len(images), (len(images), len(COLOURS)), generator=generator)
    return images[chosen, 0], classes[chosen]


def captions(labels: Tensor) -> tuple[str, ...]:
    """(N, 3) digits → "red 3, green 1, blue 4"."""
    return tuple(", ".join(f"{c} {digit}" for c, digit in zip(COLOURS, row, strict=True)) for row in labels.tolist())


STACKED_MNIST = Dataset(
    "stacked-mnist",
    "Stacked digits",
    stack,
    (),
    size=28,
    channels=3,
    licence="CC BY-SA 3.0, © Yann LeCun and Corinna Cortes",
    source="https://arxiv.org/abs/1611.02163",
    attributes=dict.fromkeys(COLOURS, DIGITS),
    background="black",
    examples=BUNDLED / "stacked-mnist.png",
    group="digits",
    openings=Openings("+ red: 7", sets=(("red: 8",), ("red: 3",), ("red: 1",))),
    strange=("mnist", "3"),
    captions=captions,
    here=partial(has_idx, "MNIST"),
    like="mnist",
    mirrors=False,
    counted=10_000,
)
