"""A few test images of each data set, bundled for the places where someone picks one.

Of data sets with classes they are the first ten of each class, a row a class; of others the first forty, ten a row,
avatars at 128 pixels; in the grid that `inference.pictures.grids.grid` makes. Each has its data set's licence.
`python -m generative.data.examples DATASET` writes those of a data set whose images are not rendered.
"""

import sys
from functools import cache

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from generative.data.avatars.images import halve
from generative.data.known import dataset, read
from generative.errors import InvalidOption, check_integer, near, shown

ACROSS, GAP = 10, 2
UNCLASSED = 40  # images of a data set without classes


def groups(name: str) -> tuple[str, ...]:
    """What the examples of a data set are grouped by: its classes, or the one group ("avatar",)."""
    return dataset(name).groups


def pixels(picture: Image.Image) -> Tensor:
    """(C, H, W) uint8 of a picture that has 8 bits a value."""
    values = torch.from_numpy(np.array(picture))
    return values.view(picture.height, picture.width, -1).permute(2, 0, 1)


@cache
def examples(name: str, size: int | None = None) -> Tensor:
    """(groups, each, C, size, size) in [0, 1].

    Raises InvalidOption for a data set without bundled images or a size that it does not have.
    """
    kind = dataset(name)
    size, largest = kind.pixels(size), max(kind.sizes)
    if kind.examples is None or not kind.examples.exists():
        raise InvalidOption(f"No images of {shown(name)} are bundled", "dataset")
    sheet, step = pixels(Image.open(kind.examples)), largest + GAP
    tiles = sheet.unfold(1, largest, step).unfold(2, largest, step).permute(1, 2, 0, 3, 4).contiguous()
    images = tiles.flatten(0, 1)
    while images.shape[-1] > size:
        images = halve(images)
    return (images.float() / 255).unflatten(0, (len(groups(name)), -1))


@cache
def captions(name: str) -> tuple[tuple[str, ...], ...]:
    """What each of `examples` shows, in words: its class, or the attributes that it has."""
    kind, each = dataset(name), examples(name).shape[1]
    if kind.captions and kind.rendered:
        return (kind.captions(kind.rendered.labels("test")[:each]),)
    return tuple((group,) * each for group in kind.groups)


def example(name: str, label: str, index: int = 0, size: int | None = None) -> Tensor:
    """(C, size, size) in [0, 1]: the example `index` of the group `label`, which is a class or "avatar"."""
    known = list(groups(name))
    if label not in known:
        kind = "class" if dataset(name).classes else "group"
        raise InvalidOption(f"There is no {kind} {shown(label)}. {near(label[:80], known)}", "label")
    of_group = examples(name, size)[known.index(label)]
    return of_group[check_integer("example", index, 0, len(of_group) - 1)]


def sheet(name: str, root: str | None = None) -> Image.Image:
    """The first ACROSS test images of each class, a row a class; the first of all, where there are no classes."""
    images, labels = read(name, "test", root)
    classes = range(len(dataset(name).classes))
    rows = [torch.nonzero(labels == row)[:ACROSS, 0] for row in classes] or torch.arange(UNCLASSED).split(ACROSS)
    size, step = images.shape[-1], images.shape[-1] + GAP
    pixels = np.full((len(rows) * step - GAP, ACROSS * step - GAP, images.shape[1]), 255, np.uint8)
    for row, indices in enumerate(rows):
        for column, index in enumerate(indices.tolist()):
            y, x = row * step, column * step
            pixels[y : y + size, x : x + size] = images[index].permute(1, 2, 0)
    return Image.fromarray(pixels.squeeze(2) if images.shape[1] == 1 else pixels)


if __name__ == "__main__":
    target = dataset(sys.argv[1]).examples
    assert target, "this data set bundles none"
    sheet(sys.argv[1]).save(target, optimize=True)
