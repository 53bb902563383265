"""The formula bar: attributes as chips, each with a slider, and the same formula as text. Its other half is
formula_bar.js and what that imports.

Value, Python → browser: a message, any part of this dict; what is left out stays as it is.

    model            the id of the model in use; what is told of another one's start is dropped
    start            what the formula is added to: {"model": id, "latent": base64 of its float32, "name": in words,
                     "said": what a link says of it, or {}}
    opening          true of the answer to ``expand``, which is dropped where there is a start by now
    groups           what can be added, by attribute: [["glasses", [["glasses", ""], ["glasses: sun", "sun"]]], …]
    method           one of METHODS
    terms            the chips: [["glasses: sun", 1.0], …]
    error            what is wrong with the formula, in words; "" for nothing
    missing          why there is nothing to add, in words; "" where there is
    formula          the typed text that terms or error answer; they are dropped if it has changed since

Value, browser → Python: always the whole of model, start, formula (text), typed (whether a visitor has just written
that text), moved (the chip that was moved last, "" for none) and method; `bar_state` checks and reads it. With it all
events do without the list of models, whose value and choices may be on their way to another data set. Events:

- ``bar.expand(fn, bar, …)``: the bar is seen for the first time and has no start. (Gradio itself fires every ``load``.)
- ``bar.input(fn, bar, …)``: start, formula or method have changed.
- ``bar.select(fn, bar, …)``: what surrounds the formula (`BarState.moved` with other amounts) is no longer on show.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from generative.errors import InvalidOption
from generative.inference.latent.atlas import METHODS
from generative.inference.latent.formula import Term
from generative.inference.pictures.written import LONGEST_LINK
from generative.web.widgets.widget import Widget

MAX_DIMS = 4096  # of a latent that comes back from a browser
SAID = ("of", "spread")  # what a link says of a start


class FormulaBar(Widget):
    """`value` is a message; the rest is as in gr.HTML."""

    files = "tools/arithmetic/formula_bar"


@dataclass(frozen=True, eq=False)
class Start:
    """What a formula is added to: a latent (D,) of a model, and where it came from, in words and as a link says it."""

    model: str
    latent: Tensor
    name: str
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class BarState:
    """What a formula bar says. start: None before there was one. model, formula, method: not yet checked."""

    model: Any
    start: Start | None
    formula: Any
    typed: bool
    moved: str
    method: Any


# ── to the browser ───────────────────────────────────────────────────────────────────────────────────────────────────


def start_message(start: Start) -> dict[str, Any]:
    """What the browser keeps of the picture that a formula starts from, its latent as float32 in base64."""
    latent = base64.b64encode(start.latent.float().cpu().contiguous().numpy()).decode("ascii")
    about = {"model": start.model, "latent": latent, "name": start.name, "said": dict(start.said)}
    return {"start": about, "error": ""}


def directions_message(directions: Sequence[str], method: str) -> dict[str, Any]:
    """What the palette offers, and the method that is chosen at first."""
    groups: dict[str, list[list[str]]] = {}
    for name in directions:
        attribute, _, value = name.partition(": ")
        groups.setdefault(attribute, []).append([name, value])
    return {"groups": [[attribute, names] for attribute, names in groups.items()], "method": method, "missing": ""}


def missing_message(words: str) -> dict[str, Any]:
    """No directions, and why."""
    return {"groups": [], "terms": [], "missing": words}


def terms_message(terms: Sequence[Term], formula: Any = None) -> dict[str, Any]:
    """The chips; `formula` is the typed text that they were read from."""
    answer = {} if formula is None else {"formula": formula}
    return {"terms": [[term.name, round(term.amount, 4)] for term in terms], "error": "", **answer}


# ── from the browser ─────────────────────────────────────────────────────────────────────────────────────────────────


def bar_state(value: Any) -> BarState:
    """What the value of a bar says. Raises InvalidOption for a damaged latent: anyone can send anything."""
    value = value if isinstance(value, dict) else {}
    moved, formula = value.get("moved"), value.get("formula")
    return BarState(
        value.get("model"),
        _start(value["start"]) if value.get("start") else None,
        "" if formula is None else formula,
        value.get("typed") is True,
        moved if isinstance(moved, str) else "",
        value.get("method") or METHODS[0],
    )


def _start(start: Any) -> Start:
    try:
        content = base64.b64decode(start["latent"], validate=True)
        latent = torch.frombuffer(bytearray(content), dtype=torch.float32)
        model, name = str(start["model"]), str(start["name"])[:200]
        said = {word: str(start["said"][word])[:LONGEST_LINK] for word in SAID if word in start.get("said", ())}
    except (binascii.Error, ValueError, TypeError, KeyError):
        latent, model, name, said = torch.empty(0), "", "", {}
    if not 1 <= len(latent) <= MAX_DIMS or not latent.isfinite().all():
        raise InvalidOption("What the formula starts from arrived damaged. Choose a picture or a seed again.", "start")
    return Start(model, latent, name, said)
