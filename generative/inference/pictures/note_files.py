"""Where the files of pictures keep a note, found without decoding a pixel."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator

from PIL import ExifTags, Image

from generative.errors import InvalidPicture
from generative.inference.pictures.reading import BROKEN_EXIF

PNG, GIF, RIFF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"RIFF"
KEYWORD = "generative"  # of the PNG's text; the first word of a GIF's comment and a WebP's description
DESCRIPTION = ExifTags.Base.ImageDescription
MAX_NOTE = 2_000_000  # bytes of a note that was packed


def note_text(content: bytes) -> str | None:
    """The note in a PNG, GIF or WebP; None in one without. Raises InvalidPicture for another file."""
    if content.startswith(PNG):
        return next((text for keyword, text in png_texts(content) if keyword == KEYWORD), None)
    if content.startswith(GIF):
        return after_keyword(gif_comment(content))
    if content.startswith(RIFF) and content[8:12] == b"WEBP":
        return after_keyword(webp_description(content))
    raise InvalidPicture("This file is no PNG, GIF or WebP, or a damaged one. Drop a picture that was made here.")


def after_keyword(text: str) -> str | None:
    """What follows our keyword; None where the text begins with something else."""
    word, _, note = text.partition(" ")
    return note if word == KEYWORD else None


def png_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Keywords and texts of the chunks tEXt, zTXt and iTXt (PNG specification, section 11.3.3)."""
    at = len(PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        keyword, _, rest = content[at + 8 : at + 8 + length].partition(b"\0")
        packed = kind == b"zTXt"
        if kind == b"iTXt":
            packed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        elif packed:
            rest = rest[1:]
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            yield keyword.decode("latin-1"), (unpacked(rest) if packed else rest).decode("utf-8", "replace")
        at += 12 + length


def unpacked(data: bytes) -> bytes:
    """Text that was packed, at most MAX_NOTE bytes of it; nothing if it is damaged."""
    try:
        return zlib.decompressobj().decompress(data, MAX_NOTE)
    except zlib.error:
        return b""


def gif_comment(content: bytes) -> str:
    """The comment of a GIF; nothing if there is none or the file is damaged."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=["GIF"]) as file:
            return bytes(file.info.get("comment", b"")).decode("utf-8", "replace")
    except (*BROKEN_EXIF, Image.DecompressionBombError):
        return ""


def webp_description(content: bytes) -> str:
    """What the EXIF of a WebP describes it as."""
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack("<4sI", content[at : at + 8])
        if kind == b"EXIF":
            return described(content[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    return ""


def described(exif: bytes) -> str:
    """The description among EXIF tags; nothing if they are damaged."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tags = Image.Exif()
            tags.load(exif)
            return str(tags.get(DESCRIPTION, ""))
    except BROKEN_EXIF:
        return ""
