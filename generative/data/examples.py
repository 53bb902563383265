"""A few test images of each data set, bundled for the places where someone picks one.

Of Fashion-MNIST they are the first ten of each class, a row a class; of the avatars the first forty, ten a row, at 64
pixels; in the grid that `inference.images.grid` makes. Fashion-MNIST is MIT licensed, © 2017 Zalando SE; the avatars'
licence is in avatars.md.
"""

from functools import cache
from pathlib import Path

import torchvision.transforms.functional as TF
from PIL import Image
from torch import Tensor

from generative.data import avatars
from generative.data.datasets import dataset
from generative.errors import InvalidOption, check_integer, near, shown

ACROSS, GAP = 10, 2
AVATARS = 40  # in examples/avatars.png


def groups(name: str) -> tuple[str, ...]:
    """What the examples of a data set are grouped by: its classes, or the one group ("avatar",)."""
    return dataset(name).classes or ("avatar",)


@cache
def examples(name: str, size: int | None = None) -> Tensor:
    """(groups, each, C, size, size) in [0, 1].

    Raises InvalidOption for a data set without bundled images or a size that it does not have.
    """
    kind = dataset(name)
    size, largest = kind.pixels(size), max(kind.sizes)
    path = Path(__file__).parent / "examples" / f"{kind.id}.png"
    if not path.exists():
        raise InvalidOption(f"No images of {shown(name)} are bundled", "dataset")
    sheet, step = TF.pil_to_tensor(Image.open(path)), largest + GAP
    tiles = sheet.unfold(1, largest, step).unfold(2, largest, step).permute(1, 2, 0, 3, 4).contiguous()
    images = tiles.flatten(0, 1) if size == largest else avatars.halve(tiles.flatten(0, 1))
    return (images.float() / 255).unflatten(0, (len(groups(name)), -1))


@cache
def captions(name: str) -> tuple[tuple[str, ...], ...]:
    """What each of `examples` shows, in words: its class, or the attributes that it has."""
    images = examples(name)
    if classes := dataset(name).classes:
        return tuple((label,) * images.shape[1] for label in classes)
    shown_values = avatars.values_of(avatars.draw("test", images.shape[1]))
    return (tuple(avatars.caption(values) for values in shown_values),)


def example(name: str, label: str, index: int = 0, size: int | None = None) -> Tensor:
    """(C, size, size) in [0, 1]: the example `index` of the group `label`, which is a class or "avatar"."""
    known = list(groups(name))
    if label not in known:
        kind = "class" if dataset(name).classes else "group"
        raise InvalidOption(f"There is no {kind} {shown(label)}. {near(label[:80], known)}", "label")
    of_group = examples(name, size)[known.index(label)]
    return of_group[check_integer("example", index, 0, len(of_group) - 1)]
