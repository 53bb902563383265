"""What each avatar shows. An index decides everything: attributes are read off a hash of split and index, each
independently of the others, so that every machine has the same images without a download. Three things follow:

- No picture is in both splits: a second hash, of what the picture shows, says which split may have it.
- The combinations HELD_OUT never occur in training. The test split has them as often as chance has it (`held_out` finds
  them): does a model compose what it has never seen?
- Where nothing has the hair's colour (a bald head or a hat, and no facial hair) the attribute "hair colour" is still
  drawn but cannot be seen (`hair_colour_shown` says where it can).
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from generative.data.avatars.parts import PARTS, hides_hair_colour
from generative.data.dataset import having
from generative.errors import check_choice

COUNTS = {"train": 20_000, "test": 4_000}
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
    return torch.stack([having(labels, combination, ATTRIBUTES) for combination in HELD_OUT]).any(0)


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
