"""What made a picture, written into its file, so that anyone can make it again.

The note is JSON: in a PNG the text "generative" (iTXt), in a GIF a comment, in a WebP the description in its EXIF.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image, PngImagePlugin

from generative.errors import InvalidPicture
from generative.fields import Integer
from generative.inference.pictures.note_files import DESCRIPTION, KEYWORD, note_text
from generative.inference.pictures.scale import scaled
from generative.library.weights import writing

MAX_BYTES = 20_000_000  # of a file that is looked into
COUNT = Integer("count", "Count", "Of images.", low=1, high=2**53)  # more than any that a note can mean
ELSEWHERE = "…/"  # stands for the folders of a machine
LOCAL = re.compile(  # what begins like a path, or names a picture file
    r"(/|~\w*[/\\]|\.\.?[/\\]|[a-z]:[/\\]|\\\\|file:).*|.*\.(png|jpe?g|webp|gif|bmp|avif)",
    re.IGNORECASE | re.DOTALL,
)


read_version = cache(version)  # a search of all folders of packages: 9 ms, where a VAE draws in 4


def versions() -> dict[str, str]:
    """Of what a picture's numbers depend on."""
    return {name: read_version(name) for name in ("torch", "diffusers")}


def to_note(plain: Mapping[str, Any]) -> str:
    """The text of a note, in ASCII, from what JSON can hold: with the versions, without the folders of this machine."""
    return json.dumps(without_folders({"versions": versions(), **plain}), allow_nan=False)


def without_folders(value: Any) -> Any:
    """The same, every text in it that looks like the path of a file or folder of a machine cut to "…/" and its name."""
    if isinstance(value, Mapping):
        return {key: without_folders(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_folders(inner) for inner in value]
    if isinstance(value, str) and not value.startswith(("hf:", "data:", "example:")) and LOCAL.fullmatch(value):
        return ELSEWHERE + re.split(r"[/\\]+", value.rstrip("/\\"))[-1]
    return value


def save_png(picture: Image.Image, target: Path | BinaryIO, plain: Mapping[str, Any], scale: int = 1) -> None:
    """Write `picture`, each pixel a square of `scale`, with a note of what made it. Raises CannotWrite.

    `plain`: what JSON can hold; see `to_note`. Raises InvalidOption for a scale beyond 1 to 16.
    """
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt(KEYWORD, to_note(plain))
    with writing(target if isinstance(target, Path) else Path("memory")):
        scaled(picture, scale).save(target, "PNG", pnginfo=chunks)


def animation_options(kind: str, plain: Mapping[str, Any] | None) -> dict[str, Any]:
    """What Pillow is told so that a "gif" or "webp" has the note of what made it; nothing without one."""
    if plain is None:
        return {}
    if kind == "gif":
        return {"comment": f"{KEYWORD} {to_note(plain)}".encode("ascii")}
    exif = Image.Exif()
    exif[DESCRIPTION] = f"{KEYWORD} {to_note(plain)}"
    return {"exif": exif}


def read_note(content: bytes) -> dict[str, Any]:
    """What made a PNG, GIF or WebP, as it was noted: anyone may have written it, so nothing in it is checked yet.

    Its pixels are never decoded. Raises InvalidPicture, which says what to do, for another file and one without a note.
    """
    if len(content) > MAX_BYTES:
        raise InvalidPicture(f"This file has {len(content) / 1e6:.1f} MB; the limit is {MAX_BYTES / 1e6:.0f} MB.")
    text = note_text(content)
    if text is None:
        raise InvalidPicture("This picture does not say what made it. Only pictures made here can be restored.")
    return read_text(text)


def read_text(text: Any) -> dict[str, Any]:
    """What the text of a note says. Raises InvalidPicture for what is no note."""
    try:
        note = json.loads(text, parse_constant=no_number)
        json.dumps(without_folders(note), allow_nan=False)  # 1e999 is infinite, and lists may lie too deep in lists
    except (ValueError, TypeError, RecursionError):
        note = None
    if not isinstance(note, dict) or not isinstance(note.get("model"), str):
        raise InvalidPicture("The picture's note of what made it cannot be read; it was written by something else.")
    return note


def no_number(name: str) -> None:
    """Refuses NaN and infinity, which Python's json reads although they are no JSON. Raises ValueError."""
    raise ValueError(f"{name} is no JSON")


def restorable(note: Mapping[str, Any], most: int) -> tuple[dict[str, Any], str]:
    """The recipe in a note with at most `most` images, and a sentence on what was left out.

    Raises InvalidPicture if it needs a file of its maker's machine, and InvalidOption for a count that is none.
    """
    recipe = {key: value for key, value in note.items() if key != "versions"}
    for name in elsewhere(recipe):
        what = "by a model in the folder" if name == recipe.get("model") else "from the file"
        raise InvalidPicture(
            f"This picture was made {what} {name.removeprefix(ELSEWHERE)} of its maker's machine, which its note does "
            "not hold. It can only be made again there."
        )
    count = COUNT.read(recipe.get("count", 1))
    if count <= most:
        return recipe, ""
    return recipe | {"count": most}, f"It asks for {count} images; here are its first {most}, the most at once."


def elsewhere(value: Any) -> list[str]:
    """All texts in a note that stand for files of another machine."""
    if isinstance(value, str):
        return [value] if value.startswith(ELSEWHERE) else []
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [name for each in inner for name in elsewhere(each)]
