"""A walk or a grid as a link says it: ?model=…&ends=seed:3;example:Bag/0&shape=walk&path=slerp&steps=9."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generative.errors import InvalidOption, check_choice
from generative.fields import as_number
from generative.inference.latent.ends import check_way
from generative.inference.latent.walks import PATHS
from generative.library.entries import Entry
from generative.web.base.link import link_to, made
from generative.web.sources.anchor import Source
from generative.web.sources.named import name_of, point_of
from generative.web.sources.spread import read_spread

COUNTS = {"walk": 2, "grid": 4}  # ends of each shape
ACROSS = {"walk": 9, "grid": 7}  # pictures, if a link says nothing
WORDS = ("ends", "shape", "path", "steps", "spread")
BETWEEN = ";"


@dataclass(frozen=True)
class Walk:
    """steps: pictures of a walk, or along each side of a grid."""

    ends: Sequence[Source]
    shape: str
    path: str
    steps: int
    spread: float


def read(entry: Entry, said: Mapping[str, str]) -> Walk:
    """Raises GenerativeError."""
    shape = check_choice("shape", said.get("shape", "walk"), list(COUNTS))
    path = check_choice("path", said.get("path", "slerp"), list(PATHS))
    steps = as_number(said.get("steps", ACROSS[shape]))
    check_way(COUNTS[shape], steps, path)
    ends = [point_of(entry, name) for name in said["ends"].split(BETWEEN)] if "ends" in said else []
    if len(ends) not in (0, COUNTS[shape]):
        raise InvalidOption(f"A {shape} has {COUNTS[shape]} ends, not {len(ends)}", "ends")
    return Walk(ends, shape, path, int(steps), read_spread(entry, said.get("spread")))


def written(entry: Entry, walk: Walk) -> str:
    """The link as HTML that cannot be seen."""
    ends = BETWEEN.join(name_of(entry, end) for end in walk.ends)
    said: dict[str, Any] = {"ends": ends, "shape": walk.shape, "path": walk.path, "steps": walk.steps}
    if walk.spread != 1 and any(end.picture is None for end in walk.ends):
        said["spread"] = walk.spread
    return made(link_to(entry, said))
