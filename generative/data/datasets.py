"""The data sets by name, as tensors in memory."""

import gzip
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
import torchvision
from torch import Tensor

from generative.data import avatars
from generative.errors import InvalidOption, MissingData, check_choice, near, shown

SPLITS = ["train", "test"]


@dataclass(frozen=True)
class Dataset:
    """What is known of a data set without reading it.

    An image belongs to one of `classes`, or has one value of each of `attributes`. `load` reads a split at one of
    `sizes` below a data root; `size` is the one that models have unless they say otherwise. Training images have none
    of the combinations of attributes `held_out`.
    """

    id: str
    title: str
    load: Callable[[Path, str, int], tuple[Tensor, Tensor]]
    classes: tuple[str, ...]
    size: int
    channels: int
    licence: str
    source: str
    sizes: tuple[int, ...] = (28,)
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held_out: tuple[Mapping[str, str], ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """All that an image can be told to show: its classes, or "glasses: sun" for each value of each attribute."""
        return self.classes or tuple(f"{name}: {v}" for name, values in self.attributes.items() for v in values)

    def pixels(self, size: int | None) -> int:
        """`size`, or the data set's own for None. Raises InvalidOption for one that it does not have."""
        if size is not None and size not in self.sizes:
            sizes = " or ".join(map(str, self.sizes))
            raise InvalidOption(f"{self.title} has images of {sizes} pixels, not {shown(size)}", "size")
        return size or self.size


def read_avatars(folder: Path, split: str, size: int) -> tuple[Tensor, Tensor]:
    return avatars.Avatars(folder, split, avatars.COUNTS[split]).read(size)


def read_idx(kind: type, folder: Path, split: str, size: int) -> tuple[Tensor, Tensor]:
    """A data set of torchvision, at the one size that it has."""
    raw = folder / kind.__name__ / "raw"
    unpack(raw)
    try:
        data = kind(str(folder), train=split == "train", download=True)
    except (RuntimeError, OSError, ValueError) as e:
        raise MissingData(
            f"{kind.__name__} is not in {raw.parent.resolve()} and could not be downloaded ({e}). Put its idx files in "
            f"{raw}, or name another data root with --data or GENERATIVE_DATA."
        ) from e
    images = torch.as_tensor(data.data)
    images = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2)
    return images.contiguous(), torch.as_tensor(data.targets, dtype=torch.int64)


def unpack(raw: Path) -> None:
    """Unzip the idx files that lie there only as .gz, which is how they are handed on."""
    for packed in raw.glob("*.gz"):
        if not packed.with_suffix("").exists():
            with gzip.open(packed) as source, packed.with_suffix(".part").open("wb") as target:
                shutil.copyfileobj(source, target)
            packed.with_suffix(".part").rename(packed.with_suffix(""))


DATASETS = {
    d.id: d
    for d in [
        Dataset(
            "fashion-mnist",
            "Fashion-MNIST",
            partial(read_idx, torchvision.datasets.FashionMNIST),
            ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
            28,
            1,
            "MIT, © 2017 Zalando SE",
            "https://github.com/zalandoresearch/fashion-mnist",
        ),
        Dataset(
            "mnist",
            "MNIST",
            partial(read_idx, torchvision.datasets.MNIST),
            tuple("0123456789"),
            28,
            1,
            "CC BY-SA 3.0",
            "http://yann.lecun.com/exdb/mnist/",
        ),
        Dataset(
            "avatars",
            "Avatars",
            read_avatars,
            (),
            32,
            3,
            "MIT; drawings by Pablo Stanley, free for personal and commercial use",
            "https://github.com/ibonn/python_avatars",
            sizes=avatars.SIZES,
            attributes=avatars.ATTRIBUTES,
            held_out=avatars.HELD_OUT,
        ),
    ]
}


def dataset(name: str) -> Dataset:
    """The data set of that id. Raises MissingData for an unknown one."""
    if name not in DATASETS:
        raise MissingData(f"There is no data set {shown(name)}. {near(name, list(DATASETS))}", "dataset")
    return DATASETS[name]


def in_order(names: Iterable[str]) -> list[str]:
    """The ids of data sets, each once: those of DATASETS in their order, then the others."""
    there = dict.fromkeys(names)
    return [*(name for name in DATASETS if name in there), *(name for name in there if name not in DATASETS)]


def title(name: str) -> str:
    """What people call a data set; for one that the project does not know, its id."""
    return DATASETS[name].title if name in DATASETS else name


def data_root(given: str | Path | None = None) -> Path:
    """Where data sets lie: `given`, else the environment's GENERATIVE_DATA, else ./data."""
    return Path(given or os.environ.get("GENERATIVE_DATA") or "data")


def read(name: str, split: str, root: str | Path | None = None, size: int | None = None) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W) uint8 and labels int64 of the "train" or "test" split, `size` pixels high and wide.

    Labels are (N,), the class; or (N, A), the index of the value of each of A attributes. What is not under the data
    root is downloaded or rendered. Raises InvalidOption for a split or size that there is not, MissingData when the
    images are neither there nor to be had, CannotWrite when there is no room for them.
    """
    kind = dataset(name)
    check_choice("split", split, SPLITS)
    return kind.load(data_root(root), split, kind.pixels(size))
