"""Colours are what a file means by its numbers, and what it calls transparent is, at any depth."""

import struct

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from generative.inference.pictures.files import read_picture
from tests.inference.pictures.made import P3, RAMP, chunk, file, png, profile, with_chunk

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LINEAR = profile((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141), 1.0)
RED = Image.new("RGB", (8, 8), (220, 40, 30))
P3_PRIMARIES = (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)


def colour(content: bytes, background: str = "black") -> list[int]:
    return [round(v * 255) for v in read_picture(content, 8, 3, background)[:, 0, 0].tolist()]


def gamma(value: float) -> bytes:
    return struct.pack(">I", round(value * 100_000))


def primaries(values: tuple[float, ...]) -> bytes:
    return struct.pack(">8I", *(round(v * 100_000) for v in values))


def close(found: list[int], expected: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 2 for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(("icc", "expected"), [(P3, (241, 0, 0)), (LINEAR, (239, 110, 96)), (SRGB, (220, 40, 30))])
def test_a_colour_profile_is_followed(kind: str, icc: bytes, expected: tuple[int, ...]) -> None:
    options = {"lossless": True} if kind == "WEBP" else {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    found = colour(file(RED, kind, icc_profile=icc, **options))
    assert all(abs(a - b) <= (7 if kind == "JPEG" else 5) for a, b in zip(found, expected, strict=True)), found


def test_transparency_outlives_a_profile() -> None:
    clear = RED.copy()
    clear.putalpha(0)
    assert colour(file(clear, icc_profile=P3), "white") == [255, 255, 255]


@pytest.mark.parametrize("picture", [RED, RED.convert("L"), RED.convert("RGBA"), RED.convert("LA"), RED.convert("P")])
@pytest.mark.parametrize(
    "icc", [b"", b"no profile", P3[:200], *(P3[:16] + space + P3[20:] for space in (b"GRAY", b"CMYK", b"Lab "))]
)
def test_a_profile_that_is_broken_or_for_other_pictures_costs_no_picture(picture: Image.Image, icc: bytes) -> None:
    assert colour(file(picture, icc_profile=icc)) == colour(file(picture))


def test_a_grey_picture_may_carry_the_profile_of_a_camera() -> None:
    assert close(colour(file(Image.new("L", (8, 8), 30), icc_profile=LINEAR)), (96, 96, 96))
    assert close(colour(file(Image.new("LA", (8, 8), (30, 255)), icc_profile=LINEAR)), (96, 96, 96))


def test_four_inks_are_read_with_a_broken_profile_too() -> None:
    inks = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert close(colour(file(inks, "JPEG", quality=100, icc_profile=b"none")), (254, 0, 0))


def test_gamma_is_followed() -> None:
    assert colour(with_chunk(file(RED), b"gAMA", gamma(1))) == [239, 110, 96]
    assert colour(with_chunk(file(Image.new("L", (8, 8), 30)), b"gAMA", gamma(1))) == [96] * 3
    for usual in (1 / 2.2, 0.45):
        assert colour(with_chunk(file(RED), b"gAMA", gamma(usual))) == [220, 40, 30]


def test_primaries_are_followed_with_gamma() -> None:
    noted = with_chunk(with_chunk(file(RED), b"cHRM", primaries(P3_PRIMARIES)), b"gAMA", gamma(1 / 2.2))
    assert close(colour(noted), (241, 0, 0))


def test_srgb_goes_before_gamma_and_a_profile_before_both() -> None:
    noted = with_chunk(with_chunk(file(RED), b"gAMA", gamma(1)), b"sRGB", b"\0")
    assert colour(noted) == [220, 40, 30]
    assert close(colour(with_chunk(file(RED, icc_profile=P3), b"gAMA", gamma(1))), (241, 0, 0))


@pytest.mark.parametrize("value", [0, 0.001, 20_000])
@pytest.mark.parametrize("corners", [(0.0,) * 8, (0.3,) * 8, P3_PRIMARIES])
def test_a_gamma_that_cannot_be_is_passed_over(value: float, corners: tuple[float, ...]) -> None:
    noted = with_chunk(with_chunk(file(RED), b"cHRM", primaries(corners)), b"gAMA", gamma(value))
    assert colour(noted) == [220, 40, 30]
    flat = with_chunk(with_chunk(file(RED), b"cHRM", primaries((0.3,) * 8)), b"gAMA", gamma(0.45))
    assert torch.isfinite(read_picture(flat, 8, 3)).all()


def grey(depth: int, *samples: int) -> bytes:
    """One row of a grey PNG whose sample 1 is transparent."""
    bits = "".join(f"{s:0{depth}b}" for s in samples)
    row = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    return png(len(samples), 1, b"\0" + row, depth, extra=chunk(b"tRNS", struct.pack(">H", 1)))


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_one_grey_may_be_transparent_at_any_depth(depth: int) -> None:
    image = read_picture(grey(depth, 0, 1, 0, 1), 4, 1, "white")[0, 1]  # the row lies on the second of four
    assert image.tolist() == [0, 1, 0, 1]
    assert read_picture(grey(depth, 0, 1, 0, 1), 4, 1, "black").max() == 0


def test_of_sixteen_bits_in_colour_only_the_very_colour_is_transparent() -> None:
    clear, near = (0x1234, 0, 0xFFFF), (0x1235, 0, 0xFFFF)
    row = b"\0" + struct.pack(">6H", *clear, *near)
    content = png(2, 1, row, 16, 2, chunk(b"tRNS", struct.pack(">3H", *clear)))
    image = (read_picture(content, 2, 3, "white")[:, 0] * 255).round().T
    assert image.tolist() == [[255, 255, 255], [0x12, 0, 255]]


def test_a_transparent_picture_of_sixteen_bits_is_turned_and_scaled() -> None:
    deep = np.asarray(RAMP).astype(np.uint16) * 257
    content = with_chunk(file(Image.fromarray(deep)), b"tRNS", struct.pack(">H", 256))
    assert torch.equal(read_picture(content, 28, 1), read_picture(file(RAMP), 28, 1))
