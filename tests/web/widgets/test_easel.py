"""What goes to an easel and what is accepted from one, without a browser."""

import base64

import pytest
import torch

from generative.errors import InvalidPicture
from generative.web.widgets.easel.easel import (
    HEAT,
    easel_state,
    empty_message,
    mask_message,
    overlay_message,
    picture_message,
)

HEIGHT, WIDTH = 3, 5


def image(channels: int = 1) -> torch.Tensor:
    random = torch.Generator().manual_seed(channels)
    return torch.randint(0, 256, (channels, HEIGHT, WIDTH), generator=random) / 255


def mask() -> torch.Tensor:
    return torch.arange(HEIGHT * WIDTH).view(HEIGHT, WIDTH) % 4 == 1


def value(**changes: object) -> dict:
    return {**picture_message(image(), "A test"), **mask_message(mask()), "marked": [2, 4], **changes}


def packed(count: int, byte: int = 0) -> str:
    return base64.b64encode(bytes([byte]) * count).decode()


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_and_its_mask_come_back_as_they_went(channels: int) -> None:
    state = easel_state({**picture_message(image(channels), "A test"), **mask_message(mask()), "marked": [2, 4]})
    assert torch.equal(state.image, image(channels)) and state.image.dtype == torch.float32
    assert torch.equal(state.mask, mask()) and state.mask.dtype == torch.bool
    assert state.marked == (2, 4)


def test_no_mask_is_a_mask_of_no_pixels() -> None:
    state = easel_state({**picture_message(image(), "A test"), **mask_message(None)})
    assert state.mask.shape == (HEIGHT, WIDTH) and not state.mask.any() and state.marked is None


def test_the_largest_picture_is_accepted() -> None:
    huge = torch.ones(3, 256, 256)
    assert torch.equal(easel_state(picture_message(huge, "")).image, huge)


def test_two_equal_messages_differ() -> None:
    assert mask_message(None) != mask_message(None)


@pytest.mark.parametrize("nothing", [None, "", [], 5, {}, {"picture": None}, empty_message(1, 28, 28)])
def test_an_empty_easel_says_what_to_do(nothing: object) -> None:
    with pytest.raises(InvalidPicture, match="Choose one, or draw one"):
        easel_state(nothing)


DEEP: list = []
for _ in range(3000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "bad",
    [
        value(shape=None),
        value(shape="1,3,5"),
        value(shape=[1, 3]),
        value(shape=[1, 3, 5, 1]),
        value(shape=[2, 3, 5]),
        value(shape=[4, 3, 5]),
        value(shape=[1, 0, 5]),
        value(shape=[1, -3, -5]),
        value(shape=[1, 257, 5]),
        value(shape=[3, 10**12, 10**12]),
        value(shape=[True, 3, 5]),
        value(shape=[1, 3.0, 5]),
        value(shape=[1, float("nan"), 5]),
        value(shape=[1, [3], {"5": 5}]),
        value(shape=DEEP),
        value(shape=[1, 5, 4]),
        value(picture=5),
        value(picture=["AAAA"]),
        value(picture=DEEP),
        value(picture=""),
        value(picture=packed(14)),
        value(picture=packed(16)),
        value(picture=packed(15)[:-1]),
        value(picture="!" * 20),
        value(picture="=" * 20),
        value(picture=packed(13)),
        value(picture="ö" * 20),
        value(picture="A" * 10_000_000),
        value(mask=packed(15, 2)),
        value(mask=packed(15, 255)),
        value(mask=packed(14)),
        value(mask=[0] * 15),
        value(mask=""),
        value(mask=True),
        value(marked=[3, 0]),
        value(marked=[0, 5]),
        value(marked=[-1, 0]),
        value(marked=[0]),
        value(marked=[0, 0, 0]),
        value(marked=[0.5, 0]),
        value(marked=[True, False]),
        value(marked={"row": 0}),
        value(marked="00"),
        value(marked=DEEP),
    ],
    ids=lambda bad: None,
)
def test_a_value_that_a_browser_would_not_send_is_refused(bad: dict) -> None:
    with pytest.raises(InvalidPicture) as refusal:
        easel_state(bad)
    assert len(str(refusal.value)) < 250


def test_an_overlay_goes_through_its_colours() -> None:
    colours = ((0, 0, 0, 0), (100, 200, 50, 128), (255, 0, 0, 255))
    message = overlay_message(torch.tensor([[0.0, 0.25, 0.5], [0.75, 1.0, 7.0]]), "Reach", colours)
    rgba = torch.tensor(list(base64.b64decode(message["overlay"]))).view(2, 3, 4)
    assert rgba.tolist() == [
        [[0, 0, 0, 0], [50, 100, 25, 64], [100, 200, 50, 128]],
        [[178, 100, 25, 192], [255, 0, 0, 255], [255, 0, 0, 255]],
    ]
    assert (message["overlay_name"], message["overlay_colours"]) == ("Reach", [list(c) for c in colours])
    assert overlay_message(torch.zeros(2, 2), "Heat")["overlay_colours"] == [list(c) for c in HEAT]
