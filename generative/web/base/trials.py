"""A table of pictures that fills cell by cell."""

import html
import io
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import torch
from torch import Tensor

from generative.errors import check_integer
from generative.inference.denoising.trials import MOST_COUNTS, Tried, several
from generative.inference.engine.request import Request
from generative.inference.pictures.provenance import save_png
from generative.inference.pictures.sheet import sheet
from generative.web.base.link import made
from generative.web.base.run import duration
from generative.web.widgets.pixels import data_url

Cells = Mapping[tuple[int, int], str]  # by row and column, as HTML

SECONDS = "From the request to the picture, waiting for other visitors included"
EVALUATIONS = "How many times the network ran for one image"
HELPED = "How many times the small network that guides ran for one image, which is not counted as an evaluation"


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


def cost(seconds: float, evaluations: int, helped: int = 0, who: str = "") -> str:
    """What a run took, in words; helped: passes of the network that guides it, who: its name."""
    plural = "" if evaluations == 1 else "s"
    more = f' <span title="{HELPED}">+ {helped} of {who}</span>' if helped else ""
    return (
        f'<small><span title="{SECONDS}">{duration(seconds)}</span> '
        f'<span title="{EVALUATIONS}">{evaluations} evaluation{plural}</span>{more}</small>'
    )


def paid(tried: Tried) -> str:
    """What a run of a table took, in words."""
    return cost(tried.seconds, tried.evaluations, tried.helped, tried.helper)


def kept(
    tool: str,
    request: Request,
    lists: Mapping[str, Sequence[Any]],
    rows: Sequence[str],
    images: Mapping[str, Sequence[Tensor]],
) -> str:
    """Under a table that is whole: its link, and its picture, which brings it back where it is dropped.

    request: one run of the table. lists: what it tries, by `Tool.lists`. rows: their names. images: by column, of each
    row (N, C, H, W).
    """
    words = {"tool": tool, **{name: ",".join(map(str, values)) for name, values in lists.items()}}
    link = f"{request.link()}&{urlencode(words)}"
    columns = {name: torch.stack([abreast(cell) for cell in cells]) for name, cells in images.items()}
    file = io.BytesIO()
    save_png(sheet(columns, rows), file, request.plain() | {"tool": tool} | lists)
    address = "data:image/png;base64," + b64encode(file.getvalue()).decode()
    return (
        f"{made(link)}"
        f'<p class="kept"><a href="{html.escape(link)}">Link to this table</a> '
        f'<a href="{address}" download="{tool}-{request.seeds.first}.png">Save it as PNG</a></p>'
    )


def abreast(images: Tensor) -> Tensor:
    """(N, C, H, W) beside one another, (C, H, N·W)."""
    return torch.cat(list(images), -1)


def counts(said: Any) -> list[int]:
    """Numbers of steps, as anyone may have written them. Raises InvalidOption."""
    return [check_integer("steps", count, 1, 1000) for count in several("steps", said, MOST_COUNTS)]
