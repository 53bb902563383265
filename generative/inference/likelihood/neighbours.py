"""The nearest training images, by pixels: has a model learnt, or memorised? A model that memorises draws images much
nearer to a training image than test images are."""

import threading
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from generative.data.dataset import data_root
from generative.data.known import dataset as known
from generative.data.known import read, title
from generative.data.subset import Subset, shrunk, subset
from generative.errors import CannotWrite, MissingData

CHUNK = 4_000_000  # values of training images compared at once
KEPT = 2  # training splits held in memory
SHORTLIST = 16  # of 2,000 avatars of 8×8 pixels the nearest of 64×64 was among these for 200 of 200, among 8 for 98 %

_reading = threading.Lock()


@dataclass(frozen=True, eq=False)
class Nearest:
    """distances: (N,) root mean square pixel difference to the nearest training image, 0 (a copy) to 1.
    indices: (N,) int64, which training image that is."""

    distances: Tensor
    indices: Tensor


def nearest_training(images: Tensor, training: Tensor) -> Nearest:
    """For images (N, C, H, W) in [0, 1], the nearest of training (M, C, H, W), uint8 as `data.known.read` gives it.

    Works on the device of `images`, chunk by chunk: 2,000 against 60,000 of 28×28 takes seconds on one CPU core.
    """
    flat = images.float().flatten(1)
    best = flat.new_full((len(flat),), torch.inf)
    indices = torch.zeros(len(flat), dtype=torch.int64, device=flat.device)
    together = max(1, CHUNK // flat.shape[1])
    for start in range(0, len(training), together):
        known = from_bytes(training[start : start + together], flat)
        # |x − y|² without |x|², which is the same for all y.
        nearest, place = (known.square().sum(1) - 2 * flat @ known.T).min(1)
        indices = torch.where(nearest < best, place + start, indices)
        best = torch.minimum(nearest, best)
    # The sum above loses small differences to rounding, so the winner's distance is measured afresh.
    winners = from_bytes(training[indices.to(training.device)], flat)
    return Nearest((flat - winners).square().mean(1).sqrt(), indices)


def from_bytes(images: Tensor, like: Tensor) -> Tensor:
    """uint8 images → (N, D) in [0, 1], on the device of `like`."""
    return images.to(like).flatten(1).div_(255)


@dataclass(frozen=True, eq=False)
class Found(Nearest):
    """images: (N, C, H, W) uint8, the training images that are nearest. among: how many were looked through, which
    are the `whole` training split or its first ones."""

    images: Tensor
    among: int
    whole: bool


def nearest_known(dataset: str, images: Tensor) -> Found:
    """For images (N, C, size, size) in [0, 1] the nearest of the training images that can be had at once: of all, where
    they lie on this machine; else of those bundled. Of a data set that bundles none all are read, wherever they are.

    Raises MissingData, CannotWrite or InvalidOption.
    """
    few = subset(dataset)
    if few is not None and not known(dataset).here(data_root()):
        return of_few(few, images)
    try:
        training = training_images(dataset, images.shape[-1])
    except (MissingData, CannotWrite):
        if few is None:
            raise
        return of_few(few, images)
    nearest = nearest_training(images, training)
    return Found(nearest.distances, nearest.indices, training[nearest.indices], len(training), True)


def of_few(few: Subset, images: Tensor) -> Found:
    """The nearest of those bundled, for images (N, C, H, W). Where these are smaller than they were, they choose
    `SHORTLIST` for each image, and the whole ones tell which is nearest."""
    size, small = images.shape[-1], few.tiles.shape[-1]
    tiles = few.tiles.float().flatten(1) / 255
    wanted = 1 if small == size else SHORTLIST
    chosen = torch.cdist(shrunk(images, small).flatten(1), tiles).topk(wanted, largest=False).indices
    indices, places = chosen.unique(return_inverse=True)
    full = few.images(indices, size)
    apart = (images[:, None] - full[places].float() / 255).square().mean((2, 3, 4)).sqrt()  # (N, wanted)
    distances, best = apart.min(1)
    rows = places.gather(1, best[:, None])[:, 0]
    return Found(distances, indices[rows], full[rows], len(few.tiles), False)


def training_images(dataset: str, size: int) -> Tensor:
    """(M, C, size, size) uint8, read at first use and then kept. Raises MissingData, CannotWrite or InvalidOption."""
    with _reading:  # so that two visitors at once do not read or download the same images twice
        return _read_once(dataset, size)


@lru_cache(maxsize=KEPT)
def _read_once(dataset: str, size: int) -> Tensor:
    return read(dataset, "train", size=size)[0]


def waiting_words(dataset: str) -> str:
    """What a visitor who waits for the nearest training images of a data set is told."""
    return f"Looking through the training images of {title(dataset)} …"
