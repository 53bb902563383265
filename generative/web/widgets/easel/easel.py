"""The easel: one picture on which a visitor paints a mask, draws, or points at a pixel. Its other half is easel.js.

Value, Python → browser: a message, any part of this dict; what is left out stays as it is.

    picture          base64 of the bytes in the order H, W, C; None for an empty easel
    shape            [C, H, W]; another shape clears picture and mask
    alt              what the picture is, in words
    mask             base64 of H·W bytes, 1 where a model is to invent; None for no mask
    overlay          base64 of H·W·4 bytes RGBA to lie over the picture, or None; with overlay_name and overlay_colours
    marked           [row, column] of the marked pixel, or None
    unless_marked    [row, column] of the pixel that is to be marked if none is
    at               a token, so that two equal messages are two

A new picture of the same size keeps the mask, takes overlay and mark away unless they come along, and can be undone; a
drawn stroke takes them away too, which are about the picture before.
Messages in quick succession replace one another on their way: send what belongs together as one,
``{**picture_message(image, alt), **mask_message(mask)}``. A message arriving under a brush waits for the stroke to end.

Value, browser → Python: always the whole of picture, shape, alt, mask and marked, so an easel may be an input of any
event; `easel_state` checks and reads it. Gradio 6 hands the value over like this (components/html.py; its frontend
in templates/frontend/assets/HTML-*.js): js_on_load writes ``props.value = {…}``, which becomes the component's value at
once and does not call ``watch``, so nothing comes back and nothing loops. A value from Python calls ``watch('value')``
after it has replaced the old one; easel.js merges it and writes the whole state back. Gradio fires ``change`` for both
directions, so listen to these instead:

- ``easel.input(fn, easel, …)``: the visitor changed picture or mask (a finished stroke, a button, undo).
- ``easel.expand(fn, easel, …)``: the easel is seen for the first time.
- ``easel.select(fn, easel, …)``: a pixel was clicked with the tool "point", or Enter pressed on it; its place is
  `EaselState.marked`.

By default Gradio does not hear what happens while the event before is still running; ``trigger_mode="always_last"``
makes good for that. It then repeats the first event's data with new inputs (measured), which is why a ``select`` has no
data of its own.
"""

import base64
import binascii
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.errors import InvalidPicture, shown
from generative.web.widgets.pixels import raw_bytes
from generative.web.widgets.widget import Widget

TOOLS = ("mask", "draw", "point")
MAX_SIDE = 256
HEAT = ((255, 214, 70, 0), (255, 150, 40, 150), (225, 30, 60, 225))  # from nothing over amber to red, in RGBA


class Easel(Widget):
    """One picture to paint on. `value` is a message, `tools` are some of `TOOLS`; the rest is as in gr.HTML."""

    files = "widgets/easel/easel"

    def __init__(self, value: dict[str, Any] | None = None, tools: tuple[str, ...] = ("mask",), **options: Any) -> None:
        assert tools and set(tools) <= set(TOOLS), tools
        super().__init__(value, tools=list(tools), **options)


@dataclass(frozen=True)
class EaselState:
    """What stands on an easel.

    image: (C, H, W) float32 in [0, 1]. mask: (H, W) bool, true where a model is to invent.
    marked: row and column of the marked pixel, counted from 0.
    """

    image: Tensor
    mask: Tensor
    marked: tuple[int, int] | None


# ── to the browser ───────────────────────────────────────────────────────────────────────────────────────────────────


def picture_message(image: Tensor, alt: str) -> dict[str, Any]:
    """Puts `image`, (C, H, W) in [0, 1] with one channel or three, on the easel. `alt`: "Test image: Sneaker"."""
    return {"picture": raw_bytes(image[None]), "shape": list(image.shape), "alt": alt, "at": time.time()}


def empty_message(channels: int, height: int, width: int) -> dict[str, Any]:
    """An easel without a picture, on which one of this size can be drawn."""
    return {"picture": None, "shape": [channels, height, width], "alt": "", "mask": None, "at": time.time()}


def mask_message(mask: Tensor | None) -> dict[str, Any]:
    """Replaces the mask by `mask`, (H, W) bool of the picture's size, or takes it away."""
    return {"mask": None if mask is None else _packed(mask), "at": time.time()}


def overlay_message(values: Tensor, name: str, colours: Sequence[tuple[int, int, int, int]] = HEAT) -> dict[str, Any]:
    """Lays `values`, (H, W) in [0, 1] of the picture's size, over it.

    name: for the legend ("Receptive field"). colours: two or more RGBA colours of bytes, evenly spaced from 0 to 1.
    """
    stops = torch.tensor(colours, dtype=torch.float32)
    place = values.detach().float().cpu().clamp(0, 1) * (len(stops) - 1)
    below = place.floor().long().clamp(max=len(stops) - 2)
    rgba = stops[below].lerp(stops[below + 1], (place - below)[..., None]).round()
    described = {"overlay_name": name, "overlay_colours": [list(colour) for colour in colours]}
    return {"overlay": _packed(rgba), **described, "at": time.time()}


def unmarked_message() -> dict[str, Any]:
    """Takes overlay and mark away."""
    return {"overlay": None, "marked": None, "at": time.time()}


def _packed(values: Tensor) -> str:
    return base64.b64encode(values.to(torch.uint8).cpu().contiguous().numpy()).decode("ascii")


# ── from the browser ─────────────────────────────────────────────────────────────────────────────────────────────────


def easel_state(value: Any) -> EaselState:
    """What the value of an easel says. Raises InvalidPicture if it is empty or damaged: anyone can send anything."""
    if not isinstance(value, dict) or value.get("picture") is None:
        raise InvalidPicture("There is no picture on the easel. Choose one, or draw one.")
    channels, height, width = _shape(value.get("shape"))
    pixels = _bytes("picture", value["picture"], channels * height * width)
    mask = torch.zeros(height * width, dtype=torch.uint8)
    if value.get("mask") is not None:
        mask = _bytes("mask", value["mask"], height * width)
        if mask.max() > 1:
            raise InvalidPicture(f"The mask holds {mask.max()}, where 0 and 1 are known. {_AGAIN}")
    planes = pixels.view(height, width, channels).permute(2, 0, 1)
    return EaselState(
        planes.clone(memory_format=torch.contiguous_format).float() / 255,  # as it lies, so are the last digits
        mask.view(height, width).bool(),
        _marked(value.get("marked"), height, width),
    )


_AGAIN = "Reload the page and paint again."


def _whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def _shape(shape: Any) -> tuple[int, int, int]:
    if isinstance(shape, list) and len(shape) == 3:
        channels, height, width = shape
        if _whole(channels, 1, 3) and channels != 2 and _whole(height, 1, MAX_SIDE) and _whole(width, 1, MAX_SIDE):
            return channels, height, width
    raise InvalidPicture(
        f"A picture has 1 or 3 channels and sides of 1 to {MAX_SIDE} pixels; this one says {shown(shape)}. {_AGAIN}"
    )


def _bytes(name: str, text: Any, count: int) -> Tensor:
    if not isinstance(text, str) or len(text) != (count + 2) // 3 * 4:
        raise InvalidPicture(f"The {name} arrived incomplete: it should hold {count} values. {_AGAIN}")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if len(content) != count:
        raise InvalidPicture(f"The {name} arrived damaged: it should hold {count} values. {_AGAIN}")
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


def _marked(marked: Any, height: int, width: int) -> tuple[int, int] | None:
    if marked is None:
        return None
    if isinstance(marked, list) and len(marked) == 2 and _whole(marked[0], 0, height - 1):
        row, column = marked
        if _whole(column, 0, width - 1):
            return row, column
    raise InvalidPicture(f"{shown(marked)} is no pixel of a picture of {width} × {height}. Click one in the picture.")
