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

CHUNK = 4_000_000  # values of training images compared at once
KEPT = 2  # training splits held in memory

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


def training_images(dataset: str, size: int) -> Tensor:
    """(M, C, size, size) uint8, read at first use and then kept. Raises MissingData, CannotWrite or InvalidOption."""
    with _reading:  # so that two visitors at once do not render or download the same images twice
        return _read_once(dataset, size)


@lru_cache(maxsize=KEPT)
def _read_once(dataset: str, size: int) -> Tensor:
    return read(dataset, "train", size=size)[0]


def waiting_words(dataset: str) -> str:
    """What a visitor who waits for the nearest training images of a data set is told."""
    return known(dataset).making(data_root()) or f"Looking through all training images of {title(dataset)} …"
