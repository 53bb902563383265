"""Tensors and pictures: grids, animations, PNG files that know what made them."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor

from generative.models.model import drain, to_bytes
from generative.seeds import Seeds

if TYPE_CHECKING:
    from generative.models.model import Model

GAP = 2  # pixels between the images of a grid


def to_pil(image: Tensor) -> Image.Image:
    """(C, H, W) in [0, 1], grey or RGB → a picture of the same pixels."""
    values = to_bytes(image).to(torch.uint8).cpu()
    return Image.fromarray(values[0].numpy() if len(values) == 1 else values.permute(1, 2, 0).numpy())


def columns(count: int) -> int:
    """How many columns a grid of `count` images has."""
    return math.ceil(math.sqrt(count))


def grid(images: Tensor) -> Image.Image:
    """(N, C, H, W) in [0, 1] → one picture, row by row, with white gaps of two pixels."""
    n, c, h, w = images.shape
    across = columns(n)
    down = math.ceil(n / across)
    sheet = torch.ones(c, down * (h + GAP) - GAP, across * (w + GAP) - GAP)
    for i, image in enumerate(images.cpu()):
        y, x = i // across * (h + GAP), i % across * (w + GAP)
        sheet[:, y : y + h, x : x + w] = image
    return to_pil(sheet)


def sample_sheet(model: "Model", count: int = 64) -> Image.Image:
    """A grid of the images of seeds 0 … count − 1 under default options."""
    batches: Iterable[Tensor] = (drain(model.sample(s)).images for s in Seeds(0, count).batches(16))
    return grid(torch.cat(list(batches)))
