"""A file is refused before it costs much, and a sound picture is read whatever is broken beside its pixels."""

import io
import os
import struct
import time
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generative.errors import InvalidPicture
from generative.inference.pictures.files import read_picture, read_pictures
from generative.inference.pictures.reading import SUFFIXES, FileLimits, is_picture, loaded, pixels_of
from tests.inference.pictures.made import RAMP, file, png, png_header, with_chunk

MARKED = Image.new("L", (24, 16), 255)  # dark in its upper left corner
MARKED.paste(0, (0, 0, 8, 8))


def tiff(*entries: bytes, first: int = 8) -> bytes:
    """The directory of EXIF: entries of twelve bytes each."""
    return b"II*\0" + struct.pack("<IH", first, len(entries)) + b"".join(entries) + bytes(4)


def entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


UPSIDE_DOWN = entry(0x0112, 3, 1, 3)
BROKEN_EXIF = {
    "garbage": (bytes(range(40)), False),
    "empty": (b"", False),
    "no header": (b"\0\x08\0\x02\x01\x12\0\x03", False),
    "cut short": (tiff(UPSIDE_DOWN)[:14], False),
    "a directory far off": (tiff(UPSIDE_DOWN, first=60_000), False),
    "a directory of itself": (tiff(UPSIDE_DOWN, entry(0x8769, 4, 1, 8)), True),
    "a fraction without a place": (tiff(UPSIDE_DOWN, entry(0x011A, 5, 1, 60_000)), True),
    "a fraction of noughts": (tiff(UPSIDE_DOWN, entry(0x011A, 5, 1, 0)), True),
    "a resolution in words": (tiff(UPSIDE_DOWN, entry(0x011B, 2, 4, 0x00636261)), True),
    "a billion values": (tiff(UPSIDE_DOWN, entry(0x010F, 2, 2**30, 8)), True),
    "orientation in words": (tiff(entry(0x0112, 2, 4, 0x00636261)), False),
    "orientation 9": (tiff(entry(0x0112, 3, 1, 9)), False),
    "no known type": (tiff(UPSIDE_DOWN, entry(0x0100, 99, 1, 1)), True),
}


def with_exif(kind: str, exif: bytes) -> bytes:
    if kind == "PNG":
        return with_chunk(file(MARKED), b"eXIf", exif)
    return file(MARKED.convert("RGB"), kind, exif=b"Exif\0\0" + exif, quality=95)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("broken", BROKEN_EXIF)
def test_sound_pixels_are_read_whatever_is_broken_in_exif(kind: str, broken: str) -> None:
    exif, turned = BROKEN_EXIF[broken]
    pixels = loaded(with_exif(kind, exif), "a").convert("L")
    assert (pixels.getpixel((1, 1)) < 40, pixels.getpixel((22, 14)) < 40) == (not turned, turned)


@given(st.binary(max_size=80), st.booleans())
@settings(deadline=None)
def test_no_exif_makes_a_picture_unreadable(exif: bytes, headed: bool) -> None:
    assert loaded(with_chunk(file(MARKED), b"eXIf", (b"II*\0\x08\0\0\0" if headed else b"") + exif), "a").mode == "L"


@pytest.mark.parametrize("size", [(6_500, 6_500), (40_000_001, 1), (15_000, 15_000), (30_000, 30_000)])
def test_too_large_a_picture_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    start = time.monotonic()
    with pytest.raises(InvalidPicture, match="40 million"):
        read_picture(png_header(*size), 28, 1)
    assert time.monotonic() - start < 0.5


def test_a_long_thin_picture_is_refused_by_its_side() -> None:
    thin = png(39_000_000, 1, bytes(39_000_001), depth=8)
    assert len(thin) < 40_000
    start = time.monotonic()
    with pytest.raises(InvalidPicture, match=r"39000000×1 pixels; the limit is 40 million, and 20,000 on a side"):
        read_picture(thin, 28, 1)
    assert time.monotonic() - start < 0.5


def test_limits_can_be_set() -> None:
    content = file(RAMP)
    for limits in (FileLimits(side=63), FileLimits(pixels=4095), FileLimits(bytes=len(content) - 1)):
        with pytest.raises(InvalidPicture, match="limit"):
            read_picture(content, 28, 1, limits=limits)
    assert pixels_of(content, "a", FileLimits(64, 4096, bytes=len(content))) == 4096


def test_pictures_that_are_too_many_together_are_refused_before_any_is_decoded() -> None:
    damaged = png_header(64, 64)
    with pytest.raises(InvalidPicture, match=r"These 3 pictures have .* together; the limit is"):
        read_pictures([damaged] * 3, 28, 1, limits=FileLimits(together=10_000))
    assert read_pictures([file(RAMP)] * 2, 28, 1, limits=FileLimits(together=10_000)).shape == (2, 1, 28, 28)
    with pytest.raises(InvalidPicture, match=r"^Picture 2 is empty"):
        read_pictures([file(RAMP), b""], 28, 1)


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    if not os.path.exists("/dev/zero"):
        pytest.skip("needs a file without end, /dev/zero")
    with pytest.raises(InvalidPicture, match="more than 50 MB"):
        read_picture("/dev/zero", 28, 1)


def test_a_large_photograph_is_read_as_a_small_one_would_be() -> None:
    large = RAMP.resize((2000, 1500), Image.Resampling.BICUBIC)
    sizes = {loaded(file(large, "JPEG"), "a", least=least).size for least in (None, 8 * 28, 1000, 1500)}
    assert sizes == {(2000, 1500), (500, 375)}
    image = read_picture(file(large, "JPEG", quality=95), 28, 1)
    torch.testing.assert_close(image, read_picture(file(large), 28, 1), atol=3 / 255, rtol=0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "HEIC photograph.*Export it as JPEG"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(100), "HEIC photograph"),
        ("<?xml version='1.0' encoding='utf-16'?><svg/>".encode("utf-16"), "SVG drawing"),
        (b"<!--" + b" " * 2000 + b"--><SVG>", "SVG drawing"),
        (b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ", r"without \._ in its name"),
        (file(RAMP, "TIFF"), "TIFF.*Export it as PNG"),
    ],
)
def test_what_a_browser_or_a_phone_has_instead_of_a_picture_is_told_by_name(content: bytes, words: str) -> None:
    with pytest.raises(InvalidPicture, match=words):
        read_picture(content, 28, 1)


@pytest.mark.skipif(".avif" not in SUFFIXES, reason="this Pillow has no AVIF; 11.3 and later have")
def test_avif_is_read() -> None:
    image = read_picture(file(RAMP, "AVIF", quality=100), 28, 1)
    torch.testing.assert_close(image, read_picture(file(RAMP), 28, 1), atol=4 / 255, rtol=0)
    with pytest.raises(InvalidPicture, match=r"damaged|cannot be read"):
        read_picture(file(RAMP, "AVIF", quality=100)[:200], 28, 1)


def test_hidden_files_and_folders_are_no_pictures(tmp_path: Path) -> None:
    for name in ("a.png", "B.JPG", "._a.png", ".hidden.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    assert sorted(p.name for p in tmp_path.iterdir() if is_picture(p)) == ["B.JPG", "a.png"]


def test_an_open_file_that_is_no_picture_is_called_by_its_name() -> None:
    with pytest.raises(InvalidPicture, match=r"^The picture is empty"):
        read_picture(io.BytesIO(), 28, 1)
