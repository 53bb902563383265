"""What lies between points of a latent space: all pictures at once, an animation, and how evenly they change."""

import html
import math
import textwrap
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.frame import Frame
from generative.inference.latent.walks import angle, changes
from generative.web.base.run import cells, duration
from generative.web.widgets.pixels import SCALES, data_url
from generative.web.widgets.stage.stage import frame_message

EDGES = {  # of a grid, and the corners that they join
    "along the top": (0, 1),
    "along the bottom": (2, 3),
    "on the left": (0, 2),
    "on the right": (1, 3),
}
DISTANCE = (
    "Length of the straight line between the two latents, and the angle between them seen from the origin. Two draws "
    "of noise in D dimensions are about √(2·D) apart, at 90°"
)
CHANGE = (
    "How far a pixel's value moves from a picture to the next one, of 255: the mean over all pixels and steps, and of "
    "the largest step. A largest step far above the mean is a jump"
)
SIZES = "How many pixels wide each pixel is saved; 1× is the model's own resolution"
TIME = "From the request to all pictures; it includes the search for latents, where one was needed"


@dataclass(frozen=True, eq=False)
class Way:
    """What was found between two or four `points` (N, D), whose names are `names`.

    images: (N, C, H, W) in [0, 1], of a walk or, row by row, of a grid; a row has `across`. lines: by path, the images
    of the walk or of the one around the grid's edge, to compare the paths by; `path` is the one on show.
    """

    names: Sequence[str]
    points: Tensor
    images: Tensor
    across: int
    path: str
    lines: Mapping[str, Tensor]

    @property
    def is_grid(self) -> bool:
        """Four ends make a grid, two a walk."""
        return len(self.points) == 4

    @property
    def at_ends(self) -> Tensor:
        """(2 or 4, C, H, W): what the points themselves decode to."""
        last = len(self.images) - 1
        return self.images[[0, self.across - 1, last - self.across + 1, last] if self.is_grid else [0, last]]


def sheet(way: Way) -> str:
    """All pictures at once: a strip, which folds where there is little room, or a grid; and a button that saves it."""
    rows = way.images.unflatten(0, (-1, way.across))  # (rows, columns, C, H, W)
    url = data_url(rows.permute(2, 0, 3, 1, 4).flatten(3).flatten(1, 2))
    sizes = "".join(f'<option value="{scale}">{scale}×</option>' for scale in SCALES)
    words = html.escape(f"{len(way.images)} pictures between {listed(way.names)}")
    save = f'<button type="button" data-name="{"grid" if way.is_grid else "walk"}">Save as one picture</button>'
    save += f'<select aria-label="Size of the saved picture" title="{SIZES}">{sizes}</select>'
    if way.is_grid:
        return f'<figure class="grid"><img src="{url}" alt="{words}"></figure>{save}'
    count = way.across
    wide, narrow = (math.ceil(count / math.ceil(count / most)) for most in (16, 8))
    tiles = "".join(f'<i style="--i: {i}" title="{i + 1} of {count}: {share(i, count)}"></i>' for i in range(count))
    style = f"--sheet: url({url}); --count: {count}; --wide: {wide}; --narrow: {narrow}"
    return f'<figure class="strip" role="img" aria-label="{words}" style="{style}">{tiles}</figure>{save}'


def animation(way: Way) -> dict[str, Any]:
    """The stage's message: there and back, or once around the edge of a grid."""
    line, count = way.lines[way.path], way.across
    if way.is_grid:
        labels = [f"{side} edge" for side in ("top", "right", "bottom", "left") for _ in range(count - 1)] + [
            "top edge"
        ]
        title = "Around the edge"
    else:
        line = torch.cat([line, line[:-1].flip(0)])
        labels = [share(i, count) for i in [*range(count), *range(count - 2, -1, -1)]]
        title = f"{short(way.names[0])} to {short(way.names[1])} and back"
    frames = [Frame(line[[i]], i + 1, len(line), label) for i, label in enumerate(labels)]
    alt = f"Between {listed(list(map(short, way.names)))}"
    return frame_message(uuid.uuid4().hex, frames, [], alt=alt, title=title, done=True)


def facts(way: Way, seconds: float) -> str:
    """How far apart the ends are, and how evenly the pictures change along each path, as HTML."""
    items = []
    edges = EDGES if way.is_grid else {"between the ends": (0, 1)}
    for name, (i, k) in edges.items():
        start, end = way.points[i], way.points[k]
        apart = f"{float((end - start).norm()):.2f}, at {math.degrees(float(angle(start, end))):.0f}°"
        items.append((f"Distance {name}", apart, DISTANCE))
    for path, images in way.lines.items():
        moved = changes(images) * 255
        what = f"Change per step{' of the edge' if way.is_grid else ''}, {path}"
        items.append((what, f"{float(moved.mean()):.1f} of 255, at most {float(moved.max()):.1f}", CHANGE))
    return f'<dl class="facts">{cells([*items, ("Time", duration(seconds), TIME)])}</dl>'


def share(index: int, count: int) -> str:
    """How far a step is on its way."""
    return f"{100 * index / (count - 1):.0f} %"


def listed(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def short(name: str) -> str:
    """A name of at most 36 characters."""
    return textwrap.shorten(name, 36, placeholder="…")
