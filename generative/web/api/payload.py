"""What travels between programs and the page: pictures as base64 text, and mistakes in words."""

import io
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
import torch
from PIL import Image
from torch import Tensor

from generative.errors import GenerativeError, InvalidOption, InvalidPicture, shown
from generative.inference.engine.engine import Engine
from generative.inference.pictures.files import open_picture
from generative.inference.pictures.grids import to_pil
from generative.inference.pictures.masks import MASKS
from generative.inference.pictures.reading import check_together

MAX_CHARACTERS = 8_000_000  # of one picture in base64


@contextmanager
def told() -> Iterator[None]:
    """Passes what a user can mend on to the program that asked, in words."""
    try:
        yield
    except GenerativeError as e:
        raise gr.Error(str(e), print_exception=False) from e


def listed(field: str, value: Any, most: int, words: str) -> list[Any]:
    """`value`, if it is a list of 1 to `most`. Raises InvalidOption."""
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise InvalidOption(f"{field} must be a list of 1 to {most} {words}", field)
    return value


def read_image(engine: Engine, model: str, image: Any) -> Tensor:
    """(C, H, W) as `model` wants it, from base64 or "example:CLASS/0". Raises InvalidPicture or InvalidOption."""
    return read_images(engine, model, [image])[0]


def read_images(engine: Engine, model: str, images: list[Any]) -> Tensor:
    """(N, C, H, W), each as `read_image` reads it; none is decoded if all together are too large."""
    entry = engine.entry(model)
    sources = [i if isinstance(i, str) and i.startswith("example:") else from_base64(i, "image") for i in images]
    files = [source for source in sources if isinstance(source, bytes)]
    check_together(files, [f"Picture {i}" if len(files) > 1 else "The picture" for i in range(1, len(files) + 1)])
    return torch.stack([open_picture(source, entry.dataset, entry.size, entry.channels) for source in sources])


def from_base64(text: Any, field: str) -> bytes:
    """The file in a base64 text or data URL. Raises InvalidPicture."""
    if not isinstance(text, str):
        raise InvalidPicture(f"{field} must be a picture in base64, not {shown(text)}", field)
    if len(text) > MAX_CHARACTERS:
        limit = f"{MAX_CHARACTERS / 1e6:.0f} million"
        raise InvalidPicture(
            f"{field} has {len(text):,} characters of base64; the limit is {limit}. Make it smaller.", field
        )
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        known = f" one of {', '.join(MASKS)}, nor" if field == "mask" else ""
        raise InvalidPicture(f"{field} is not{known} a picture in base64: {shown(text)}", field) from None


def png(picture: Image.Image | Tensor) -> str:
    """A picture, or an image (C, H, W) in [0, 1], as a PNG file."""
    file = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else to_pil(picture)).save(file, "PNG")
    return base64(file)


def base64(file: io.BytesIO) -> str:
    return b64encode(file.getvalue()).decode()
