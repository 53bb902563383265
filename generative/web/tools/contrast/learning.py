"""Trainings beside one another on one timeline: their films, and curves over the images seen with a mark at the moment
that the films show.

Its value is {"films": [{"title", "kind", "url", "moments"}], "charts": [{"title", "help", "legend", "chart"}]}: url of
a film's picture, its moments below one another; moments: the images seen at each.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generative.library.entries import Entry
from generative.library.reel import read_reel
from generative.web.tools.contrast.curves import charts, kinds
from generative.web.widgets.widget import Widget


class Learning(Widget):
    """A slider from the first moment to the last, films, and charts."""

    files = "tools/contrast/learning"


def learning(entries: Sequence[Entry]) -> dict[str, Any]:
    """The value for models whose films and curves are there; a model without one is left out there."""
    films = [film(entry, kind) for entry, kind in zip(entries, kinds(entries), strict=True)]
    return {"films": list(filter(None, films)), "charts": charts(entries)}


def film(entry: Entry, kind: str) -> dict[str, Any] | None:
    """Of a model; None without a film."""
    reel = read_reel(entry.folder)
    if reel is None:
        return None
    batch = entry.training.get("batch_size", 1)
    moments = [step * batch for step in reel.steps]
    return {"title": entry.title, "kind": kind, "url": address(reel.picture), "moments": moments}


def address(picture: Path) -> str:
    """A WebP inside an address."""
    return "data:image/webp;base64," + base64.b64encode(picture.read_bytes()).decode()
