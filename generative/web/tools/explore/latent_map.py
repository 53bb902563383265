"""The latent map: a map of a latent space, the picture at one latent, and a slider for every dimension of it.

Its other half is latent_map.js and what that imports.

Value, Python → browser: a message, any of the parts that the functions below make. `opening_message` turns the map to a
model; the browser then asks for all else, when it is first seen. A message that answers says which `ask` it answers,
and of which `model`; one without `ask` is about something that the visitor did elsewhere, such as choosing a picture.
Messages may replace one another on their way, so the last one of an answer holds all of it.

Value, browser → Python: what is asked for, read by `map_state`. The browser overwrites what came from Python at once,
so no picture is sent back. Pointing at the map asks for nothing: the browser has a sheet of decoded places.

- ``latent_map.input(fn, latent_map, …)``: the visitor wants to see a place or a latent. With trigger_mode="always_last"
  the last wish is always answered; one that was made while another was under way is asked again by the browser.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.errors import InvalidOption, check_integer, check_number, shown
from generative.inference.latent.atlas import Atlas
from generative.library.entries import Entry
from generative.web.widgets.pixels import data_url, raw_bytes
from generative.web.widgets.widget import Widget

MOST_DIMS, LARGEST = 16_384, 1e4  # of what a browser may send
REACH = 3.0  # standard deviations from the mean to either end of a slider
DIGITS = 4  # of what is sent


class LatentMap(Widget):
    """A map with sliders. `value` is a message; the rest is as in gr.HTML."""

    files = "tools/explore/latent_map"


@dataclass(frozen=True, eq=False)
class MapState:
    """What a visitor wants to see of `model`: the place (x, y) of its map, or `latent` (D,), or, of neither, a start.

    dim: the dimension along which a strip is wanted. lacks: whether the browser has nothing of this model yet.
    """

    model: str
    ask: int
    place: tuple[float, float] | None
    latent: Tensor | None
    dim: int | None
    lacks: bool


# ── to the browser ───────────────────────────────────────────────────────────────────────────────────────────────────


def opening_message(model: str) -> dict[str, Any]:
    """Turns the map to a model, if it does not show that already."""
    return {"model": model, "at": time.time()}


def chart_message(entry: Entry, dims: int, atlas: Atlas | None, note: str) -> dict[str, Any]:
    """What is known of a latent space before anything is decoded; `note` says what the map is a map of.

    As text, since the page watches each number of a list by itself: those of thousands of points would take seconds.
    """
    order = list(range(dims)) if atlas is None else atlas.by_importance
    mean, std = (torch.zeros(dims), torch.ones(dims)) if atlas is None else (atlas.mean, atlas.std)
    chart = {
        "title": entry.title,
        "dataset": entry.dataset,
        "shape": [entry.channels, entry.size, entry.size],
        "order": order,
        "low": rounded(mean - REACH * std),
        "high": rounded(mean + REACH * std),
        "importance": None if atlas is None else rounded(atlas.sensitivity / atlas.sensitivity.max().clamp(min=1e-9)),
        "note": note,
        "map": None,
    }
    if atlas is not None:
        chart["map"] = {
            "extent": atlas.extent,
            "plane": dims == 2,
            "known": "Test images" if "encodes" in entry.abilities else "Samples",
            "points": rounded(atlas.points),
            "attribute": telling(atlas),
            "attributes": [
                {"name": name, "values": list(values), "labels": column}
                for (name, values), column in zip(atlas.attributes.items(), atlas.labels.T.tolist(), strict=True)
            ],
        }
    return {"chart": json.dumps(chart)}


def telling(atlas: Atlas) -> int:
    """The attribute that says most of where a point is: whose values' mean places lie farthest apart."""
    away = atlas.points - atlas.points.mean(0)
    shares = []
    for labels in atlas.labels.T:
        sums = torch.zeros(int(labels.max()) + 1, 2).index_add(0, labels, away)
        shares.append(float((sums.square().sum(1) / labels.bincount().clamp(min=1)).sum()))
    return max(range(len(shares)), key=shares.__getitem__, default=0)


def picture_message(image: Tensor, latent: Tensor, spot: Tensor | None, name: str | None) -> dict[str, Any]:
    """`image` (C, H, W) of `latent` (D,), and where that falls on the map, (2,).

    name: what it is, where it is a start for the sliders; None for one that the sliders have changed.
    """
    return {
        "picture": raw_bytes(image[None]),
        "latent": latent.tolist(),
        "spot": None if spot is None else rounded(spot),
        "name": name,
        "at": time.time(),
    }


def strip_message(dim: int, values: Tensor, images: Tensor) -> dict[str, Any]:
    """Pictures (N, C, H, W) in which one dimension has the values (N,)."""
    return {"strip": {"dim": dim, "values": rounded(values), "pictures": raw_bytes(images)}}


def notice_message(words: str) -> dict[str, Any]:
    """Words above the map, until the next picture comes."""
    return {"notice": words, "at": time.time()}


def sheets_message(even: Tensor, masses: Tensor | None) -> dict[str, Any]:
    """The places of the map, (S, S, C, H, W), rows from the top: evenly spaced; and, of a plane, of equal mass."""
    sheets = {"even": even} if masses is None else {"even": even, "masses": masses}
    return {"sheets": {name: {"side": len(images), "png": data_url(joined(images))} for name, images in sheets.items()}}


def joined(images: Tensor) -> Tensor:
    """(rows, columns, C, H, W) → (C, rows·H, columns·W) without gaps."""
    return images.permute(2, 0, 3, 1, 4).flatten(3, 4).flatten(1, 2)


def rounded(values: Tensor) -> list[Any]:
    """Nested lists with DIGITS digits after the point, for the browser."""
    return values.double().mul(10**DIGITS).round().div(10**DIGITS).tolist()


# ── from the browser ─────────────────────────────────────────────────────────────────────────────────────────────────


def map_state(value: Any) -> MapState:
    """What the value of a map says. Raises InvalidOption if it is damaged: anyone can send anything."""
    if not isinstance(value, dict) or not isinstance(value.get("model"), str):
        raise InvalidOption("The map did not say which model it shows. Reload the page.", "model")
    place, latent, dim = value.get("place"), value.get("latent"), value.get("dim")
    return MapState(
        value["model"],
        check_integer("ask", value.get("ask", 0), 0, 2**53 - 1),
        None if place is None else tuple(_numbers("place", place, 2)),
        None if latent is None else torch.tensor(_numbers("latent", latent)),
        None if dim is None else check_integer("dimension", dim, 0, MOST_DIMS),
        value.get("lacks") is True,
    )


def _numbers(name: str, values: Any, count: int | None = None) -> Sequence[float]:
    """A list of numbers, `count` of them. Raises InvalidOption."""
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_DIMS or count not in (None, len(values)):
        raise InvalidOption(f"{name} must be a list of {count or 'some'} numbers, not {shown(values)}", name)
    return [check_number(name, value, -LARGEST, LARGEST) for value in values]
