"""What a tab tells of the model in use: its sample sheet, where it comes from, its training curve, its figures."""

import html
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from generative.data.examples import pixels
from generative.figures import MAIN, estimate, measured, real, spread
from generative.frame import Frame
from generative.inference.pictures.grids import GAP, columns
from generative.library import side_files
from generative.library.entries import Entry
from generative.library.shrinking import precision
from generative.quantities.quantity import Quantity
from generative.web.widgets.plot.curve import curve
from generative.web.widgets.stage.stage import frame_message

IN_TRAINING = "In training: it has not been measured since these weights were written."


def sheet_message(entry: Entry, count: int = 16) -> dict[str, Any]:
    """The stage's message with the model's own sample sheet, or why there is none."""
    if entry.problem:
        return {"run": f"sheet {entry.id}", "error": f"{entry.title} is unavailable: {entry.problem}"}
    sheet = side_files.read_picture(entry.folder / side_files.SHEET)
    images = None if sheet is None else tiles(sheet, entry.size, entry.channels)
    if images is None:
        return {"run": f"sheet {entry.id}", "notice": "Press Generate to draw the first images."}
    frame = Frame(images[:count], 1, 1, "sample sheet")
    captions = [entry.classes[i % len(entry.classes)] if entry.classes else "" for i in range(count)]
    return frame_message(
        f"sheet {entry.id}",
        [frame],
        range(count),
        captions,
        f"Sample of {entry.title}",
        done=True,
        title="Samples that this model drew earlier",
    )


@cache
def tiles(sheet: Path, size: int, channels: int) -> torch.Tensor | None:
    """The images of a sample sheet, (N, C, size, size) in [0, 1], cut out again; None for another kind of picture."""
    picture = pixels(Image.open(sheet).convert("L" if channels == 1 else "RGB")) / 255
    step, across = size + GAP, columns(side_files.on_sheet(size))
    if picture.shape[1:] != (across * step - GAP,) * 2:
        return None
    return torch.stack(
        [
            picture[:, y : y + size, x : x + size]
            for y in range(0, across * step, step)
            for x in range(0, across * step, step)
        ]
    )


def card(entry: Entry) -> str:
    """The model's card as HTML: provenance, figures, training curve."""
    if entry.problem:
        return f"<p>{html.escape(entry.title)} is unavailable: {html.escape(entry.problem)}</p>"
    rows = [
        *(learnt(entry.training) if entry.training or entry.dataset else [("Trained by", "somebody else")]),
        ("Parameters", f"{entry.parameters:,}"),
        ("Weights", f"{entry.file_size / 1e6:.2f} MB{f', {precision(entry.trained)}' if entry.dataset else ''}"),
        ("Model id", entry.id),
        *([("State", IN_TRAINING)] if entry.state == "in training" and entry.dataset else []),
        *(("Damaged", note) for note in entry.notes),
    ]
    facts = "".join(f"<tr><th>{k}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows)
    return (
        f'<div class="card"><div><table>{facts}{figures(entry)}</table></div>'
        f"<figure>{curve(entry.folder / side_files.CURVE)}</figure></div>"
    )


def learnt(training: Mapping[str, Any]) -> list[tuple[str, str]]:
    """On what, and for how long."""
    return [
        ("Trained on", training.get("data", "unknown")),
        *([("Began as", training["begun"])] if "begun" in training else []),
        ("Images seen", f"{training.get('images_seen', 0):,}"),
        ("Training time", f"{training.get('minutes', '?')} min on {training.get('device', 'unknown')}"),
    ]


def figures(entry: Entry) -> str:
    """Table rows of what was measured, each with how it was measured as its tooltip."""
    found = measured(entry.metrics)
    rows = [row(id, MAIN[id], found[id]) for id in MAIN if id in found]
    if rows and entry.outdated:
        rows.append("<tr><th>Measured</th><td>of other weights than these</td></tr>")
    return "".join(rows)


def row(id: str, quantity: Quantity, figure: dict[str, Any]) -> str:
    """A figure as a table row, with its help, interval and what real images reach as the tooltip."""
    words = [quantity.words, f"Measured: {figure.get('how', '')}"]
    words += [f"95 % interval: {spread(id, figure)}."] if spread(id, figure) else []
    words += [f"Real images: {real(id, figure)}."] if real(id, figure) else []
    tip = html.escape(" ".join(words))
    return f'<tr title="{tip}"><th>{quantity.title}</th><td>{html.escape(estimate(id, figure))}</td></tr>'
