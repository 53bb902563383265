"""A few labelled images of a data set, bundled: of every class its first training images and its first test images.

They lie in one picture, a tile each, class by class, the training images of all classes before the test images of all.
`python -m generative.data.by_class DATASET` writes it.
"""

import sys
from dataclasses import dataclass
from functools import cache

import torch
from PIL import Image
from torch import Tensor

from generative.data.dataset import Dataset
from generative.data.examples import pixels
from generative.data.known import dataset, read
from generative.errors import NotSupported

TRAINING, TEST, ACROSS = 500, 100, 50


@dataclass(frozen=True, eq=False)
class ByClass:
    """training: (K, 500, C, H, W) and test: (K, 100, C, H, W), both uint8; K classes."""

    kind: Dataset
    training: Tensor
    test: Tensor


@cache
def by_class(name: str) -> ByClass:
    """What is bundled of a data set. Raises NotSupported where nothing is."""
    kind = dataset(name)
    if kind.by_class is None or not kind.by_class.exists():
        raise NotSupported(f"No labelled images of {kind.title} are bundled", "dataset")
    with Image.open(kind.by_class) as picture:
        sheet = pixels(picture.convert("RGB" if kind.channels == 3 else "L"))
    tiles = sheet.unfold(1, kind.size, kind.size).unfold(2, kind.size, kind.size).permute(1, 2, 0, 3, 4).flatten(0, 1)
    classes = len(kind.classes)
    training, test = tiles.split([classes * TRAINING, classes * TEST])
    return ByClass(kind, *(part.unflatten(0, (classes, -1)).contiguous() for part in (training, test)))


def sheet(name: str, root: str | None = None) -> Image.Image:
    """The picture of a data set whose images lie below a data root."""
    kind, parts = dataset(name), []
    for split, count in (("train", TRAINING), ("test", TEST)):
        images, labels = read(name, split, root)
        parts += [images[labels == number][:count] for number in range(len(kind.classes))]
    rows = torch.cat(parts).unflatten(0, (-1, ACROSS)).permute(0, 3, 1, 4, 2).flatten(2, 3).flatten(0, 1)
    return Image.fromarray(rows.squeeze(2).numpy())


if __name__ == "__main__":
    target = dataset(sys.argv[1]).by_class
    assert target, "this data set bundles none"
    sheet(sys.argv[1]).save(target, lossless=True, quality=100, method=6)
