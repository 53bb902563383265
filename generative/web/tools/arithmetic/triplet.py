"""A − B + C: three sets of examples, the mean of each, and their sum. Its other half is triplet.js.

Value, Python → browser: a message, any part of this dict; what is left out stays as it is.

    model            id of the model in use
    of               id of the model that a message is about; it is dropped if another one is in use
    ready            whether there is an offer of this model
    groups           what a set can be asked to have: [["glasses", [["glasses: sun", "sun"], …]], …]
    pictures         what can be picked: {"sheet": address of a PNG, ACROSS pictures in a row, "names": of each}
    sets             A, B and C, each {"labels": […], "picked": […]}
    means, result    tiles as in equation.py, of the three and of the sum; None for none
    for              the sets that means, result and error are about; they are dropped if the sets have changed since
    link             the address of this sum
    error, busy      words above the pictures; "" for none

Value, browser → Python: always the whole of model, ready and sets; `triplet_state` checks and reads it.

``triplet.input(fn, triplet, …)``: the sets have changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from generative.errors import InvalidOption
from generative.web.tools.arithmetic.example_sets import Choice
from generative.web.tools.arithmetic.labelled_images import attribute_of
from generative.web.widgets.pixels import data_url, sheet
from generative.web.widgets.widget import Widget

NAMES = ("A", "B", "C")
NO_SETS = "The sets arrived damaged. Reload the page and choose again."


class Triplet(Widget):
    """`value` is a message; the rest is as in gr.HTML."""

    files = "tools/arithmetic/triplet"


@dataclass(frozen=True)
class TripletState:
    """What stands in a triplet. ready: whether it has been offered something of its model. model: not yet checked."""

    model: Any
    ready: bool
    sets: tuple[Choice, ...]


def triplet_state(value: Any) -> TripletState:
    """Raises InvalidOption for sets that are none: anyone can send anything."""
    value = value if isinstance(value, dict) else {}
    sets = value.get("sets") or []
    if not isinstance(sets, list) or len(sets) not in (0, len(NAMES)):
        raise InvalidOption(NO_SETS, "examples")
    return TripletState(value.get("model"), value.get("ready") is True, tuple(map(_choice, sets)))


def _choice(told: Any) -> Choice:
    labels, picked = (told.get("labels"), told.get("picked")) if isinstance(told, dict) else (None, None)
    if not isinstance(labels, list) or not isinstance(picked, list):
        raise InvalidOption(NO_SETS, "examples")
    if not all(isinstance(label, str) for label in labels) or not all(type(index) is int for index in picked):
        raise InvalidOption(NO_SETS, "examples")
    return Choice(tuple(labels), tuple(picked))


def sets_message(sets: Sequence[Choice]) -> dict[str, Any]:
    """What the browser needs of the three sets."""
    return {"sets": [{"labels": list(choice.labels), "picked": list(choice.picked)} for choice in sets]}


def offer_message(images: Tensor, names: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """What can be chosen: pictures (N, C, H, W), and labels such as "glasses: sun"."""
    groups: dict[str, list[list[str]]] = {}
    for label in labels:
        groups.setdefault(attribute_of(label), []).append([label, label.partition(": ")[2] or label])
    pictures = {"sheet": data_url(sheet(images)), "names": list(names)}
    return {"groups": list(map(list, groups.items())), "pictures": pictures, "ready": True}
