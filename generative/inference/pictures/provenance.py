"""What made a picture, written into its PNG file, so that anyone can make it again."""

import io
import json
import struct
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin, UnidentifiedImageError

from generative.errors import InvalidPicture, shown
from generative.library.weights import writing

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = "generative"  # of the PNG's iTXt chunk
MAX_BYTES = 5_000_000
MAX_PIXELS = 4_000_000


def versions() -> dict[str, str]:
    return {name: version(name) for name in ("torch", "diffusers")}


@dataclass(frozen=True)
class Provenance:
    """The model, the seeds and the options of a picture: all that is needed to make it again."""

    model: str
    seed: int
    count: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=versions)

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def save_png(picture: Image.Image, target: Path | io.BytesIO, provenance: Provenance) -> None:
    """Write `picture` with its provenance. Raises CannotWrite."""
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt(KEYWORD, provenance.to_json())
    with writing(target if isinstance(target, Path) else Path("memory")):
        picture.save(target, "PNG", pnginfo=chunks)


def read_png(content: bytes) -> Provenance:
    """The provenance in a PNG file; its pixels are never decoded. Raises InvalidPicture, which says what to do."""
    if len(content) > MAX_BYTES:
        raise InvalidPicture(f"This file has {len(content) / 1e6:.1f} MB; the limit is {MAX_BYTES / 1e6:.0f} MB.")
    if content[:8] == SIGNATURE and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])  # before PIL, which warns of large pictures on stderr
        if width * height > MAX_PIXELS:
            limit = f"the limit is {MAX_PIXELS / 1e6:.0f} million"
            raise InvalidPicture(f"This picture has {width}×{height} pixels; {limit}. Drop one downloaded here.")
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            text = getattr(picture, "text", {}).get(KEYWORD)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as e:
        raise InvalidPicture("This file is no PNG, or a damaged one. Drop a PNG that was downloaded here.") from e
    if text is None:
        raise InvalidPicture("This PNG does not say what made it. Only pictures downloaded here can be restored.")
    return parse(text)


def parse(text: str) -> Provenance:
    """Provenance from its JSON, which anyone may have written; options are checked by the model they are for."""
    try:
        content = json.loads(text)
        model, seed, count, options = (content[key] for key in ("model", "seed", "count", "options"))
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        raise InvalidPicture("The PNG's note of what made it cannot be read; it was written by something else.") from e
    if not isinstance(model, str) or not isinstance(options, dict):
        raise InvalidPicture(f"The PNG's note names {shown(model)} with {shown(options)}: no model with options.")
    return Provenance(model, seed, count, options)
