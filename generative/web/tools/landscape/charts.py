"""What is seen of a landscape: its height along a line and over a plane, and the pixel that goes first, as HTML."""

import torch
from torch import Tensor

from generative.inference.energy.landscape import MARGIN
from generative.inference.pictures.heatmap import colours
from generative.web.widgets.pixels import data_url
from generative.web.widgets.plot.plot import Axis, Chart, Series

HEIGHT = "The energy: the lower, the more probable the model finds a picture, up to a constant"
ENLARGED = 12  # pixels of the screen for a place of a plane


def lines(to_b: Tensor, to_c: Tensor, names: tuple[str, str, str]) -> str:
    """The energies along two lines from the first of three pictures, one in colour."""
    low, high = float(min(to_b.min(), to_c.min())), float(max(to_b.max(), to_c.max()))
    series = [
        Series(list(zip(torch.linspace(0, 1, len(line)).tolist(), line.tolist(), strict=True)), kind)
        for line, kind in ((to_c, "other"), (to_b, "best"))
    ]
    shares = Axis(0, 1, [(0, "A"), (1, "B or C")])
    heights = Axis(low, max(high, low + 1e-3), [(low, f"{low:,.0f}"), (high, f"{high:,.0f}")])
    words = f"Energy on the way from {names[0]} to {names[1]}, and to {names[2]}: from {low:,.0f} to {high:,.0f}"
    hill = f"The hill in between rises {float(to_b.max() - max(to_b[0], to_b[-1])):,.0f} above the higher end."
    caption = (
        f'<abbr title="{HEIGHT}">Energy</abbr> of the pictures between A and B (in colour), and between A and C, each '
        f"pixel in equal steps. {hill}"
    )
    return f"<figure>{Chart(words, series, shares, heights).to_html()}<figcaption>{caption}</figcaption></figure>"


def plane(heights: Tensor) -> str:
    """(S, S) energies over the plane through A, B to its right and C below it; valleys are dark."""
    low, high = float(heights.min()), float(heights.max())
    shades = colours((heights - low) / max(high - low, 1e-9))
    at = {"A": (0.0, 0.0), "B": (1.0, 0.0), "C": (0.0, 1.0)}
    marks = "".join(
        f'<b style="left: {percent(u):.1f}%; top: {percent(v):.1f}%">{name}</b>' for name, (u, v) in at.items()
    )
    words = f"Energy over the plane through A, B and C, from {low:,.0f}, dark, to {high:,.0f}, light"
    return (
        f'<figure><div class="plane"><img src="{data_url(shades)}" alt="{words}">{marks}</div>'
        f"<figcaption>{words}. Each place is a sum of the three pictures, cut to black and white.</figcaption></figure>"
    )


def percent(place: float) -> float:
    """Where a place of the plane lies, in percent of its width."""
    return 100 * (place + MARGIN) / (1 + 2 * MARGIN)


def first(pull: Tensor) -> str:
    """Which pixel of (C, H, W) would be changed first, in words."""
    strength = pull.sum(0)
    place = int(strength.abs().argmax())
    row, column = divmod(place, strength.shape[1])
    return f"it would change row {row}, column {column} first, and make it {way(float(strength[row, column]))}"


def at(pull: Tensor, row: int, column: int) -> str:
    """What would become of a pixel, and how that compares with the one that is changed first."""
    strength = pull.sum(0)
    here, most = float(strength[row, column]), float(strength.abs().max()) or 1.0
    share = f"{100 * abs(here) / most:.0f} % of the strongest pull"
    return f"Row {row}, column {column} would become {way(here)}, with {share}; {first(pull)}."


def way(pull: float) -> str:
    return "lighter" if pull > 0 else "darker"
