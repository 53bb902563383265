"""A picture and its noise, mixed in the browser as far as a slider says. Its other half is noising.js.

Under it `Curves`, whose value is {"charts": a list of {"title", "help", "legend": [{"name", "kind"}], "chart": as
kit/plot.js takes it}}, all over t, which follow the slider.

Value, Python → browser: a message, any part of this dict; what is left out stays as it is.

    mix         {"picture": base64 of bytes in the order H, W, C; "noise": base64 of int16 in that order, ONE a unit;
                "shape": [C, H, W]; "alpha", "sigma": of each t}
    strip       {"timesteps", "pixels": base64 of N, H, W, C: what is believed at each of them}
    believed    {"t", "pixels", "loss", "rmse", "recipe": for a PNG, "link"}: what one pass finds at t
    error       words above the pictures; "" for none

Value, browser → Python: always {"t": whole number}.

``noising.input(fn, noising, …)``: another t was chosen, or what came was about another one.
"""

import base64
import time
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from generative.models.diffusion.process import Process
from generative.web.widgets.pixels import raw_bytes
from generative.web.widgets.widget import Widget

ONE = 4096  # of the integers that noise travels as; int16 holds eight standard deviations of it
OPENING = 400  # the t that a picture is first seen at, where there is one
STRIP = 11  # moments


class Noising(Widget):
    """`value` is a message; the rest is as in gr.HTML."""

    files = "tools/noise/noising"

    def __init__(self, **options: Any) -> None:
        super().__init__({}, one=ONE, opening=OPENING, **options)


class Curves(Widget):
    """`value`: {"charts": …}; the rest is as in gr.HTML."""

    files = "tools/noise/curves"

    def __init__(self, **options: Any) -> None:
        super().__init__({"charts": []}, template='<div class="charts"></div>', opening=OPENING, **options)


def strip_of(steps: int) -> list[int]:
    """STRIP timesteps, evenly, the first and the last among them."""
    return torch.linspace(0, steps - 1, STRIP).round().long().unique().tolist()


def chosen(value: Any, steps: int) -> int:
    """The t that a noising says, as far as it says one: anyone can send anything."""
    t = value.get("t") if isinstance(value, dict) else None
    return t if type(t) is int and 0 <= t < steps else min(OPENING, steps - 1)


def mix_message(image: Tensor, noise: Tensor, process: Process) -> dict[str, Any]:
    """What the browser needs to mix `image` (C, H, W) in [0, 1] with `noise` (C, H, W), normal, at any t."""
    level = process.level(torch.arange(process.steps))
    whole = (noise * ONE).round().clamp(-(2**15), 2**15 - 1).to(torch.int16).permute(1, 2, 0).cpu().contiguous()
    parts = {name: [round(v, 6) for v in getattr(level, name).flatten().tolist()] for name in ("alpha", "sigma")}
    packed = {"picture": raw_bytes(image[None]), "noise": base64.b64encode(whole.numpy()).decode("ascii")}
    return {"mix": {**packed, "shape": list(image.shape), **parts}, "error": "", "at": time.time()}


def strip_message(timesteps: Sequence[int], believed: Tensor) -> dict[str, Any]:
    """What is believed, (N, C, H, W), at each of the timesteps."""
    return {"strip": {"timesteps": list(timesteps), "pixels": raw_bytes(believed)}}


def believed_message(t: int, image: Tensor, loss: float, rmse: float, recipe: str, link: str) -> dict[str, Any]:
    """What is believed, (C, H, W), at t."""
    told = {"t": t, "pixels": raw_bytes(image[None]), "loss": loss, "rmse": rmse, "recipe": recipe, "link": link}
    return {"believed": told, "error": "", "at": time.time()}


def error_message(words: str) -> dict[str, Any]:
    """What is wrong, in words."""
    return {"error": words, "at": time.time()}
