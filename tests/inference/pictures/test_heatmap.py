"""Numbers as colours that keep their order."""

import pytest
import torch
from torch import Tensor

from generative.inference.pictures.heatmap import (
    BITS,
    GAP,
    TEXT,
    colours,
    legend,
    sensitivity,
    side_by_side,
    surprise_map,
)


def luminance(rgb: Tensor) -> Tensor:
    """Of (3, ...) colours in sRGB."""
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_more_is_lighter_in_even_steps() -> None:
    y = luminance(colours(torch.linspace(0, 1, 101)[None]))[0]
    lightness = torch.where(y > 0.008856, 116 * y ** (1 / 3) - 16, 903.3 * y)  # CIE L*
    steps = lightness.diff()
    assert (steps > 0.4).all() and (steps < 1.6).all()
    assert lightness[0] < 2 and lightness[-1] > 95


def test_the_surprise_of_all_channels_is_summed() -> None:
    bits = torch.zeros(3, 2, 2)
    bits[:, 0, 0] = torch.tensor([1.0, 2.0, 1.0])
    heat = surprise_map(bits)
    assert heat.shape == (3, 2, 2)
    assert torch.equal(heat[:, 0, 0], colours(torch.tensor([[0.5]]))[:, 0, 0])
    assert torch.equal(heat[:, 1, 1], colours(torch.tensor([[0.0]]))[:, 0, 0])


@pytest.mark.parametrize(("bits", "as_good_as"), [(9.0, 8.0), (1e9, 8.0), (-1.0, 0.0), (float("nan"), 0.0)])
def test_what_is_off_the_scale_has_the_colour_of_its_end(bits: float, as_good_as: float) -> None:
    heat = surprise_map(torch.full((1, 1, 1), bits))
    assert torch.equal(heat, surprise_map(torch.full((1, 1, 1), as_good_as)))
    assert heat.min() >= 0 and heat.max() <= 1


def test_weak_reactions_show_and_none_does_not() -> None:
    strength = sensitivity(torch.tensor([[1.0, 0.1, 1e-3], [1e-9, 0.0, float("nan")]])).flatten().tolist()
    assert strength[:4] == sorted(strength[:4], reverse=True) and strength[3] == pytest.approx(0.1)
    assert strength[4:] == [0, 0]


def test_a_tenth_of_a_reaction_is_a_quarter_of_the_scale_lower() -> None:
    assert sensitivity(torch.tensor([[1.0, 0.1, 0.01, 0.0]]))[0].tolist() == pytest.approx([1, 0.75, 0.5, 0])


@pytest.mark.parametrize("width", [40, 200, 900])
def test_the_scale_runs_from_dark_to_light_over_its_whole_width(width: int) -> None:
    strip = legend(width)
    assert strip.width == width
    assert strip.getpixel((0, 0)) == (0, 0, 4) and strip.getpixel((width - 1, 0)) == (252, 255, 164)
    below = strip.crop((0, 16, width, strip.height)).convert("L")
    assert below.getextrema()[0] < 100  # there are figures under it


def test_each_picture_stands_beside_its_map() -> None:
    images = torch.zeros(1, 3, 8, 8)
    images[0, 0] = 1
    bits = torch.full((1, 3, 8, 8), BITS)
    sheet = side_by_side(images, bits, ["red"])
    x, y, side = GAP + 1, GAP + TEXT + 4, 8 * 8
    assert sheet.getpixel((x, y)) == (255, 0, 0)
    assert sheet.getpixel((x + side + GAP // 2, y)) == (252, 255, 164)  # eight bits in each of three channels


@pytest.mark.parametrize("count", [1, 2, 7, 64])
def test_any_number_of_pictures_fits_on_a_sheet(count: int) -> None:
    sheet = side_by_side(torch.rand(count, 1, 8, 8), torch.rand(count, 1, 8, 8) * 9, ["a long name " * 30] * count)
    assert 0.3 < sheet.width / sheet.height < 3
