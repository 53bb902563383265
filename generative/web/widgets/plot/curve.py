"""The training curve of a checkpoint."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from generative.library import side_files
from generative.web.widgets.plot.plot import Axis, Chart, Series

BOOKKEEPING = {"step", "images", "seconds", "kl", "loss"}
NAMES = {"d_loss": "the discriminator's loss", "g_loss": "the generator's (dashed)"}
GAME = (
    "Each loss of a game says how one network fares against the other, not how good the images are; only a Wasserstein "
    "critic's is meant to follow that."
)


def curve(path: Path) -> str:
    """What the recipe recorded over images seen: its own figure (both losses for a game of two), smoothed."""
    rows = side_files.read_curve(path)
    lines = {name: smooth([row[name] for row in rows]) for name in recorded(rows)}
    values = [v for line in lines.values() for v in line[len(line) // 20 :] if math.isfinite(v)]
    if len(rows) < 2 or not values:
        return ""
    seen, low, high = [row["images"] for row in rows], min(values), max(values)
    title = "Training curve: " + " and ".join(NAMES.get(name, name.replace("_", " ")) for name in lines)
    kinds = ("first", *["second"] * (len(lines) - 1))
    chart = Chart(
        title,
        [Series(list(zip(seen, line, strict=True)), kind) for kind, line in zip(kinds, lines.values(), strict=True)],
        Axis(seen[0], seen[-1], [(seen[-1], f"{seen[-1] / 1e3:,.0f} thousand images seen")]),
        Axis(low, high, [(low, f"{low:.3g}"), (high, f"{high:.3g}")]),
    )
    words = f"{title}. {GAME}" if len(lines) > 1 else title
    return f"{chart.to_html()}<figcaption>{words}</figcaption>"


def recorded(rows: Sequence[Mapping[str, float]]) -> list[str]:
    """The columns worth drawing: every loss of its own name, or else the first figure, or else the loss."""
    names = [name for name in (rows[0] if rows else {}) if name not in BOOKKEEPING]
    return [n for n in names if n.endswith("loss")] or names[:1] or [n for n in ("loss",) if rows and n in rows[0]]


def smooth(values: list[float], weight: float = 0.9) -> list[float]:
    """An exponential moving average."""
    out: list[float] = []
    for value in values:
        out.append(value if not out else weight * out[-1] + (1 - weight) * value)
    return out
