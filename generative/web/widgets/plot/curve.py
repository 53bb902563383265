"""The training curve of a checkpoint as a small SVG that follows the page's colours."""

import html
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from generative.library import side_files

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 180, 44, 412, 8, 152  # of the SVG, and of the plot in it
BOOKKEEPING = {"step", "images", "seconds", "kl", "loss"}


def curve(path: Path) -> str:
    """What the recipe recorded over images seen: its own figure (both losses for a game of two), smoothed."""
    rows = side_files.read_curve(path)
    lines = {name: smooth([row[name] for row in rows]) for name in recorded(rows)}
    values = [v for line in lines.values() for v in line[len(line) // 20 :] if math.isfinite(v)]
    if len(rows) < 2 or not values:
        return ""
    title = html.escape(" and ".join(name.replace("_", " ") for name in lines))
    images = f"{rows[-1]['images'] / 1e3:,.0f} thousand images seen"
    return (
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Training curve: {title}">'
        f'<line x1="{LEFT}" y1="{BOTTOM}" x2="{RIGHT}" y2="{BOTTOM}"/>'
        f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{BOTTOM}"/>'
        f'<text x="{LEFT - 6}" y="{TOP + 6}" text-anchor="end">{max(values):.3g}</text>'
        f'<text x="{LEFT - 6}" y="{BOTTOM}" text-anchor="end">{min(values):.3g}</text>'
        f'<text x="{RIGHT}" y="{HEIGHT - 10}" text-anchor="end">{images}</text>'
        f"{''.join(polyline(k, line, min(values), max(values)) for k, line in enumerate(lines.values()))}</svg>"
        f"<figcaption>Training curve: {title}</figcaption>"
    )


def recorded(rows: Sequence[Mapping[str, float]]) -> list[str]:
    """The columns worth drawing: every loss of its own name, or else the first figure, or else the loss."""
    names = [name for name in (rows[0] if rows else {}) if name not in BOOKKEEPING]
    return [n for n in names if n.endswith("loss")] or names[:1] or [n for n in ("loss",) if rows and n in rows[0]]


def polyline(index: int, line: list[float], low: float, high: float) -> str:
    """One line of the plot, cut off at its top."""
    across, down = (RIGHT - LEFT) / max(1, len(line) - 1), (BOTTOM - TOP) / ((high - low) or 1)
    points = " ".join(
        f"{LEFT + i * across:.1f},{TOP + (high - min(max(v, low), high)) * down:.1f}" for i, v in enumerate(line)
    )
    return f'<polyline class="line-{index}" points="{points}"/>'


def smooth(values: list[float], weight: float = 0.9) -> list[float]:
    """An exponential moving average."""
    out: list[float] = []
    for value in values:
        out.append(value if not out else weight * out[-1] + (1 - weight) * value)
    return out
