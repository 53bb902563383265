"""MNIST in black and white, on which likelihoods have been compared since Salakhutdinov & Murray, "On the Quantitative
Analysis of Deep Belief Networks", 2008: a pixel is white with a probability of its grey value.

There are two ways to do that, and figures of one do not compare with those of the other:

- *fixed*: all pixels were drawn once, and everyone learns from those. The files that papers share (Larochelle's) are
  not to be had any more, so the pixels here are drawn from the seed below: the same distribution, other draws.
- *dynamic*: training images are drawn anew each time they are read, so that none is ever seen twice.

The test images are drawn once, from the seed below, and are the same for both.
"""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from generative.data.dataset import BUNDLED, SPLITS, Dataset, Openings, Published
from generative.data.idx import has_idx, read_idx
from generative.data.mnist import MNIST

SEED = 2008
TOGETHER = 10_000  # images that are drawn at a time
PIXELRNN, LIBRARY = "https://arxiv.org/abs/1601.06759", "https://github.com/EugenHotaj/pytorch-generative"
FIXED = (
    Published("PixelCNN", 81.30, PIXELRNN),
    Published("Row LSTM", 80.54, PIXELRNN),
    Published("Diagonal BiLSTM", 79.20, PIXELRNN),
)
DYNAMIC = (
    Published("PixelCNN", 81.45, LIBRARY),
    Published("Gated PixelCNN", 81.50, LIBRARY),
    Published("PixelSNAIL", 78.61, LIBRARY),
    Published("ImageGPT", 79.17, LIBRARY),
    Published("VAE", 86.77, LIBRARY, bound=True),
)


def drawn(chances: Tensor, generator: torch.Generator) -> Tensor:
    """uint8 values 0 and 255, white with a probability of `chances` (uint8) / 255."""
    thresholds = 255 * torch.rand(chances.shape, generator=generator, device=generator.device)
    return (thresholds < chances).to(torch.uint8) * 255


def read_drawn(folder: Path, split: str, size: int) -> tuple[Tensor, Tensor]:
    """Images (N, 1, H, W) uint8 of 0 and 255 and classes (N,), each time the same. Raises MissingData."""
    chances, labels = read_idx("MNIST", folder, split, size)
    generator = torch.Generator().manual_seed(SEED + SPLITS.index(split))
    return torch.cat([drawn(part, generator) for part in chances.split(TOGETHER)]), labels


def in_black_and_white(id: str, title: str, dynamic: bool) -> Dataset:
    """The record of one of the two."""
    return Dataset(
        id,
        title,
        read_drawn,
        MNIST.classes,
        size=28,
        channels=1,
        mirrors=False,
        licence=MNIST.licence,
        source=MNIST.source,
        hub=MNIST.hub,
        background="black",
        examples=BUNDLED / "mnist-binary.png",
        openings=Openings("+ class: 9", sets=(("8",), ("3",), ("1",))),
        strange=("fashion-mnist", "Sneaker"),
        here=partial(has_idx, "MNIST"),
        by_class=BUNDLED / "mnist-binary-by-class.webp",
        levels=2,
        chances=partial(read_idx, "MNIST") if dynamic else None,
        like=MNIST.id,
        published=DYNAMIC if dynamic else FIXED,
    )


MNIST_FIXED = in_black_and_white("mnist-fixed", "MNIST, fixed", dynamic=False)
MNIST_DYNAMIC = in_black_and_white("mnist-dynamic", "MNIST, dynamic", dynamic=True)
