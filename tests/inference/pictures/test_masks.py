"""A mask is what is white in a picture, however the picture says so, and what cannot be one is refused truly."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from generative.errors import InvalidOption, InvalidPicture
from generative.inference.pictures.masks import MASKS, hatched, read_mask, read_mask_with_words
from tests.inference.pictures.made import RAMP, file

LOWER = np.arange(64).reshape(8, 8) >= 32


def test_masks_by_name() -> None:
    masks = {name: read_mask(name, 8) for name in MASKS}
    assert all(mask.shape == (8, 8) and mask.dtype == torch.bool for mask in masks.values())
    assert masks["lower"][4:].all() and not masks["lower"][:4].any()
    assert masks["right"][:, 4:].all() and not masks["right"][:, :4].any()
    assert masks["middle"][2:6, 2:6].all() and masks["middle"].sum() == 16
    assert masks["everything"].all()
    assert torch.equal(read_mask("random", 28), read_mask("random", 28))
    assert 0.4 < read_mask("random", 28).float().mean() < 0.6


@pytest.mark.parametrize("side", [8, 24, 280, 4])
def test_a_mask_of_another_size_is_fitted(side: int) -> None:
    picture = np.zeros((side, side), np.uint8)
    picture[-(-side // 2) :] = 255
    mask = read_mask(file(Image.fromarray(picture)), 8)
    assert mask[4:].all() and not mask[:4].any()


def test_a_mask_is_white_where_to_invent_and_transparency_is_not() -> None:
    picture = Image.new("RGBA", (8, 8), (255, 255, 255, 0))
    picture.putpixel((3, 2), (255, 255, 255, 255))
    assert read_mask(file(picture), 8).nonzero().tolist() == [[2, 3]]


def test_a_mask_of_another_shape_names_both_sizes() -> None:
    with pytest.raises(InvalidPicture, match=r"40×30 pixels and the model's images 28×28.*square") as caught:
        read_mask(file(Image.new("L", (40, 30), 255)), 28)
    assert caught.value.field == "mask"


def test_an_empty_mask_is_nothing_to_do(tmp_path: Path) -> None:
    Image.new("L", (8, 8), 100).save(tmp_path / "m.png")
    with pytest.raises(InvalidOption, match=r"Nothing to do: the mask .*m\.png has no white") as caught:
        read_mask(tmp_path / "m.png", 8)
    assert caught.value.field == "mask"


def test_a_mask_that_there_is_not_lists_the_names() -> None:
    with pytest.raises(InvalidPicture, match=r"no file upper.*lower, right, middle, random, everything") as caught:
        read_mask("upper", 8)
    assert caught.value.field == "mask"


def test_hatching_hides_what_is_masked_and_nothing_else() -> None:
    image, mask = torch.rand(3, 8, 8), read_mask("lower", 8)
    seen = hatched(image, mask)
    assert torch.equal(seen[:, :4], image[:, :4])
    hidden = seen[:, 4:]
    assert {round(v, 3) for v in hidden.flatten().tolist()} == {0.4, 0.6}
    assert torch.equal(hidden, hatched(1 - image, mask)[:, 4:])


@pytest.mark.parametrize("values", [LOWER.astype(np.uint8), LOWER.astype(np.uint16), np.stack([LOWER] * 3, -1)])
def test_truth_values_saved_as_0_and_1_are_black_and_white(values: np.ndarray) -> None:
    picture = Image.fromarray(values.astype(np.uint8) if values.dtype == bool else values)
    assert read_mask_with_words(file(picture), 8) == (pytest.approx(torch.from_numpy(LOWER)), "")
    assert torch.equal(read_mask(file(Image.fromarray(LOWER)), 8), torch.from_numpy(LOWER))


def test_a_mask_of_nothing_but_ones_is_everything() -> None:
    assert read_mask(file(Image.new("L", (8, 8), 1)), 8).all()


@pytest.mark.parametrize("colour", [(0, 0, 0), (200, 30, 30), (90, 90, 100)])
@pytest.mark.parametrize("most", [255, 1])
def test_a_mask_in_the_alpha_channel_is_what_is_opaque(colour: tuple[int, int, int], most: int) -> None:
    picture = Image.new("RGB", (8, 8), colour)
    picture.putalpha(Image.fromarray(LOWER.astype(np.uint8) * most))
    mask, words = read_mask_with_words(file(picture), 8, "m.png")
    assert torch.equal(mask, torch.from_numpy(LOWER))
    assert words == "The mask m.png has no white in it; what is opaque in it is to be invented."


def test_of_a_picture_with_a_hole_the_hole_is_invented() -> None:
    picture = RAMP.resize((8, 8)).point(lambda value: value // 3).convert("RGB")
    picture.putalpha(Image.fromarray(np.where(LOWER, 0, 255).astype(np.uint8)))
    mask, words = read_mask_with_words(file(picture), 8)
    assert torch.equal(mask, torch.from_numpy(LOWER)) and "with a hole" in words


def test_a_mask_finer_than_a_pixel_is_what_it_touches() -> None:
    picture = Image.new("L", (80, 80))
    picture.paste(255, (0, 45, 80, 46))  # a line of a tenth of a pixel
    mask, words = read_mask_with_words(file(picture), 8)
    assert mask.nonzero()[:, 0].unique().tolist() == [4] and mask[4].all() and "finer than a pixel" in words


def test_a_mask_that_is_wholly_transparent_is_nothing_to_do() -> None:
    with pytest.raises(InvalidOption, match="Nothing to do"):
        read_mask(file(Image.new("RGBA", (8, 8))), 8)
