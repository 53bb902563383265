"""A PNG says what made it, and whatever else is dropped on the page is refused in words."""

import io
import json
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from generative.errors import CannotWrite, InvalidPicture
from generative.inference.pictures import provenance
from generative.inference.pictures.provenance import MAX_BYTES, Provenance, parse, read_png, save_png

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.none() | st.booleans() | numbers | st.text(max_size=20)
json_values = st.recursive(values, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def png(made_by: Provenance, size: tuple[int, int] = (8, 8)) -> bytes:
    file = io.BytesIO()
    save_png(Image.new("L", size), file, made_by)
    return file.getvalue()


def png_with_note(note: str, keyword: str = provenance.KEYWORD) -> bytes:
    chunks, file = PngImagePlugin.PngInfo(), io.BytesIO()
    chunks.add_itxt(keyword, note)
    Image.new("L", (8, 8)).save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@given(
    model=st.text(max_size=40),
    seed=st.integers(0, 2**32),
    count=st.integers(1, 64),
    options=st.dictionaries(st.text(max_size=20), values, max_size=5),
)
@settings(deadline=None)
def test_what_is_written_is_read(model: str, seed: int, count: int, options: dict[str, object]) -> None:
    made_by = Provenance(model, seed, count, options)
    assert read_png(png(made_by)) == made_by


def test_it_stays_a_picture_for_everybody_else(tmp_path: Path) -> None:
    save_png(Image.new("RGB", (5, 3), (1, 2, 3)), tmp_path / "a.png", Provenance("tiny/vae", 7))
    with Image.open(tmp_path / "a.png") as picture:
        assert (picture.format, picture.size, picture.getpixel((4, 2))) == ("PNG", (5, 3), (1, 2, 3))
        assert json.loads(picture.text["generative"])["seed"] == 7


def test_other_pictures_are_refused_with_their_reason() -> None:
    jpeg = io.BytesIO()
    Image.new("L", (8, 8)).save(jpeg, "JPEG")
    plain = io.BytesIO()
    Image.new("L", (8, 8)).save(plain, "PNG")
    for content, words in [
        (b"", "no PNG"),
        (b"hello", "no PNG"),
        (jpeg.getvalue(), "no PNG"),
        (plain.getvalue(), "does not say what made it"),
        (bytes(MAX_BYTES + 1), "5.0 MB; the limit is 5 MB"),
        (png_with_note("{}", "other"), "does not say what made it"),
        (png_header(3000, 3000), "3000×3000 pixels; the limit is 4 million"),
        (png_header(0, 0), "no PNG|does not say"),
    ]:
        with pytest.raises(InvalidPicture, match=words):
            read_png(content)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("side", [10_000, 13_000, 20_000, 2**31 - 1])
def test_a_decompression_bomb_is_refused_without_a_sound(side: int) -> None:
    with pytest.raises(InvalidPicture, match="pixels"):
        read_png(png_header(side, side))


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 400), patch=st.binary(max_size=8), length=st.integers(0, 500))
def test_a_damaged_png_is_read_or_refused_but_nothing_else(place: int, patch: bytes, length: int) -> None:
    content = bytearray(png(Provenance("tiny/vae", 7, 4, {"temperature": 1.0})))
    content[place : place + len(patch)] = patch
    for damaged in (bytes(content), bytes(content[:length])):
        try:
            assert isinstance(read_png(damaged), Provenance)
        except InvalidPicture as e:
            assert len(str(e)) < 300


@settings(max_examples=200, deadline=None)
@given(
    content=json_values
    | st.fixed_dictionaries({"model": json_values, "seed": json_values, "count": json_values, "options": json_values})
)
def test_any_note_is_read_or_refused(content: object) -> None:
    try:
        assert isinstance(parse(json.dumps(content)).options, dict)
    except InvalidPicture as e:
        assert len(str(e)) < 300


@pytest.mark.parametrize("note", ["", "{", "[" * 100_000, "nan", '"text"', "[1]", '{"model": "a"}', "9" * 5000])
def test_a_note_that_is_none_of_ours_is_refused(note: str) -> None:
    with pytest.raises(InvalidPicture, match="cannot be read"):
        parse(note)
    with pytest.raises(InvalidPicture):
        read_png(png_with_note(note))


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"Cannot write to .*nowhere/a\.png"):
        save_png(Image.new("L", (8, 8)), tmp_path / "nowhere" / "a.png", Provenance("tiny/vae", 7))
