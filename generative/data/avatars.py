"""The data set `avatars`: cartoon heads rendered by this project, each with every attribute known exactly.

An index decides everything: attributes are read off a hash of split and index, each independently of the others, so
that every machine has the same images without a download. Three things follow from how they are drawn:

- No picture is in both splits: a second hash, of what the picture shows, says which split may have it.
- The combinations HELD_OUT never occur in training. The test split has them as often as chance has it (`held_out` finds
  them): does a model compose what it has never seen?
- Where nothing has the hair's colour (a bald head or a hat, and no facial hair) the attribute "hair colour" is still
  drawn but cannot be seen (`hair_colour_shown` says where it can).
"""

import hashlib
import importlib.metadata
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from tqdm import tqdm

from generative.data import avatar_parts
from generative.data.avatar_parts import PARTS, SIZE, Painter, hides_hair_colour
from generative.errors import CannotWrite, check_choice

COUNTS = {"train": 20_000, "test": 4_000}
SIZES = (SIZE // 2, SIZE)
ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType({name: tuple(values) for name, values in PARTS.items()})
WEIGHTS = {"glasses": (2, 1, 1), "facial hair": (3, 1, 1, 1)}  # of the values; all others are equally frequent
HELD_OUT: tuple[dict[str, str], ...] = (
    {"hair": "afro", "hair colour": "blond"},
    {"hair": "mohawk", "hair colour": "pink"},
    {"hair": "bun", "glasses": "sun"},
    {"hair": "long hair", "facial hair": "moustache"},
    {"hair": "hat", "mouth": "tongue"},
    {"glasses": "sun", "facial hair": "long beard", "mouth": "open"},
    {"skin": "brown", "glasses": "clear", "clothing colour": "green"},
    {"glasses": "clear", "clothing": "hoodie", "clothing colour": "yellow"},
)
TEST_SHARE = 6  # one in so many pictures belongs to the test split


@dataclass(frozen=True)
class Avatars:
    """The first `count` avatars of a split ("train" or "test"), kept in the folder `avatars` of a data root."""

    root: Path
    split: str
    count: int

    def read(self, size: int = SIZE) -> tuple[Tensor, Tensor]:
        """Images (N, 3, size, size) uint8 and labels (N, A) int64: for each attribute the index of its value.

        `size` is one of SIZES; a pixel of the smaller is the mean of four. Rendered where they are not yet, or not
        whole, and then kept. Raises CannotWrite.
        """
        assert size in SIZES, size
        labels = draw(self.split, self.count).clone()
        images = self._kept()
        if images is None:
            with self._writing():
                self.path.parent.mkdir(parents=True, exist_ok=True)
            images = render(labels, f"rendering avatars ({self.split})")
            with self._writing():
                self._keep(images)
        return images if size == SIZE else halve(images), labels

    @property
    def path(self) -> Path:
        return self.root / "avatars" / f"{self.split}-{self.count}.safetensors"

    def _kept(self) -> Tensor | None:
        """The images of the file, or None when it is missing, damaged, or of another recipe."""
        try:
            with safe_open(self.path, "pt") as file:
                images, known = file.get_tensor("images"), file.metadata()
        except (OSError, SafetensorError):
            return None
        return images if known == {"recipe": recipe(), "crc32": checksum(images)} else None

    def _keep(self, images: Tensor) -> None:
        part = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            save_file({"images": images}, part, {"recipe": recipe(), "crc32": checksum(images)})
            part.chmod(0o644)  # safetensors writes for the owner alone, but a data root is shared
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, SafetensorError) as e:
            raise CannotWrite(
                f"The avatars cannot be kept in {self.path.parent}: {e}. Name another data root with --data or "
                "GENERATIVE_DATA."
            ) from e


@lru_cache(maxsize=8)
def draw(split: str, count: int) -> Tensor:
    """Labels (count, A) int64 of a split's first avatars."""
    check_choice("split", split, list(COUNTS))
    labels = candidates(split, np.arange(count), 0)
    wrong, attempt = np.flatnonzero(~allowed(split, labels)), 1
    while len(wrong):
        labels[wrong] = candidates(split, wrong, attempt)
        wrong, attempt = wrong[~allowed(split, labels[wrong])], attempt + 1
    return torch.from_numpy(labels)


def candidates(split: str, indices: np.ndarray, attempt: int) -> np.ndarray:
    """Labels (N, A) int64, read off a hash of each index: 32 bits an attribute."""
    keys = (f"avatars/{split}/{index}/{attempt}" for index in indices)
    digests = b"".join(hashlib.blake2b(key.encode(), digest_size=4 * len(ATTRIBUTES)).digest() for key in keys)
    bits = np.frombuffer(digests, "<u4").reshape(len(indices), len(ATTRIBUTES)).astype(np.uint64)
    columns = []
    for column, (name, values) in zip(bits.T, ATTRIBUTES.items(), strict=True):
        weights = WEIGHTS.get(name, (1,) * len(values))
        of_ticket = np.repeat(np.arange(len(values)), weights)
        columns.append(of_ticket[(column * np.uint64(len(of_ticket))) >> np.uint64(32)])
    return np.stack(columns, 1).astype(np.int64)


def allowed(split: str, labels: np.ndarray) -> np.ndarray:
    """(N,) bool: whether the split may have the pictures of those labels (N, A)."""
    shown = labels.copy()
    shown[~hair_colour_shown(torch.from_numpy(labels)).numpy(), list(ATTRIBUTES).index("hair colour")] = 0
    of_test = np.array([hashlib.blake2b(bytes(row.tolist()), digest_size=4).digest()[0] for row in shown])
    of_test = of_test % TEST_SHARE == 0
    return of_test if split == "test" else ~of_test & ~held_out(torch.from_numpy(labels)).numpy()


def held_out(labels: Tensor) -> Tensor:
    """(N,) bool: which of labels (N, A) have a combination of HELD_OUT."""
    return torch.stack([having(labels, combination) for combination in HELD_OUT]).any(0)


def having(
    labels: Tensor, combination: Mapping[str, str], attributes: Mapping[str, tuple[str, ...]] = ATTRIBUTES
) -> Tensor:
    """(N,) bool: which of labels (N, A) have all values of {attribute: value}."""
    names = list(attributes)
    columns = [labels[:, names.index(n)] == attributes[n].index(v) for n, v in combination.items()]
    return torch.stack(columns).all(0)


def hair_colour_shown(labels: Tensor) -> Tensor:
    """(N,) bool: which of labels (N, A) show the colour of their hair, on the head or as facial hair."""
    names = list(ATTRIBUTES)
    hair, facial = names.index("hair"), names.index("facial hair")
    hides = torch.tensor(
        [
            [hides_hair_colour({"hair": h, "facial hair": f}) for f in ATTRIBUTES["facial hair"]]
            for h in ATTRIBUTES["hair"]
        ]
    )
    return ~hides[labels[:, hair], labels[:, facial]]


def values_of(labels: Tensor) -> list[dict[str, str]]:
    """For each row of labels (N, A) its attributes in words."""
    return [{name: ATTRIBUTES[name][i] for name, i in zip(ATTRIBUTES, row, strict=True)} for row in labels.tolist()]


def caption(values: Mapping[str, str]) -> str:
    """One avatar in words: "afro, blond hair, pale skin, sunglasses, beard, tongue, red hoodie"."""
    parts = [
        "bald" if values["hair"] == "none" else values["hair"],
        "" if hides_hair_colour(values) else f"{values['hair colour']} hair",
        f"{values['skin']} skin",
        {"none": "", "clear": "glasses", "sun": "sunglasses"}[values["glasses"]],
        "" if values["facial hair"] == "none" else values["facial hair"],
        values["mouth"] if values["mouth"] in ("smile", "teeth", "tongue") else f"{values['mouth']} mouth",
        f"{values['clothing colour']} {values['clothing']}",
    ]
    return ", ".join(filter(None, parts))


def render(labels: Tensor, title: str) -> Tensor:
    """(N, 3, SIZE, SIZE) uint8, with a progress bar of that title."""
    painter, images = Painter(), np.empty((len(labels), 3, SIZE, SIZE), np.uint8)
    for i, values in enumerate(tqdm(values_of(labels), title, unit="image", disable=None, leave=False)):
        images[i] = painter.paint(values).transpose(2, 0, 1)
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
    return f"{zlib.crc32(images.numpy()):08x}"


@lru_cache(maxsize=1)
def recipe() -> str:
    """A fingerprint of all that decides what the images look like."""
    drawn = {name: {value: str(part) for value, part in values.items()} for name, values in PARTS.items()}
    versions = [importlib.metadata.version(package) for package in ("python_avatars", "resvg-py")]
    fixed = (avatar_parts.CROP, avatar_parts.BACKGROUND, avatar_parts.HAT_COLOUR, SIZE, avatar_parts.FINE)
    return hashlib.sha256(repr((drawn, WEIGHTS, HELD_OUT, TEST_SHARE, fixed, versions)).encode()).hexdigest()
