"""The data sets by name, as tensors in memory."""

import gzip
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torchvision
from torch import Tensor

from generative.errors import MissingData, near, shown


@dataclass(frozen=True)
class Dataset:
    """What is known of a data set without reading it."""

    id: str
    title: str
    folder: str
    load: Callable
    classes: tuple[str, ...]
    size: int
    channels: int
    licence: str
    source: str


DATASETS = {
    d.id: d
    for d in [
        Dataset(
            "fashion-mnist",
            "Fashion-MNIST",
            "FashionMNIST",
            torchvision.datasets.FashionMNIST,
            ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
            28,
            1,
            "MIT, © 2017 Zalando SE",
            "https://github.com/zalandoresearch/fashion-mnist",
        ),
        Dataset(
            "mnist",
            "MNIST",
            "MNIST",
            torchvision.datasets.MNIST,
            tuple("0123456789"),
            28,
            1,
            "CC BY-SA 3.0",
            "http://yann.lecun.com/exdb/mnist/",
        ),
    ]
}


def dataset(name: str) -> Dataset:
    """The data set of that id. Raises MissingData for an unknown one."""
    if name not in DATASETS:
        raise MissingData(f"There is no data set {shown(name)}. {near(name, list(DATASETS))}", "dataset")
    return DATASETS[name]


def data_root(given: str | Path | None = None) -> Path:
    """Where data sets lie: `given`, else the environment's GENERATIVE_DATA, else ./data."""
    return Path(given or os.environ.get("GENERATIVE_DATA") or "data")


def read(name: str, split: str, root: str | Path | None = None) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W) uint8 and labels (N,) int64 of the "train" or "test" split, downloaded if they are not there.

    Raises MissingData when they are neither there nor to be had.
    """
    kind, folder = dataset(name), data_root(root)
    unpack(folder / kind.folder / "raw")
    try:
        data = kind.load(str(folder), train=split == "train", download=True)
    except (RuntimeError, OSError, ValueError) as e:
        raise MissingData(
            f"{kind.title} is not in {folder.resolve() / kind.folder} and could not be downloaded ({e}). Put its idx "
            f"files in {folder / kind.folder / 'raw'}, or name another data root with --data or GENERATIVE_DATA."
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
