"""The bundled test images, and the card of the avatars, say what is so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from generative.data import examples
from generative.data.avatars import sheet as avatar_sheet
from generative.data.avatars.images import halve, render
from generative.data.avatars.labels import draw
from generative.data.known import DATASETS
from generative.errors import InvalidOption

DATA = Path(examples.__file__).parent
AVATARS = DATA / "avatars"


def test_the_bundled_avatars_are_the_first_of_the_test_split() -> None:
    bundled = np.asarray(Image.open(DATA / "examples" / "avatars.png"))
    assert np.array_equal(bundled, np.asarray(avatar_sheet.examples_picture()))


def test_examples_come_in_groups_and_sizes() -> None:
    assert examples.examples("fashion-mnist").shape == (10, 10, 1, 28, 28)
    assert examples.examples("avatars").shape == (1, 40, 3, 32, 32)
    assert examples.examples("avatars", 128).shape == (1, 40, 3, 128, 128)
    labels = draw("test", 40)
    large = (examples.example("avatars", "avatar", 7, 64) * 255).round().to(torch.uint8)
    painted = render(labels[7:8], "one")[0]
    assert torch.equal(large, painted)
    small = (examples.example("avatars", "avatar", 7) * 255).round().to(torch.uint8)
    assert torch.equal(small, halve(painted[None])[0])


@pytest.mark.parametrize("name", ["fashion-mnist", "mnist", "stacked-mnist", "avatars"])
def test_every_example_has_a_caption(name: str) -> None:
    captions, images = examples.captions(name), examples.examples(name)
    assert [len(group) for group in captions] == [images.shape[1]] * len(images) and len(captions) == len(images)
    assert all(word for group in captions for word in group)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("fashion-mnist", "Sneakr", 0), "Sneaker"),
        (("fashion-mnist", "Sneaker", 10), "0 to 9"),
        (("avatars", "avatr", 0), "avatar"),
        (("avatars", "avatar", 40), "0 to 39"),
        (("avatars", "avatar", 0, 28), "32 or 64 or 128"),
        (("mnist", "ten", 0), "Known are: 0, 1"),
    ],
)
def test_an_example_that_is_not_there_is_told(arguments: tuple, told: str) -> None:
    with pytest.raises(InvalidOption, match=told):
        examples.example(*arguments)


def test_the_card_holds_the_counts_and_the_contact_sheet() -> None:
    card = (AVATARS / "README.md").read_text(encoding="utf-8")
    assert avatar_sheet.table() in card and "(contact-sheet.png)" in card
    sheet = Image.open(AVATARS / "contact-sheet.png")
    assert sheet.size == avatar_sheet.contact_sheet().size
    assert (AVATARS / "contact-sheet.png").stat().st_size < 150_000


def test_a_sheet_holds_the_first_of_each_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row a class, as `examples` cuts it up, whatever the order of the images."""
    labels = torch.arange(250) % 10
    images = torch.arange(250, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    scattered = replace(DATASETS["mnist"], load=lambda root, split, size: (images.flip(0), labels.flip(0)))
    monkeypatch.setitem(DATASETS, "mnist", scattered)
    pixels = np.asarray(examples.sheet("mnist"))
    assert pixels.shape == (298, 298)
    assert pixels[::30, ::30].tolist() == [[240 + row - 10 * place for place in range(10)] for row in range(10)]


def test_what_is_added_to_the_opening_avatar_is_not_there_yet() -> None:
    said = examples.captions("avatars")[0][DATASETS["avatars"].openings.start]
    assert "glasses" in said and "beard" not in said and "smile" not in said
