"""Does a likelihood tell what belongs to the data from what does not? It need not: Nalisnick et al., "Do Deep
Generative Models Know What They Don't Know?", 2019."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.data.known import read
from generative.errors import MissingData
from generative.evaluation.bootstrap import error_of_mean
from generative.evaluation.figure import Figure, Figures
from generative.evaluation.run import Run

MOST = 500  # images of each kind
GRAIN = 0.1  # deviation of the noise of grainy copies, where pixel values go from 0 to 1


def anomalies(
    score: Callable[[Tensor, str], Tensor], images: Tensor, bits: Tensor, run: Run, unit: str = "bits/dim"
) -> Figures:
    """How well bits/dim tell other images from the first of test images (N, C, H, W), uint8, whose `bits` are known.

    `score` gives the bits/dim (N,) of uint8 images, or what else `unit` says; its second argument says to a progress
    bar what is scored.
    """
    images, bits = images[:MOST], bits[:MOST]
    generator = torch.Generator().manual_seed(run.seed)
    strange = {
        "shuffled": (row_shuffled(images, generator), "copies of them, the rows of each shuffled"),
        "grainy": (grainy(images, generator), f"copies of them with Gaussian noise of deviation {GRAIN}"),
        "shifted": (images.roll(images.shape[-1] // 4, 3), "copies of them, shifted sideways by a quarter and round"),
        "noise": (torch.randint(256, images.shape, generator=generator).to(torch.uint8), "images of uniform noise"),
    }
    if (other := other_images(images, run)) is not None:
        words = f"test images of {run.dataset.strange[0]}, in the same size and channels"
        strange = {"other_dataset": (other, words), **strange}
    figures = {}
    for name, (others, words) in strange.items():
        won = pairs(bits, score(others, name.replace("_", " ")))
        how = f"How well {unit} tell the first {len(images):,} test images from {len(others):,} {words}: the share of "
        how += "pairs in which the test image is the more probable one, ½ being chance."
        figures[f"auroc_{name}"] = Figure(float(won.mean()), how, error=error_of_auroc(won))
    return figures


def auroc(usual: Tensor, strange: Tensor) -> float:
    """The area under the ROC curve: the probability that one of scores (N,) is below one of scores (M,), ties half."""
    return float(pairs(usual, strange).mean())


def pairs(usual: Tensor, strange: Tensor) -> Tensor:
    """(N, M) float64: 1 where one of scores (N,) is below one of scores (M,), ½ where they are equal."""
    differences = strange[None] - usual[:, None]
    return (differences > 0).double() + (differences == 0).double() / 2


def error_of_auroc(won: Tensor) -> float:
    """The standard error of the mean of (N, M) pairs, image i of the one kind going with i of the other, of which it
    may be a copy: DeLong et al., "Comparing the Areas under Two or More Correlated ROC Curves", 1988 (eq. 4 to 6)."""
    both = min(won.shape)
    return error_of_mean(won.mean(1)[:both] + won.mean(0)[:both])


def grainy(images: Tensor, generator: torch.Generator) -> Tensor:
    """(N, C, H, W) uint8 with noise on every value."""
    noise = 255 * GRAIN * torch.randn(images.shape, generator=generator)
    return (images.float() + noise).round().clamp(0, 255).to(torch.uint8)


def row_shuffled(images: Tensor, generator: torch.Generator) -> Tensor:
    """(N, C, H, W) with the rows of each image in an order of its own."""
    order = torch.rand(images.shape[0], images.shape[2], generator=generator).argsort(1)
    return images.gather(2, order[:, None, :, None].expand_as(images))


def other_images(images: Tensor, run: Run) -> Tensor | None:
    """As many test images of the other data set, shaped like `images`; None where there is none to be had."""
    if run.dataset.strange is None:
        return None
    try:
        other = read(run.dataset.strange[0], "test", run.data)[0][: len(images)]
    except MissingData:
        return None
    size, channels = images.shape[-1], images.shape[1]
    if other.shape[-1] != size:
        smooth = F.interpolate(other.float(), (size, size), mode="bilinear", antialias=True)
        other = smooth.round().clamp(0, 255).to(torch.uint8)
    return other.expand(-1, channels, -1, -1)
