"""The equation: a picture, what a model makes of it, and the result of a formula; under them, what one attribute does.
Its other half is equation.js.

Value, Python → browser: a message, any part of this dict; what is left out stays as it is, None takes it away.

    model                    id of the model in use
    of                       id of the model that a message is about; it is dropped if another one is in use
    opening                  true of the first start there is, which is dropped where another is on show by now
    picture, start, result   tiles: {"pixels": base64 of the bytes in the order H, W, C, "shape": [C, H, W],
                             "title": over it, "note": under it}
    formula                  what lies between start and result, as text
    seed                     of the start; None for a picture
    strip                    {"pixels": base64 of N, H, W, C, "shape": [N, C, H, W], "amounts": [N numbers],
                             "name": of the attribute, "title": over it}
    at                       the amount on show, marked on the strip, or None
    link                     to the result
    error, busy              words above the pictures; "" for none

Value, browser → Python: picture, shape and alt as an easel says them (`picker.held_picture` reads it), and seed. An
event that needs no picture should not have it as an input: the browser would send it along.

``equation.select(fn, …)``: a picture of the strip was clicked; ``evt._data == {"name": …, "amount": …}``.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from generative.inference.latent.formula import STRONGEST, Term, written
from generative.web.widgets.pixels import raw_bytes
from generative.web.widgets.widget import Widget

AMOUNTS = [i * 0.5 for i in range(int(-2 * STRONGEST), int(2 * STRONGEST) + 1)]  # of the strip; halves not on a phone


class Equation(Widget):
    """`value` is a message; the rest is as in gr.HTML."""

    files = "tools/arithmetic/equation"


def tile(image: Tensor, title: str, note: str = "") -> dict[str, Any]:
    """One picture (C, H, W) in [0, 1] with words."""
    return {"pixels": raw_bytes(image[None]), "shape": list(image.shape), "title": title, "note": note}


def result_message(image: Tensor, terms: Sequence[Term], moved: str) -> dict[str, Any]:
    """What the browser needs for the result (C, H, W) of a formula, and the amount that the slider of `moved` shows."""
    at = next((term.amount for term in terms if term.name == moved), None)
    return {"result": tile(image, "Result", "this image " + written(terms)), "formula": written(terms), "at": at}


def strip_message(images: Tensor, name: str) -> dict[str, Any]:
    """images: (len(AMOUNTS), C, H, W), what each amount of the direction `name` gives."""
    title = f"What “{name}” does, from −{STRONGEST:g} to +{STRONGEST:g}"
    strip = {"pixels": raw_bytes(images), "shape": list(images.shape), "amounts": AMOUNTS, "name": name}
    return {"strip": {**strip, "title": title}}
