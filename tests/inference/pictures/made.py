"""Picture files as tests need them, made on the spot."""

import io
import struct
import zlib

from PIL import Image

RAMP = Image.linear_gradient("L").transpose(Image.Transpose.TRANSPOSE).resize((64, 64))  # from black to white


def file(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def png(width: int, height: int, rows: bytes, depth: int = 8, kind: int = 0, extra: bytes = b"") -> bytes:
    """A PNG of given scan lines (each begins with its filter, 0); kind 0 is grey, 2 RGB. `extra`: chunks before."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(rows, 9)) if rows else chunk(b"IDAT", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + pixels + chunk(b"IEND", b"")


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    return png(width, height, b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(content: bytes, kind: bytes, data: bytes) -> bytes:
    """A PNG with one chunk more, right behind its header."""
    return content[:33] + chunk(kind, data) + content[33:]


def profile(red: tuple[float, ...], green: tuple[float, ...], blue: tuple[float, ...], gamma: float) -> bytes:
    """An ICC profile (version 2.4) of a display: XYZ of its primaries, for D50 as profiles have them, and a gamma."""
    white = tuple(map(sum, zip(red, green, blue, strict=True)))
    curve = b"curv" + bytes(4) + struct.pack(">IHxx", 1, round(gamma * 256))
    tags = [(b"wtpt", xyz(white)), (b"rXYZ", xyz(red)), (b"gXYZ", xyz(green)), (b"bXYZ", xyz(blue))]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    place, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags:
        table += name + struct.pack(">II", place + len(body), len(data))
        body += data
    head = struct.pack(">I4xI4s4s4s12x4s", place + len(body), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return head.ljust(68, b"\0") + struct.pack(">3I", *map(fixed, (0.9642, 1, 0.8249))) + bytes(48) + table + body


def xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *map(fixed, values))


def fixed(value: float) -> int:
    return round(value * 65536)


P3 = profile((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407), 2.2)
