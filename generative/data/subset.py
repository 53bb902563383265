"""The first 2,000 training images of a data set, bundled: for where all of them are not at hand.

They lie in a picture beside the data set's examples, a tile each: the images themselves; or, of a data set whose images
are rendered, no more than is needed to look one up, its pixels averaged over blocks, for the image can be made again.
`python -m generative.data.subset DATASET` writes it.
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

COUNT, ACROSS = 2_000, 50
RENDERED = 8  # pixels across the tile of an image that can be rendered
LARGEST = 64  # pixels across the images that tiles are made of


@dataclass(frozen=True, eq=False)
class Subset:
    """tiles: (COUNT, C, s, s) uint8, in the order of the training split; each an image or its small version."""

    kind: Dataset
    tiles: Tensor

    def images(self, indices: Tensor, size: int) -> Tensor:
        """(N, C, size, size) uint8 of (N,) indices; rendered, where only small versions lie here."""
        if self.kind.rendered is None:
            return self.tiles[indices]
        return self.kind.rendered.images(self.kind.rendered.labels("train")[indices], size)


@cache
def subset(name: str) -> Subset | None:
    """What is bundled of a data set's training split; None where nothing is."""
    kind = dataset(name)
    if kind.subset is None or not kind.subset.exists():
        return None
    size = RENDERED if kind.rendered else kind.size
    with Image.open(kind.subset) as picture:
        sheet = pixels(picture)[: kind.channels]  # WebP stores grey as three equal channels
    tiles = sheet.unfold(1, size, size).unfold(2, size, size).permute(1, 2, 0, 3, 4)
    return Subset(kind, tiles.flatten(0, 1).contiguous())


def sheet(name: str, root: str | None = None) -> Image.Image:
    """The tiles of the first COUNT training images, row by row."""
    kind = dataset(name)
    tiles = read(name, "train", root, min(LARGEST, max(kind.sizes)))[0][:COUNT]
    if kind.rendered:
        tiles = shrunk(tiles.float(), RENDERED).round().to(torch.uint8)
    rows = tiles.unflatten(0, (-1, ACROSS)).permute(0, 3, 1, 4, 2).flatten(2, 3).flatten(0, 1)
    return Image.fromarray(rows.squeeze(2).numpy())


def shrunk(images: Tensor, size: int) -> Tensor:
    """(N, C, size, size): the mean of each block of pixels of (N, C, H, W)."""
    return torch.nn.functional.adaptive_avg_pool2d(images, size)


if __name__ == "__main__":
    target = dataset(sys.argv[1]).subset
    assert target, "this data set bundles none"
    sheet(sys.argv[1]).save(target, lossless=True, quality=100, method=6)
