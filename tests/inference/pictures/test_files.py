"""Whatever file comes, it becomes a square tensor of the model's size, or is refused in words that help."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from generative.data.avatars.parts import BACKGROUND
from generative.data.examples import example
from generative.errors import InvalidOption, InvalidPicture
from generative.inference.pictures.files import background, open_picture, read_picture
from tests.inference.pictures.made import RAMP, file, png_header


def ramp(channels: int = 1) -> Tensor:
    return read_picture(file(RAMP), 28, channels)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_mode_is_read_alike(mode: str, channels: int) -> None:
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    image = read_picture(file(RAMP.convert(mode), kind, quality=100), 28, channels)
    assert image.shape == (channels, 28, 28) and image.dtype == torch.float32
    torch.testing.assert_close(image, ramp(channels), atol=2 / 255, rtol=0)


def test_sixteen_bits_are_scaled_not_cut_off() -> None:
    deep = Image.fromarray(np.asarray(RAMP).astype(np.uint16) * 257)
    assert deep.mode == "I;16"
    assert torch.equal(read_picture(file(deep), 28, 1), ramp())


def test_two_colours_are_black_and_white() -> None:
    assert set(read_picture(file(Image.new("1", (8, 8), 1)), 8, 1).flatten().tolist()) == {1.0}


def test_paths_bytes_and_open_files_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "ramp.png").write_bytes(file(RAMP))
    with open(tmp_path / "ramp.png", "rb") as opened:
        for source in (tmp_path / "ramp.png", str(tmp_path / "ramp.png"), file(RAMP), opened):
            assert torch.equal(read_picture(source, 28, 1), ramp())


@pytest.mark.parametrize(("orientation", "turn"), [(3, 180), (6, 90), (8, 270)])
def test_a_turned_photograph_is_turned_back(orientation: int, turn: int) -> None:
    exif = RAMP.getexif()
    exif[0x0112] = orientation
    turned = read_picture(file(RAMP.rotate(turn, expand=True), "JPEG", exif=exif, quality=100), 28, 1)
    torch.testing.assert_close(turned, ramp(), atol=4 / 255, rtol=0)


def test_nothing_of_a_wide_picture_is_cut_off() -> None:
    image = read_picture(file(RAMP.resize((56, 28))), 28, 1, "black")
    assert image[:, :7].max() == 0 and image[:, 21:].max() == 0
    torch.testing.assert_close(image[:, 14], ramp()[:, 14], atol=4 / 255, rtol=0)
    tall = read_picture(file(RAMP.resize((28, 56))), 28, 1, "white")
    assert tall[..., :7].min() == 1 and tall[..., 7:21].min() < 0.1


def test_even_a_line_leaves_something() -> None:
    assert read_picture(file(Image.new("L", (400, 1), 255)), 28, 1, "black").sum() == 28


@pytest.mark.parametrize("transparent", [Image.new("RGBA", (8, 8)), Image.new("LA", (8, 8)), "P", "RGB"])
def test_what_lies_behind_transparency_is_the_background(transparent: Image.Image | str) -> None:
    if isinstance(transparent, str):
        content = file(Image.new(transparent, (8, 8)), transparency=0 if transparent == "P" else (0, 0, 0))
    else:
        content = file(transparent)
    assert read_picture(content, 8, 3, "black").max() == 0
    assert read_picture(content, 8, 3, "white").min() == 1
    teal = read_picture(content, 8, 3, background("avatars"))[:, 0, 0]
    assert [round(v * 255) for v in teal.tolist()] == [0x9F, 0xD3, 0xCB]


def test_each_data_set_has_its_background() -> None:
    assert (background("fashion-mnist"), background("mnist"), background("cats")) == ("black", "black", "white")
    assert background("avatars") == BACKGROUND


def test_inverting_swaps_light_and_dark_but_not_the_background() -> None:
    shirt = Image.new("RGBA", (8, 8))
    shirt.paste((0, 0, 0, 255), (2, 2, 6, 6))  # black on transparent
    image = read_picture(file(shirt), 8, 1, "black", invert=True)
    assert image.sum() == 16 and image[0, 2:6, 2:6].min() == 1
    torch.testing.assert_close(read_picture(file(RAMP), 28, 1, invert=True), 1 - ramp())


def test_of_an_animation_the_first_frame_is_read() -> None:
    content = file(RAMP, "WEBP", save_all=True, append_images=[Image.new("L", (64, 64))], lossless=True)
    torch.testing.assert_close(read_picture(content, 28, 1), ramp(), atol=1 / 255, rtol=0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture", "cannot be read as a picture. Use PNG, JPEG or WebP"),
        (b"", "is empty"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG drawing.* Export it as PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be read"),
        (file(Image.effect_noise((64, 64), 50))[:1000], "cut short or damaged"),
        (file(RAMP.resize((512, 512)), "JPEG")[:1500], "cut short or damaged"),
        (png_header(8, 8), "cut short or damaged"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InvalidPicture, match=f"^The picture .*{words}"):
        read_picture(content, 28, 1)
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InvalidPicture, match=f"a.png .*{words}"):
        read_picture(tmp_path / "a.png", 28, 1)
    with pytest.raises(InvalidPicture, match=f"^Its file .*{words}"):
        read_picture(io.BytesIO(content), 28, 1, name="Its file")


def test_what_is_not_there_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidPicture, match=r"no file none\.png"):
        read_picture("none.png", 28, 1)
    with pytest.raises(InvalidPicture, match="is a folder"):
        read_picture(tmp_path, 28, 1)
    with pytest.raises(InvalidPicture, match="cannot be read"):
        read_picture("a\0b", 28, 1)


@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=5),
    length=st.integers(0, 3000),
)
@settings(deadline=None, max_examples=200)
def test_a_damaged_file_is_read_or_refused(kind: str, changes: list[tuple[int, int]], length: int) -> None:
    content = bytearray(file(RAMP.convert("RGB"), kind)[:length])
    for place, value in changes:
        if place < len(content):
            content[place] = value
    try:
        image = read_picture(bytes(content), 8, 3)
    except InvalidPicture as e:
        assert str(e).startswith("The picture ") and "BytesIO" not in str(e)
    else:
        assert image.shape == (3, 8, 8) and image.min() >= 0 and image.max() <= 1


def test_bundled_images_have_names() -> None:
    bag = example("fashion-mnist", "Bag", 3)
    assert torch.equal(open_picture("example:Bag/3", "fashion-mnist", 28, 1), bag)
    assert torch.equal(open_picture("example:Bag/3", "fashion-mnist", 28, 1, invert=True), 1 - bag)
    assert torch.equal(
        open_picture("example:T-shirt/top/0", "fashion-mnist", 28, 1), example("fashion-mnist", "T-shirt/top")
    )
    assert open_picture("example:avatar/2", "avatars", 32, 3).shape == (3, 32, 32)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("example:Bag", "example:CLASS/NUMBER"),
        ("example:Bag/x", "example:CLASS/NUMBER"),
        ("example:Bog/0", "Did you mean Bag"),
        ("example:Bag/10", "from 0 to 9"),
    ],
)
def test_a_bundled_image_that_there_is_not_is_refused(name: str, words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        open_picture(name, "fashion-mnist", 28, 1)


def test_an_open_picture_lies_on_the_background_of_its_data_set() -> None:
    wide = file(Image.new("L", (20, 10), 100))
    assert open_picture(wide, "mnist", 28, 1)[0, 0, 0] == 0
    assert open_picture(wide, "cats", 28, 1)[0, 0, 0] == 1
