"""Cards for several points of a latent space: what each of them is, and what its latent decodes to."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from generative.errors import InvalidPicture
from generative.library.entries import Entry
from generative.web.sources.anchor import Source
from generative.web.sources.picker import wanted_picture
from generative.web.widgets.easel.easel import picture_message
from generative.web.widgets.pixels import data_url
from generative.web.widgets.widget import Widget

NAME_LENGTH, KEY_LENGTH = 120, 40
CARDS = 4


class Ends(Widget):
    """Up to four cards, each with a source and what its latent decodes to; one of them takes what is chosen next.

    ``input`` is fired when the ends have changed and when the cards are first seen; `read_ends` reads the value. Python
    sends `ends_message`, `arrived_message`, `found_message` or {"error": words}.
    """

    files = "tools/interpolate/ends"


@dataclass(frozen=True, eq=False)
class End:
    """A source of the cards, and the key under which the browser waits for its picture."""

    key: str
    source: Source


def ends_message(entry: Entry, sources: Sequence[Source]) -> dict[str, Any]:
    """Puts `sources`, one for each of the cards, on them. The browser then asks what lies between."""
    ends = [{**source_message(source), "key": uuid.uuid4().hex} for source in sources]
    return {"model": entry.id, "ends": ends, "at": time.time()}


def arrived_message(source: Source) -> dict[str, Any]:
    """Puts a source on the card whose turn it is. The browser then asks what lies between."""
    return {"arrived": source_message(source), "at": time.time()}


def found_message(found: dict[str, dict[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """What `found_end` says by the keys of ends; `names` are the titles of the cards on show."""
    return {"found": found, "names": list(names), "at": time.time()}


def found_end(source: Source, name: str, decoded: Tensor, words: str = "") -> dict[str, Any]:
    """A card's picture and what its latent decodes to, (C, H, W). `words` says how a search goes on, if one does."""
    shown, busy = source.picture, bool(words)
    if shown is not None and not busy:
        words = f"differs by {float((decoded - shown).square().mean().sqrt()):.2f}"
    picture = None if shown is None else data_url(shown)
    return {"name": name, "picture": picture, "decoded": data_url(decoded), "words": words, "busy": busy}


def read_ends(value: Any, entry: Entry, count: int = CARDS, spread: Any = 1.0) -> list[End]:
    """The first `count` ends, their seeds with that spread. Raises InvalidPicture unless all of them fit the model:
    anyone can send anything."""
    ends = value.get("ends") if isinstance(value, dict) else None
    if not isinstance(ends, list) or len(ends) != CARDS or not all(isinstance(end, dict) for end in ends):
        raise InvalidPicture("What was chosen did not arrive. Reload the page and choose again.")
    return [End(str(end.get("key"))[:KEY_LENGTH], read_source(end, entry, spread)) for end in ends[:count]]


def source_message(source: Source) -> dict[str, Any]:
    """A source as the browser keeps it."""
    if source.picture is None:
        return {"name": source.name, "seed": source.seed}
    message = picture_message(source.picture, source.name)
    return {"name": source.name, "picture": message["picture"], "shape": message["shape"]}


def read_source(value: dict[str, Any], entry: Entry, spread: Any) -> Source:
    """What `source_message` said, back again. Raises InvalidPicture for a picture that does not fit the model; whether
    a seed is one, and its spread, is told when they are used."""
    name = str(value.get("name"))[:NAME_LENGTH]
    if "seed" in value:
        return Source(name, seed=value["seed"], spread=spread)
    return Source(name, picture=wanted_picture({**value, "mask": None, "marked": None}, entry))
