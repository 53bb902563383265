"""The stage: the one picture area of every tab. Python sends raw bytes, the browser draws and keeps them.

Events, both standard names of gr.HTML, to be read with ``evt: gr.EventData``:

- ``stage.select(fn)``: "Reuse this seed" was pressed; ``evt._data == {"seed": 7, "index": 0}``; see `reused_seed`.
- ``stage.upload(fn)``: a file was dropped or chosen; ``evt._data == {"name": str, "data": base64}``; see `dropped_file`.

Messages (the value of the component) are the dicts built below. Every key may be left out. A new ``run`` forgets the
frames of the one before; a message without ``run`` speaks about the run on show, so ``{"stopped": True}`` ends it.
Yield them from a generator at 12 to 15 frames/s, with ``show_progress="hidden"``, since Gradio would otherwise cover
the pictures with a spinner; the last message of a run says ``done`` or ``stopped``. Do not use a stage as an input:
the browser would send its pictures back.
"""

import base64
import binascii
import io
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image
from torch import Tensor

from generative.errors import GenerativeError, InvalidOption, InvalidPicture, check_choice, check_integer
from generative.frame import Frame

MAX_FILE_BYTES = 5_000_000
MAX_ANIMATION_CHARACTERS = 32_000_000  # of base64, as is the limit in stage_files.js
FRAME_MS, LAST_FRAME_MS = 80, 1500
GAP = 2  # pixels between pictures, as in png.js
LONG_SIDE, MAX_ENLARGEMENT = 512, 8

_HERE = Path(__file__).parent
_encoding = threading.Lock()  # one animation at a time: each may take seconds and 100 MB


def _text(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)

from gradio.events import Dependency

class Stage(gr.HTML):
    """A picture area. `value` is a message, so that the page opens with pictures; the rest is as in gr.HTML."""

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(
            value,
            html_template=_text("stage.html"),
            css_template=_text("stage.css"),
            js_on_load=_text("png.js", "stage.js", "stage_files.js"),
            apply_default_css=False,
            server_functions=[encode_animation],
            **options,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
    from typing import Callable, Literal, Sequence, Any, TYPE_CHECKING
    from gradio.blocks import Block
    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component


def frame_message(
    run: str,
    frame: Frame,
    seeds: Sequence[int],
    captions: Sequence[str] = (),
    alt: str = "",
    recipes: Sequence[str] | None = None,
    done: bool = False,
    stopped: bool = False,
    seconds_left: float | None = None,
    title: str = "",
    duration: float | None = None,
    grid_recipe: str | None = None,
) -> dict[str, Any]:
    """The message that shows `frame` as the newest frame of `run`.

    seeds, captions, recipes: one per image; captions may be empty. A recipe is JSON text, written into that image's
        PNG; send recipes with the last frame only, they are kept from then on.
    alt: how the alternative text of every image begins ("Sneaker drawn by DDPM").
    seconds_left: an estimate; duration: seconds that the whole run took, sent with the last frame.
    grid_recipe: the text for the PNG of the whole grid; without it the first recipe is used.

    A frame of the same step as the one before replaces it, so the last frame may be sent again with ``done=True``.
    """
    views = {"image": frame.images, **frame.views}
    return {
        "run": run,
        "seeds": [int(seed) for seed in seeds],
        "captions": list(captions),
        "frame": {
            "step": frame.step,
            "total": frame.total,
            "label": frame.label,
            "seconds_left": seconds_left,
            "shape": list(frame.images.shape),
            "views": {name: raw_bytes(images) for name, images in views.items()},
        },
        "done": done,
        "stopped": stopped,
        "recipe": None if recipes is None else list(recipes),
        "grid_recipe": grid_recipe,
        "alt": alt,
        "duration": duration,
        "title": title,
    }


def raw_bytes(images: Tensor) -> str:
    """Base64 of the bytes in the order N, H, W, C, rounded as in the PNGs that the project saves."""
    pixels = (images.detach() * 255).round().clamp(0, 255).byte().permute(0, 2, 3, 1).cpu().contiguous()
    return base64.b64encode(pixels.numpy().tobytes()).decode("ascii")


def stopped_message(run: str | None = None) -> dict[str, Any]:
    """Ends a run whose generator was cancelled: the one on show, or `run` if that is the one on show."""
    return {"stopped": True} if run is None else {"run": run, "stopped": True}


def say(*, error: str = "", notice: str = "") -> dict[str, Any]:
    """Shows a text above the pictures and keeps them. The time makes two equal texts in a row two messages."""
    return {"error": error, "notice": notice, "at": time.time()}


def reused_seed(event: gr.EventData) -> int:
    """The seed of a ``select`` event. Raises InvalidOption unless it is a seed: anyone can send an event."""
    data = event._data if isinstance(event._data, dict) else {}
    return check_integer("seed", data.get("seed"), 0, 2**53 - 1)


def dropped_file(event: gr.EventData) -> tuple[str, bytes]:
    """Name and content of the file of an ``upload`` event. Raises InvalidPicture if it is too large or damaged."""
    data = event._data if isinstance(event._data, dict) else {}
    name, content = data.get("name"), data.get("data")
    if not isinstance(name, str) or not isinstance(content, str):
        raise InvalidPicture("No file arrived. Drop a PNG that was saved here.")
    if len(content) > MAX_FILE_BYTES * 4 // 3 + 4:
        raise InvalidPicture(f"{name[:200]} is larger than 5 MB. Choose a PNG that was saved here.")
    try:
        return name[:200], base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidPicture(f"{name[:200]} arrived damaged. Drop it again.") from None


def encode_animation(order: Any) -> dict[str, str]:
    """A run as an animated GIF or lossless WebP; called from the browser, so nothing in `order` is trusted.

    order: {"format": "gif" | "webp", "shape": [N, C, H, W], "columns": int, "frames": [[base64 panel, …], …]}.
    Returns {"data": base64} or {"error": text for the user}.
    """
    try:
        kind, shape, columns, frames = _checked(order)
        with _encoding:
            return {"data": base64.b64encode(_encode(kind, shape, columns, frames)).decode("ascii")}
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
    if not isinstance(frames, list) or not 1 <= len(frames) <= 400:
        raise InvalidOption("an animation has 1 to 400 frames")
    panels = len(frames[0]) if isinstance(frames[0], list) else 0
    if panels not in (1, 2) or any(not isinstance(frame, list) or len(frame) != panels for frame in frames):
        raise InvalidOption("every frame must have the same 1 or 2 panels")
    length = 4 * -(-int(np.prod(shape)) // 3)
    if any(not isinstance(panel, str) or len(panel) != length for frame in frames for panel in frame):
        raise InvalidOption("every panel must hold as many bytes as its shape says")
    if length * panels * len(frames) > MAX_ANIMATION_CHARACTERS:
        raise InvalidOption("it would be larger than 32 MB; draw fewer images or fewer steps")
    return kind, shape, columns, frames


def _encode(kind: str, shape: tuple[int, ...], columns: int, frames: list[list[str]]) -> bytes:
    def drawn() -> Iterator[Image.Image]:
        for frame in frames:
            grid = np.concatenate([_grid(panel, shape, columns) for panel in frame], axis=1)[:, : -4 * GAP]
            scale = max(1, min(MAX_ENLARGEMENT, round(LONG_SIDE / max(grid.shape[:2]))))
            yield Image.fromarray(grid.repeat(scale, 0).repeat(scale, 1).squeeze())

    pictures = drawn()
    options = {"lossless": True, "method": 0, "quality": 20} if kind == "webp" else {"disposal": 1}
    durations = [FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS]
    file = io.BytesIO()
    next(pictures).save(file, kind, save_all=True, append_images=pictures, duration=durations, loop=0, **options)
    return file.getvalue()


def _grid(panel: str, shape: tuple[int, ...], columns: int) -> np.ndarray:
    """(rows, columns, C) uint8: the pictures of one panel on white, with a margin of 4 gaps to its right."""
    count, channels, height, width = shape
    try:
        raw = base64.b64decode(panel, validate=True)
        pixels = np.frombuffer(raw, np.uint8).reshape(count, height, width, channels)
    except (binascii.Error, ValueError):
        raise InvalidOption("the bytes of a panel are damaged") from None
    rows = -(-count // columns)
    grid = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP + 4 * GAP, channels), 255, np.uint8)
    for i, picture in enumerate(pixels):
        top, left = i // columns * (height + GAP), i % columns * (width + GAP)
        grid[top : top + height, left : left + width] = picture
    return grid