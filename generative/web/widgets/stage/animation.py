"""The frames that a browser kept, as an animated GIF or WebP: what the stage's export buttons call."""

import asyncio
import base64
import binascii
import io
import math
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from PIL import Image

from generative.errors import GenerativeError, InvalidOption, InvalidPicture, check_choice, check_integer
from generative.inference.pictures.grids import GAP, grid, save_animation
from generative.inference.pictures.provenance import read_text

MAX_SIZE, MAX_FRAMES = 15_000_000, 400  # characters of base64
MAX_SECONDS = 30.0  # of one core: a GIF chooses 256 colours for each frame anew
MAX_RECIPE = 1_000_000  # characters
PANEL_GAP = 4 * GAP  # pixels between two panels
BUSY = "Other animations are being made. Try again in a minute."
_worker = ThreadPoolExecutor(1, "animation")  # one at a time, and on no thread that pages need: each takes seconds
_places = threading.BoundedSemaphore(4)  # of the one at work and of those that wait


async def encode_animation(order: Any) -> dict[str, str]:
    """`animation` of `order`, called from the browser; who finds too many before him is told so at once."""
    if not _places.acquire(blocking=False):
        return {"error": BUSY}
    try:
        return await asyncio.get_running_loop().run_in_executor(_worker, animation, order)
    finally:
        _places.release()


def animation(order: Any) -> dict[str, str]:
    """A run as an animated GIF or lossless WebP. It comes from a browser, so nothing in `order` is trusted.

    order: {"format": "gif" | "webp", "shape": [N, C, H, W], "columns": int, "frames": [[base64 panel, …], …], "recipe":
    JSON text of what made it, or null}.
    Returns {"data": base64} or {"error": text for the user}.
    """
    try:
        kind, shape, columns, frames = _checked(order)
        encoded = _encode(kind, shape, columns, frames, _recipe(order.get("recipe")))
        return {"data": base64.b64encode(encoded).decode("ascii")}
    except GenerativeError as error:
        return {"error": f"The animation could not be made: {error}."}


def _checked(order: Any) -> tuple[str, tuple[int, ...], int, list[list[str]]]:
    if not isinstance(order, dict) or not isinstance(order.get("shape"), list) or len(order["shape"]) != 4:
        raise InvalidOption("shape must be [images, channels, height, width]")
    kind = check_choice("format", order.get("format"), ["gif", "webp"])
    limits = {"number of images": 64, "channels": 3, "height": 256, "width": 256}
    shape = tuple(check_integer(name, n, 1, limits[name]) for name, n in zip(limits, order["shape"], strict=True))
    if shape[1] == 2:
        raise InvalidOption("channels must be 1 or 3, not 2")
    columns = check_integer("columns", order.get("columns"), 1, shape[0])
    frames = order.get("frames")
    if not isinstance(frames, list) or not 1 <= len(frames) <= MAX_FRAMES:
        raise InvalidOption(f"an animation has 1 to {MAX_FRAMES} frames")
    panels = len(frames[0]) if isinstance(frames[0], list) else 0
    if panels not in (1, 2, 3) or any(not isinstance(frame, list) or len(frame) != panels for frame in frames):
        raise InvalidOption("every frame must have the same 1 to 3 panels")
    lengths = [4 * -(-size // 3) for size in (math.prod(shape), math.prod(shape) // 4)]
    if any(not isinstance(panel, str) or len(panel) not in lengths for frame in frames for panel in frame):
        raise InvalidOption("every panel must hold as many bytes as its shape says")
    if sum(len(panel) for frame in frames for panel in frame) > MAX_SIZE:
        raise InvalidOption(f"it would be larger than {MAX_SIZE // 10**6} MB; draw fewer images or fewer steps")
    return kind, shape, columns, frames


def _recipe(text: Any) -> dict[str, Any] | None:
    """The note for the file, as the page sent it. Raises InvalidOption."""
    if text is None:
        return None
    if isinstance(text, str) and len(text) > MAX_RECIPE:
        raise InvalidOption(f"recipe has {len(text):,} characters; the limit is {MAX_RECIPE:,}")
    try:
        return read_text(text)
    except InvalidPicture:
        raise InvalidOption("recipe must be a JSON text with a model, or null") from None


def _encode(
    kind: str, shape: tuple[int, ...], across: int, frames: list[list[str]], recipe: dict[str, Any] | None
) -> bytes:
    file = io.BytesIO()
    save_animation(_in_time(_drawn(frame, shape, across) for frame in frames), len(frames), kind, file, recipe)
    return file.getvalue()


def _in_time(pictures: Iterator[Image.Image]) -> Iterator[Image.Image]:
    """`pictures`, which are encoded as they are drawn. Raises InvalidOption when that takes too long."""
    began = time.thread_time()
    for picture in pictures:
        if time.thread_time() - began > MAX_SECONDS:
            raise InvalidOption(f"it takes longer than {MAX_SECONDS:.0f} s; choose WebP, or draw fewer images or steps")
        yield picture


def _drawn(frame: list[str], shape: tuple[int, ...], across: int) -> Image.Image:
    """The panels of a frame next to each other, on white."""
    grids = [grid(_images(panel, shape), across) for panel in frame]
    width, height = grids[0].size
    picture = Image.new(grids[0].mode, (len(grids) * (width + PANEL_GAP) - PANEL_GAP, height), "white")
    for i, panel in enumerate(grids):
        picture.paste(panel, (i * (width + PANEL_GAP), 0))
    return picture


def _images(panel: str, shape: tuple[int, ...]) -> torch.Tensor:
    """(N, C, H, W) in [0, 1]; of a panel in half the size each pixel four times."""
    count, channels, height, width = shape
    try:
        values = np.frombuffer(base64.b64decode(panel, validate=True), np.uint8)
        every = 1 if len(values) == math.prod(shape) else 2
        pixels = values.reshape(count, height // every, width // every, channels)
    except (binascii.Error, ValueError):
        raise InvalidOption("the bytes of a panel are damaged") from None
    images = torch.from_numpy(pixels.astype(np.float32) / 255).permute(0, 3, 1, 2)
    return images.repeat_interleave(every, 2).repeat_interleave(every, 3)
