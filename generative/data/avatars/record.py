"""The record of the avatars: cartoon heads rendered by this project, each with every attribute known exactly."""

from pathlib import Path

from torch import Tensor

from generative.data.avatars import labels
from generative.data.avatars.images import SIZES, Avatars, halve, render
from generative.data.avatars.labels import ATTRIBUTES, HELD_OUT, caption, hair_colour_shown, values_of
from generative.data.avatars.parts import BACKGROUND, SIZE
from generative.data.avatars.sentences import EXAMPLES, LENGTH, described, vocabulary
from generative.data.dataset import BUNDLED, Dataset, Openings, Rendered, Sentences


def read(folder: Path, split: str, size: int) -> tuple[Tensor, Tensor]:
    """Images (N, 3, size, size) uint8 and labels (N, attributes) of a split, rendered if they are not there."""
    return kept(folder, split).read(size)


def kept(folder: Path, split: str) -> Avatars:
    """The split's images as they are kept below the data root."""
    return Avatars(folder, split, labels.COUNTS[split])


def drawn(split: str) -> Tensor:
    """Labels (N, attributes) of a split, without its images."""
    return labels.draw(split, labels.COUNTS[split])


def painted(rows: Tensor, size: int) -> Tensor:
    """Images (N, 3, size, size) uint8 of rows of labels."""
    images = render(rows, "rendering examples", max(size, SIZE))
    return halve(images) if size < SIZE else images


def captions(rows: Tensor) -> tuple[str, ...]:
    """Each row of labels in words."""
    return tuple(map(caption, values_of(rows)))


def here(root: Path) -> bool:
    """Whether the training images have been rendered."""
    return kept(root, "train").path().exists()


AVATARS = Dataset(
    "avatars",
    "Avatars",
    read,
    (),
    size=32,
    channels=3,
    licence="MIT; drawings by Pablo Stanley, free for personal and commercial use",
    source="https://github.com/ibonn/python_avatars",
    sizes=SIZES,
    attributes=ATTRIBUTES,
    held_out=HELD_OUT,
    background=BACKGROUND,
    examples=BUNDLED / "avatars.png",
    group="avatar",
    openings=Openings(
        "- glasses + facial hair: long beard",
        start=13,  # sunglasses, no beard and no smile
        noisy=10,
        sets=(
            ("glasses: sun", "hair: long hair"),
            ("glasses: none", "hair: long hair"),
            ("glasses: none", "hair: short hair", "facial hair: long beard"),
        ),
        few=(
            ("glasses: sun", "facial hair: none"),
            ("glasses: none", "facial hair: none"),
            ("glasses: none", "facial hair: beard", "facial hair: long beard"),
        ),
    ),
    strange=("fashion-mnist", "Sneaker"),
    captions=captions,
    seen={"hair colour": hair_colour_shown},
    rendered=Rendered(drawn, painted),
    sentences=Sentences(vocabulary(), LENGTH, described, EXAMPLES),
    here=here,
    subset=BUNDLED / "avatars-train.webp",
)
