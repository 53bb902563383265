"""What travels between programs and the page: pictures as base64 text, and mistakes in words."""

import io
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gradio as gr
from PIL import Image
from torch import Tensor

from generative.errors import GenerativeError, InvalidOption
from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.inputs import Pictures
from generative.inference.pictures.grids import to_pil
from generative.inference.pictures.provenance import save_png


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
    return Pictures("image", "", "", engine.entry(model), len(images), engine.limits.files).read(images)


def progress(frame: Frame) -> dict[str, Any]:
    """How far a run is."""
    return {"step": frame.step, "total": frame.total, "label": frame.label}


def png(picture: Image.Image | Tensor, made: Mapping[str, Any]) -> str:
    """A picture, or an image (C, H, W) in [0, 1], as a PNG file with a note of what `made` it."""
    file = io.BytesIO()
    save_png(picture if isinstance(picture, Image.Image) else to_pil(picture), file, made)
    return base64(file)


def each_png(request: Request, images: Tensor) -> list[str]:
    """Images (N, C, H, W), one a seed, each with a note of what makes it alone."""
    return [png(image, request.image(i).plain()) for i, image in enumerate(images)]


def base64(file: io.BytesIO) -> str:
    return b64encode(file.getvalue()).decode()
