"""The data sets by name, as tensors in memory."""

from collections.abc import Iterable
from pathlib import Path

from torch import Tensor

from generative.data.avatars.record import AVATARS
from generative.data.binary_mnist import MNIST_DYNAMIC, MNIST_FIXED
from generative.data.dataset import SPLITS, Dataset, data_root
from generative.data.fashion_mnist import FASHION_MNIST
from generative.data.mnist import MNIST
from generative.data.stacked_mnist import STACKED_MNIST
from generative.errors import MissingData, check_choice, near, shown

DATASETS: dict[str, Dataset] = {
    d.id: d for d in (FASHION_MNIST, MNIST, AVATARS, MNIST_FIXED, MNIST_DYNAMIC, STACKED_MNIST)
}


def dataset(name: str) -> Dataset:
    """The data set of that id. Raises MissingData for an unknown one."""
    if not isinstance(name, str) or name not in DATASETS:  # a stranger may say anything
        raise MissingData(f"There is no data set {shown(name)}. {near(str(name), list(DATASETS))}", "dataset")
    return DATASETS[name]


def in_order(names: Iterable[str]) -> list[str]:
    """The ids of data sets, each once: those of DATASETS in their order, then the others."""
    there = dict.fromkeys(names)
    return [*(name for name in DATASETS if name in there), *(name for name in there if name not in DATASETS)]


def title(name: str) -> str:
    """What people call a data set; for one that the project does not know, its id."""
    return DATASETS[name].title if name in DATASETS else name


def read(name: str, split: str, root: str | Path | None = None, size: int | None = None) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W) uint8 and labels int64 of the "train" or "test" split, `size` pixels high and wide.

    Labels are (N,), the class; or (N, A), the index of the value of each of A attributes. What is not under the data
    root is downloaded or rendered. Raises InvalidOption for a split or size that there is not, MissingData when the
    images are neither there nor to be had, CannotWrite when there is no room for them.
    """
    kind = dataset(name)
    check_choice("split", split, SPLITS)
    return kind.load(data_root(root), split, kind.pixels(size))
