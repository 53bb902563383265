"""The idx files of MNIST and of those that followed it: http://yann.lecun.com/exdb/mnist/."""

import gzip
import os
import shutil
from pathlib import Path

import torch
from torch import Tensor

from generative.errors import MissingData


def read_idx(name: str, folder: Path, split: str, size: int) -> tuple[Tensor, Tensor]:
    """Images (N, 1, H, W) uint8 and classes (N,) of a data set of torchvision, at the one size that it has.

    Downloads what is not there. Raises MissingData.
    """
    import torchvision  # which takes seconds

    raw, kind = folder / name / "raw", getattr(torchvision.datasets, name)
    unpack(raw)
    try:
        data = kind(str(folder), train=split == "train", download=True)
    except (RuntimeError, OSError, ValueError) as e:
        raise MissingData(
            f"{name} is not in {raw.parent.resolve()} and could not be downloaded ({e}). Put its idx files in "
            f"{raw}, or name another data root with --data or GENERATIVE_DATA."
        ) from e
    return torch.as_tensor(data.data)[:, None].contiguous(), torch.as_tensor(data.targets, dtype=torch.int64)


def has_idx(name: str, folder: Path) -> bool:
    """Whether the training images of a data set of torchvision lie in a data root, packed or not."""
    return any((folder / name / "raw").glob("train-images-idx3-ubyte*"))


def unpack(raw: Path) -> None:
    """Unzip the idx files that lie there only as .gz, which is how they are handed on."""
    for packed in raw.glob("*.gz"):
        if not packed.with_suffix("").exists():
            part = packed.with_suffix(f".{os.getpid()}.part")  # of its own, since several processes may begin at once
            try:
                with gzip.open(packed) as source, part.open("wb") as target:
                    shutil.copyfileobj(source, target)
                part.replace(packed.with_suffix(""))
            except (OSError, EOFError) as e:
                raise MissingData(
                    f"{packed} cannot be unpacked there: {e}. Unpack it, or name another data root with --data or "
                    "GENERATIVE_DATA."
                ) from e
