"""The images of the avatars: rendered once, then kept under a data root."""

import hashlib
import importlib.metadata
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from tqdm import tqdm

from generative.data.avatars import parts
from generative.data.avatars.labels import HELD_OUT, TEST_SHARE, WEIGHTS, draw, values_of
from generative.data.avatars.parts import FINE, PARTS, SIZE, Painter
from generative.errors import CannotWrite

SIZES = (SIZE // 2, SIZE, FINE)


@dataclass(frozen=True)
class Avatars:
    """The first `count` avatars of a split ("train" or "test"), kept in the folder `avatars` of a data root."""

    root: Path
    split: str
    count: int

    def read(self, size: int = SIZE) -> tuple[Tensor, Tensor]:
        """Images (N, 3, size, size) uint8 and labels (N, A) int64: for each attribute the index of its value.

        `size` is one of SIZES; a pixel of the smallest is the mean of four. Rendered where they are not yet, or not
        whole, and then kept, the largest in a file of their own. Raises CannotWrite.
        """
        assert size in SIZES, size
        labels, path, rendered = draw(self.split, self.count).clone(), self.path(size), max(size, SIZE)
        images = kept(path)
        if images is None:
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            images = render(labels, f"rendering avatars ({self.split})", rendered)
            with writing(path):
                keep(images, path)
        return images if size == rendered else halve(images), labels

    def path(self, size: int = SIZE) -> Path:
        """Where the rendered images of this split are kept from which those of `size` are made."""
        fine = f"-{FINE}" if size == FINE else ""
        return self.root / "avatars" / f"{self.split}-{self.count}{fine}.safetensors"


def kept(path: Path) -> Tensor | None:
    """The images of a file, or None when it is missing, damaged, or of another recipe."""
    try:
        with safe_open(path, "pt") as file:
            images, known = file.get_tensor("images"), file.metadata()
    except (OSError, SafetensorError):
        return None
    return images if known == {"recipe": recipe(), "crc32": checksum(images)} else None


def keep(images: Tensor, path: Path) -> None:
    """Write images to a file, all of it or nothing."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        save_file({"images": images}, part, {"recipe": recipe(), "crc32": checksum(images)})
        part.chmod(0o644)  # safetensors writes for the owner alone, but a data root is shared
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raises CannotWrite where a file cannot be written."""
    try:
        yield
    except (OSError, SafetensorError) as e:
        raise CannotWrite(
            f"The avatars cannot be kept in {path.parent}: {e}. Name another data root with --data or GENERATIVE_DATA."
        ) from e


def render(labels: Tensor, title: str, size: int = SIZE) -> Tensor:
    """(N, 3, size, size) uint8, SIZE or FINE pixels high and wide, with a progress bar of that title."""
    painter, images = Painter(), np.empty((len(labels), 3, size, size), np.uint8)
    for i, values in enumerate(tqdm(values_of(labels), title, unit="image", disable=None, leave=False)):
        images[i] = painter.paint(values, size).transpose(2, 0, 1)
    return torch.from_numpy(images)


def halve(images: Tensor) -> Tensor:
    """(N, C, H / 2, W / 2) uint8: the mean of each 2×2 block of (N, C, H, W), halves rounded up."""
    n, c, h, w = images.shape
    small = torch.empty(n, c, h // 2, w // 2, dtype=torch.uint8)
    for part, target in zip(images.split(500), small.split(500), strict=True):
        wide = part.to(torch.int16)
        rows = wide[..., ::2, :] + wide[..., 1::2, :]
        target.copy_((rows[..., ::2] + rows[..., 1::2] + 2) >> 2)
    return small


def checksum(images: Tensor) -> str:
    """CRC-32 of pixels, as eight hexadecimal digits, by which renderings are compared."""
    return f"{zlib.crc32(images.numpy()):08x}"


@lru_cache(maxsize=1)
def recipe() -> str:
    """A fingerprint of all that decides what the images look like."""
    drawn = {name: {value: str(part) for value, part in values.items()} for name, values in PARTS.items()}
    versions = [importlib.metadata.version(package) for package in ("python_avatars", "resvg-py")]
    fixed = (parts.CROP, parts.BACKGROUND, parts.HAT_COLOUR, SIZE, parts.FINE)
    return hashlib.sha256(repr((drawn, WEIGHTS, HELD_OUT, TEST_SHARE, fixed, versions)).encode()).hexdigest()
