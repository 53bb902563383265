"""Picture files from outside, decoded: upright pixels, of a file that is no dearer to read than it may be."""

import io
import os
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, features

from generative.errors import InvalidPicture

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")  # no others: a stranger's file may run an interpreter, or old C
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
if "avif" in features.get_supported():  # from Pillow 11.3
    FORMATS, SUFFIXES = (*FORMATS, "AVIF"), (*SUFFIXES, ".avif")
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error)  # what Pillow then raises
BROKEN_EXIF = (*BROKEN, AttributeError, KeyError, OverflowError, ZeroDivisionError)
TURNS = {  # the orientation in EXIF → what makes the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
DEPTH_AT = 24  # the byte of a PNG that holds the bits of a sample

Source = str | Path | bytes | BinaryIO


@dataclass(frozen=True)
class FileLimits:
    """What a picture file may cost. A 38 kB PNG can hold 39,000,000 × 1 pixels, so bytes alone say nothing.

    side: pixels of its longer side. pixels: of one picture. together: pixels of all pictures of one order. bytes: of a
    file.
    """

    side: int = 20_000
    pixels: int = 40_000_000
    together: int = 400_000_000
    bytes: int = 50_000_000


FILE_LIMITS = FileLimits()


def is_picture(path: Path) -> bool:
    """Whether a file of a folder is meant as a picture: by its ending, and not hidden, as a Mac's "._a.png" is."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def loaded(source: Source, name: str, limits: FileLimits = FILE_LIMITS, least: int | None = None) -> Image.Image:
    """The picture, upright, in mode L, LA, RGB, RGBA or CMYK; its `info` still says how its colours are meant.

    `least`: a JPEG may be decoded at a half, quarter or eighth, as long as both sides keep so many pixels. Raises
    InvalidPicture, which calls the picture `name`, before decoding if the file is beyond `limits`.
    """
    content = contents(source, name, limits)
    with opened(content, name, limits) as file:
        try:
            if least:
                file.draft(None, (least, least))
            return upright(file, eight_bits(file, content))
        except BROKEN as e:
            raise InvalidPicture(f"{name} is cut short or damaged ({e}). Fetch or save it anew.") from e


def pixels_of(source: Source, name: str, limits: FileLimits = FILE_LIMITS) -> int:
    """How many pixels a file holds; none is decoded. Raises InvalidPicture, as `loaded` does."""
    with opened(contents(source, name, limits), name, limits) as file:
        return file.width * file.height


def check_together(sources: Sequence[Source], names: Sequence[str], limits: FileLimits = FILE_LIMITS) -> None:
    """Raises InvalidPicture if a picture, or all of one order together, are beyond `limits`."""
    pixels = sum(pixels_of(source, name, limits) for source, name in zip(sources, names, strict=True))
    if pixels > limits.together:
        raise InvalidPicture(
            f"These {len(sources)} pictures have {pixels / 1e6:.0f} million pixels together; the limit is "
            f"{limits.together / 1e6:g} million. Choose fewer, or make them smaller first."
        )


def named(source: Source, otherwise: str) -> str:
    """What messages call a picture: its path, if it has one."""
    return str(source) if isinstance(source, str | Path) else otherwise


def contents(source: Source, name: str, limits: FileLimits) -> bytes:
    """The bytes of a file. Raises InvalidPicture if there are too many, or if it cannot be read."""
    try:
        if isinstance(source, str | Path):
            with open(source, "rb") as file:
                content = file.read(limits.bytes + 1)
        else:
            content = source if isinstance(source, bytes) else source.read(limits.bytes + 1)
    except FileNotFoundError:
        raise InvalidPicture(f"There is no file {name}.") from None
    except IsADirectoryError:
        raise InvalidPicture(f"{name} is a folder, not a picture.") from None
    except PermissionError:
        words = "is a folder, not a picture." if is_folder(source) else "may not be read. Change its permissions."
        raise InvalidPicture(f"{name} {words}") from None
    except (OSError, ValueError) as e:
        raise InvalidPicture(f"{name} cannot be read: {getattr(e, 'strerror', None) or e}.") from e
    if len(content) > limits.bytes:
        raise InvalidPicture(f"{name} has more than {limits.bytes / 1e6:g} MB, which is the limit. Make it smaller.")
    return content


def is_folder(source: Source) -> bool:
    """Whether a path was given that is a folder."""
    return isinstance(source, str | Path) and os.path.isdir(source)  # Windows calls opening one a lack of permission


def opened(content: bytes, name: str, limits: FileLimits) -> Image.Image:
    """The file, its pixels not yet decoded. Raises InvalidPicture for one that is no picture, or too large a one."""
    try:
        with warnings.catch_warnings(action="ignore"):
            file = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise InvalidPicture(f"{name} has far too many pixels; {most(limits)}. Make it smaller first.") from None
    except BROKEN as e:
        raise InvalidPicture(f"{name} {unreadable(content)}") from e
    if file.width * file.height > limits.pixels or max(file.size) > limits.side:
        raise InvalidPicture(f"{name} has {file.width}×{file.height} pixels; {most(limits)}. Make it smaller first.")
    return file


def most(limits: FileLimits) -> str:
    """The limits of a picture's size, in words."""
    return f"the limit is {limits.pixels / 1e6:g} million, and {limits.side:,} on a side"


def unreadable(content: bytes) -> str:
    """Why, and what to use instead."""
    start = content[:4096].replace(b"\0", b"").lower()  # without the noughts of UTF-16
    if b"<svg" in start:
        return "is an SVG drawing, which is no grid of pixels. Export it as PNG."
    if content[4:8] == b"ftyp" and b"avi" in content[8:40]:
        return "is an AVIF picture, which cannot be read here. Save it as PNG, or update Pillow to 11.3 or later."
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"):
        return (
            "is a HEIC photograph, as iPhones take them, which cannot be read here. Export it as JPEG; for those to "
            'come, choose "Most Compatible" in the iPhone\'s Settings, Camera, Formats.'
        )
    if content.startswith((b"\0\x05\x16\x07", b"\0\x05\x16\0")):
        return "is no picture but what a Mac notes of one, a file of its own. Take the one without ._ in its name."
    if content.startswith((b"II*\0", b"MM\0*")):
        return "is a TIFF or raw file, which is not read here. Export it as PNG."
    if not content:
        return "is empty. Use PNG, JPEG or WebP."
    return "cannot be read as a picture. Use PNG, JPEG or WebP."


def upright(file: Image.Image, picture: Image.Image) -> Image.Image:
    """`picture`, turned as `file`'s EXIF says. Where that is broken, so much of it counts as can be read."""
    try:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            turn = TURNS.get(file.getexif().get(ExifTags.Base.Orientation))
    except BROKEN_EXIF:  # the pixels are sound all the same
        return picture
    return picture if turn is None else picture.transpose(turn)


def eight_bits(file: Image.Image, content: bytes) -> Image.Image:
    """In mode L, LA, RGB, RGBA or CMYK."""
    clear = file.info.get("transparency")
    if file.format == "PNG" and clear is not None and file.mode != "P":
        return without_colour(file, content, clear)
    if file.mode.startswith("I"):  # 16 bits a pixel, whatever the room they are kept in
        return of_sixteen_bits(file)
    if file.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and clear is None:
        file.load()
        return file
    if file.mode == "1" and clear is None:
        return file.convert("L")
    return file.convert("RGBA" if file.has_transparency_data else "RGB")


def of_sixteen_bits(file: Image.Image) -> Image.Image:
    """A picture of 8 bits from one of 16; what is not quite black stays so."""
    values = np.asarray(file).astype(np.float32).clip(0, 65535) / 257
    values = np.maximum(values.round(), values > 0)  # no light goes out: a mask may hold 0 and 1 alone
    picture = Image.fromarray(values.astype(np.uint8))
    picture.info = file.info.copy()
    return picture


def without_colour(file: Image.Image, content: bytes, clear: int | tuple[int, int, int]) -> Image.Image:
    """A PNG without its one transparent colour, which tRNS gives at the depth of the file, as it is compared here."""
    depth = content[DEPTH_AT]
    low = low_bytes(content) if depth == 16 and file.mode == "RGB" else None
    values = np.asarray(file.convert("L") if file.mode == "1" else file)
    if low is not None:
        assert isinstance(clear, tuple)
        hit = (values == [c >> 8 for c in clear]).all(-1) & (low == [c & 255 for c in clear]).all(-1)
    elif file.mode == "RGB":
        hit = (values == clear).all(-1)
    else:
        hit = values == (clear * 255 // (2**depth - 1) if 1 < depth < 8 else clear)
    picture = of_sixteen_bits(file) if depth == 16 and low is None else file.convert("L" if values.ndim == 2 else "RGB")
    picture.info.pop("transparency", None)
    picture.putalpha(Image.fromarray(np.where(hit, 0, 255).astype(np.uint8)))
    return picture


def low_bytes(content: bytes) -> np.ndarray:
    """(H, W, 3) the lower halves of the samples of a PNG in RGB of 16 bits, of which Pillow gives the upper ones."""
    with Image.open(io.BytesIO(content), formats=["PNG"]) as file:
        file.tile = [tile._replace(args="RGB;16L") for tile in file.tile]
        return np.asarray(file)
