"""What is drawn side by side as a link says it: ?model=…&seed=3&count=4&class=Bag."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generative.conditions import read_told
from generative.fields import Integer
from generative.library.entries import Entry
from generative.seeds import MAX_SEED
from generative.web.base.link import link_to, made

MOST_PICTURES, PICTURES = 10, 4  # of each model; at first
WORDS = ("seed", "count", "class")


@dataclass(frozen=True)
class Drawing:
    """told: what each condition is to be, as its controls have it."""

    seed: int
    count: int
    told: Mapping[str, Any]


def read(entry: Entry, said: Mapping[str, str]) -> Drawing:
    """Raises GenerativeError."""
    count = Integer("count", "Pictures", "Of each.", low=1, high=MOST_PICTURES).read(said.get("count", PICTURES))
    seed = Integer("seed", "Seed", "Of the first.", low=0, high=MAX_SEED + 1 - count).read(said.get("seed", 0))
    told = read_told(entry.told, said.get("class"), entry.title)
    return Drawing(seed, count, {c.name: c.plain(told[c.name]) for c in entry.told})


def written(entry: Entry, drawing: Drawing) -> str:
    """The link as HTML that cannot be seen."""
    told = {name: value for name, value in drawing.told.items() if value is not None}
    return made(link_to(entry, {"seed": drawing.seed, "count": drawing.count, **told}))
