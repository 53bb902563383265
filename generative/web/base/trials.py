"""A table of pictures that fills cell by cell."""

import html
from collections.abc import Mapping, Sequence

from torch import Tensor

from generative.web.base.run import duration
from generative.web.widgets.pixels import data_url

Cells = Mapping[tuple[int, int], str]  # by row and column, as HTML

SECONDS = "From the request to the picture, waiting for other visitors included"
EVALUATIONS = "How many times the network ran for one image"


def table(rows: Sequence[str], columns: Sequence[str], cells: Cells, words: str, feet: Mapping[str, Cells]) -> str:
    """rows, columns: their names, as text. words: what the table shows. feet: further rows under it, by name."""
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in columns)
    lines = [(name, [cells.get((i, k), "") for k in range(len(columns))]) for i, name in enumerate(rows)]
    body = "".join(line(name, parts, "picture") for name, parts in lines)
    foot = "".join(
        line(name, [part.get((0, k), "") for k in range(len(columns))], "figure") for name, part in feet.items()
    )
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="{html.escape(words)}"><table>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}{foot}</tbody></table></div>"
    )


def line(name: str, parts: Sequence[str], kind: str) -> str:
    cells = "".join(f"<td>{part}</td>" for part in parts)
    return f'<tr class="{kind}"><th scope="row">{html.escape(name)}</th>{cells}</tr>'


def pictures(images: Tensor, alt: str, link: str = "") -> str:
    """(N, C, H, W) beside one another, as a link to their run."""
    shown = "".join(f'<img src="{data_url(image)}" alt="{html.escape(alt)}">' for image in images)
    inner = f'<span class="images">{shown}</span>'
    return f'<a href="{html.escape(link)}" title="This very run, in a page of its own">{inner}</a>' if link else inner


def cost(seconds: float, evaluations: int) -> str:
    """What a run took, in words."""
    plural = "" if evaluations == 1 else "s"
    return (
        f'<small><span title="{SECONDS}">{duration(seconds)}</span> '
        f'<span title="{EVALUATIONS}">{evaluations} evaluation{plural}</span></small>'
    )
