"""The record of a data set: all that the project knows of one, in one place."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import torch
from torch import Tensor

from generative.conditions import Attributes, Caption, Class, Condition
from generative.errors import InvalidOption, shown

SPLITS = ["train", "test"]
BUNDLED = Path(__file__).parent / "examples"

Sets = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Openings:
    """What tools begin with.

    formula: of Arithmetic. start: which example it is added to; one that lacks what is tried first. noisy: the example
    of which an autoencoder that learnt to take noise away restores far more than one that did not. sets: the labels
    behind A, B and C of A − B + C. few: the same where the sets are made of a model's own samples, which are too few to
    ask for as much.
    """

    formula: str = ""
    start: int = 0
    noisy: int = 0
    sets: Sets | None = None
    few: Sets | None = None


@dataclass(frozen=True)
class Rendered:
    """Of a data set whose labels decide its images, so that some can be had without reading the others.

    labels: a split → (N, A). images: (N, A) labels, size → (N, C, size, size) uint8.
    """

    labels: Callable[[str], Tensor]
    images: Callable[[Tensor, int], Tensor]


@dataclass(frozen=True)
class Sentences:
    """Of a data set whose images can be described: every word that a sentence may have, and the most words of one.

    describe: what an image shows, {"glasses": "sun", …} → a true sentence about some of it, worded as the generator
    draws, and that some. examples: of sentences, to begin with.
    """

    vocabulary: tuple[str, ...]
    length: int
    describe: Callable[[Mapping[str, str], Random], tuple[str, dict[str, str]]]
    examples: tuple[str, ...] = ()

    def make(self, shown: Mapping[str, str], draw: Random) -> str:
        """A true sentence about some of what an image shows."""
        return self.describe(shown, draw)[0]


@dataclass(frozen=True)
class Published:
    """What others report of a model. nats: −log p of a test image, or a bound of it. source: an address."""

    model: str
    nats: float
    source: str
    bound: bool = False


@dataclass(frozen=True)
class Dataset:
    """What is known of a data set without reading it.

    An image belongs to one of `classes`, or has one value of each of `attributes`. `load` reads a split at one of
    `sizes` below a data root; `size` is the one that models have unless they say otherwise. Training images have none
    of the combinations of attributes `held_out`.

    background: the colour behind its objects, as CSS writes it. hub: its name on the Hugging Face Hub, if it is there.
    examples: the picture that bundles some test images, a class a row, in the largest of `sizes`; `group`, what one of
    them is called where there are no classes. strange: a data set, and a group of its examples, that shows what is not
    in this one. captions: labels (N, A) → words for each. seen: for an attribute that cannot be seen in every image,
    labels (N, A) → (N,) bool, where it can. here: a data root → whether the training images lie there, so that reading
    them is neither a download nor a rendering. subset: the picture that bundles some of them. by_class: the one that
    bundles labelled ones. levels: that a value may
    have, 2 in black and white. chances: of a data set whose training images are drawn anew for every batch, how likely
    white is, read as `load` reads. like: the data set whose recipes fit this one, where it has none of its own.
    published: what others report on its test images.
    mirrors: whether what an image shows stays what it is in a mirror. counted: how many samples it takes to count which
    combinations of its attributes, its modes, a model draws; 0 where they are too many.
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
    background: str = "white"
    hub: str = ""
    examples: Path | None = None
    group: str = "image"
    openings: Openings = Openings()
    strange: tuple[str, str] | None = None
    captions: Callable[[Tensor], tuple[str, ...]] | None = None
    seen: Mapping[str, Callable[[Tensor], Tensor]] = field(default_factory=dict)
    rendered: Rendered | None = None
    sentences: Sentences | None = None
    here: Callable[[Path], bool] = lambda root: False
    subset: Path | None = None
    by_class: Path | None = None
    levels: int = 256
    chances: Callable[[Path, str, int], tuple[Tensor, Tensor]] | None = None
    like: str = ""
    published: tuple[Published, ...] = ()
    mirrors: bool = True
    counted: int = 0

    @property
    def labelled(self) -> tuple[Condition, ...]:
        """What can be told of every image."""
        if self.classes:
            return (Class(self.classes),)
        told: tuple[Condition, ...] = (Attributes(tuple(self.attributes.items())),) if self.attributes else ()
        if self.sentences:
            told += (Caption(self.sentences.vocabulary, self.sentences.length),)
        return told

    @property
    def labels(self) -> tuple[str, ...]:
        """All that an image can be told to show: its classes, or "glasses: sun" for each value of each attribute."""
        return self.classes or tuple(f"{name}: {v}" for name, values in self.attributes.items() for v in values)

    @property
    def groups(self) -> tuple[str, ...]:
        """What its examples are grouped by: its classes, or one group for all."""
        return self.classes or (self.group,)

    def pixels(self, size: int | None) -> int:
        """`size`, or the data set's own for None. Raises InvalidOption for one that it does not have."""
        if size is not None and size not in self.sizes:
            sizes = " or ".join(map(str, self.sizes))
            raise InvalidOption(f"{self.title} has images of {sizes} pixels, not {shown(size)}", "size")
        return size or self.size


def having(labels: Tensor, combination: Mapping[str, str], attributes: Mapping[str, tuple[str, ...]]) -> Tensor:
    """(N,) bool: which of labels (N, A) have all values of {attribute: value}."""
    names = list(attributes)
    columns = [labels[:, names.index(n)] == attributes[n].index(v) for n, v in combination.items()]
    return torch.stack(columns).all(0)


def data_root(given: str | Path | None = None) -> Path:
    """Where data sets lie: `given`, else the environment's GENERATIVE_DATA, else ./data."""
    return Path(given or os.environ.get("GENERATIVE_DATA") or "data")
