"""The stage: the one picture area of every tab. Python sends raw bytes, the browser draws and keeps them.

Events, both standard names of gr.HTML, to be read with ``evt: gr.EventData``:

- ``stage.select(fn)``: "Reuse this seed" was pressed; ``evt._data == {"seed": 7, "index": 0}``; see `reused_seed`.
- ``stage.upload(fn)``: a file was dropped or chosen; ``evt._data == {"name": …, "data": base64}``; see `dropped_file`.

Messages (the value of the component) are the dicts built below. Every key may be left out. A new ``run`` forgets the
frames of the one before; a message without ``run`` speaks about the run on show, so ``{"stopped": True}`` ends it.
Yield them at 12 to 15 frames/s with ``show_progress="hidden"``, or Gradio covers the pictures with a spinner; the last
one says ``done`` or ``stopped``. Do not use a stage as an input: the browser would send its pictures back.
"""

import base64
import binascii
import time
from collections.abc import Sequence
from typing import Any

import gradio as gr
import torch.nn.functional as F
from torch import Tensor

from generative.errors import InvalidOption, InvalidPicture, check_integer
from generative.frame import NOISY, Frame, View
from generative.web.widgets.pixels import raw_bytes
from generative.web.widgets.stage.animation import encode_animation
from generative.web.widgets.widget import Widget, event_data

MAX_FILE_BYTES = 5_000_000
LARGE = 64  # pixels across pictures from which on a moment of a run is sent in half the size


class Stage(Widget):
    """A picture area. `value` is a message, so that the page opens with pictures; the rest is as in gr.HTML."""

    files = "widgets/stage/stage"

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(value, server_functions=[encode_animation], **options)


def frame_message(
    run: str,
    frames: Sequence[Frame],
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
    order: Sequence[int] | None = None,
    link: str | None = None,
) -> dict[str, Any]:
    """The message that adds `frames`, one or more, to `run` and shows the last of them.

    seeds, captions, recipes: one per image; captions may be empty. A recipe is JSON text for that image's PNG; send
        recipes with the last frame only, they are kept from then on.
    alt: how the alternative text of every image begins ("Sneaker drawn by DDPM").
    seconds_left: an estimate; duration: seconds that the whole run took, sent with the last frame.
    grid_recipe: the text for the PNG of the whole grid; without it the first recipe is used.
    order: of each image its place among the others, from 1; they stand in the order of their seeds without it.
    link: the query string that opens the page with this run; the page's address then says so.

    A frame of the same step as the one before replaces it, so the last frame may be sent again with ``done=True``.
    """
    return {
        "run": run,
        "title": title,
        "alt": alt,
        "seeds": [int(seed) for seed in seeds],
        "captions": list(captions),
        "views": _told(frames),
        "film": NOISY if frames and NOISY in frames[-1].views else None,
        "frames": [_packed(frame, seconds_left) for frame in frames],
        "recipe": None if recipes is None else list(recipes),
        "grid_recipe": grid_recipe,
        "order": None if order is None else list(order),
        "link": link,
        "done": done,
        "stopped": stopped,
        "duration": duration,
    }


def _told(frames: Sequence[Frame]) -> dict[str, dict[str, str]] | None:
    """Of each view by name, what it is called and what it shows; nothing where a message brings no frame."""
    return {name: {"title": v.title, "help": helped(v)} for name, v in frames[-1].views.items()} if frames else None


def helped(view: View) -> str:
    """What a view shows and, unless it is a picture itself, from where to where its shades go."""
    if not view.unit:
        return view.help
    return f"{view.help}. Black is {view.low:g} {view.unit}, white {view.high:g} {view.unit}"


def _packed(frame: Frame, seconds_left: float | None) -> dict[str, Any]:
    """Of large pictures all but the result is sent in half the size, in which the browser recognises it by its length:
    sixteen of 128×128 pixels in twenty steps would be a hundred megabytes."""
    shades = {name: view.shades for name, view in frame.views.items()}
    whole = ("image",) if frame.step == frame.total else ()
    views = {
        name: raw_bytes(images if name in whole else halved(images))
        for name, images in {"image": frame.images, **shades}.items()
    }
    facts = {"step": frame.step, "total": frame.total, "label": frame.label, "seconds_left": seconds_left}
    return {**facts, "shape": list(frame.images.shape), "views": views}


def halved(images: Tensor) -> Tensor:
    """Images (N, C, H, W) or, of large ones, the mean of each 2×2 block."""
    return F.avg_pool2d(images, 2) if min(images.shape[2:]) > LARGE else images


def stopped_message(run: str | None = None) -> dict[str, Any]:
    """Ends a run whose generator was cancelled: the one on show, or `run` if that is the one on show.

    The stage says what it ended: a run, one that was still in line, or nothing.
    """
    return {"stopped": True, "at": time.time()} if run is None else {"run": run, "stopped": True}


def say(*, error: str = "", notice: str = "") -> dict[str, Any]:
    """Shows a text above the pictures and keeps them. The time makes two equal texts in a row two messages."""
    return {"error": error, "notice": notice, "at": time.time()}


def waiting_message() -> dict[str, Any]:
    """A run has been asked for and is in line. What was drawn before stays on show until its first frame."""
    return {"waiting": True, "error": "", "at": time.time()}


def reused_seed(stay: Any, event: gr.EventData) -> Any:
    """The seed of a ``select`` event, or `stay` where it is none: anyone can send an event."""
    try:
        return check_integer("seed", event_data(event).get("seed"), 0, 2**53 - 1)
    except InvalidOption:
        return stay


def dropped_file(event: gr.EventData) -> tuple[str, bytes]:
    """Name and content of the file of an ``upload`` event. Raises InvalidPicture if it is too large or damaged."""
    name, content = str(event_data(event).get("name"))[:200], event_data(event).get("data")
    if not isinstance(content, str) or len(content) > MAX_FILE_BYTES * 4 // 3 + 4:
        raise InvalidPicture(f"{name} is not a file of at most 5 MB. Drop a PNG that was saved here.")
    try:
        return name, base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidPicture(f"{name} arrived damaged. Drop it again.") from None
