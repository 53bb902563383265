"""Small charts as HTML: how a picture ranks, what a model expected at a pixel."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from generative.answers import Likelihood
from generative.web.widgets.pixels import data_url
from generative.web.widgets.plot.plot import Axis, Chart, Series

CHANNELS = {1: ("",), 3: ("red", "green", "blue")}


BITS_PER_DIM = (
    "−log₂ p(x) divided by the number of values: what it costs to tell this picture to somebody who has the model"
)
BITS_PER_TOKEN = (
    "−log₂ p of all tokens divided by their number: what it costs to tell the tokens that stand for this picture. What "
    "the autoencoder lost between picture and tokens is not in it, so it is no bits/dim"
)
ENERGY = (
    "The height of the landscape at this picture: −ln p(x) plus a constant that nobody knows. It ranks pictures, and "
    "only under this one model; it is no number of bits"
)
PERCENTILE = "The percentile: of 100 test images, how many the model finds more probable than this picture"


def verdict(number: float, kind: str, rank: float | None, words: str, dims: int) -> str:
    """What a model says of a picture: its bits/dim, or its energy. `rank`: the percentage of test images that it finds
    more probable.

    words: of the class (`class_words`), or none. dims: the values, or tokens, that it was divided by.
    """
    at_most = "at most " if kind == "bound" else ""
    if kind == "unnormalised":
        figure, unit, about = f"{number:,.1f}", "energy", ENERGY
        told = "up to a constant that nobody knows: it ranks pictures, and says no bits"
    elif kind == "tokens":
        figure, unit, about = f"{number:.2f}", "bits/token", BITS_PER_TOKEN
        told = f"{number * dims:,.0f} bits for {dims} tokens, exact"
    else:
        figure, unit, about = f"{at_most}{number:.2f}", "bits/dim", BITS_PER_DIM
        told = f"{at_most}{number * dims:,.0f} bits for {dims:,} values, {'exact' if kind == 'exact' else 'a bound'}"
    parts = [
        f'<p class="figure" title="{about}"><b>{figure}</b> <abbr>{unit}</abbr></p>',
        f"<p>{told}{f'; {html.escape(words)}' if words else ''}</p>",
    ]
    if rank is not None:
        parts.append(percentile_bar(rank))
    return f'<div class="verdict">{"".join(parts)}</div>'


def class_words(found: Likelihood, classes: Sequence[str]) -> str:
    """Of the one picture of `found`: which class the model was told, or which one fits best if it was told none."""
    if found.told is not None:
        return f"told the class: {classes[int(found.told[0])]}"
    if found.posterior is None:
        return ""
    share, best = found.posterior[0].max(0)
    return f"whatever the class; {classes[int(best)]} fits best, with {percent(float(share))}"


def no_verdict() -> str:
    """HTML that stands where a verdict will."""
    return '<div class="verdict"><p>Press Measure, choose another picture, or draw one.</p></div>'


@dataclass(frozen=True)
class Scale:
    """Words of a scale on which test images stand. first, last: what its ends are called. before, behind: of a picture
    that stands before, or behind, all of them; between: of so many that stand before it. title: what is measured."""

    first: str
    last: str
    before: str
    behind: str
    between: str
    title: str


PROBABILITY = Scale(
    "probable",
    "improbable",
    "More probable than every test image",
    "Less probable than every test image",
    "of the test images are more probable",
    PERCENTILE,
)


def percentile_bar(rank: float, scale: Scale = PROBABILITY) -> str:
    """Where the picture stands among the test images; `rank` of 100 stand before it."""
    if rank >= 100:
        words = scale.behind
    elif rank <= 0:
        words = scale.before
    else:
        words = f"{rank:.0f} % {scale.between}"
    at = min(100, max(0, rank))
    return (
        f'<div class="percentile" role="img" aria-label="{words}"><i style="left: {at:.1f}%"></i></div>'
        f'<p class="ends"><span>{scale.first}</span><span>{scale.last}</span></p>'
        f'<p title="{scale.title}">{words}.</p>'
    )


def distribution(tables: Tensor, true: list[int], row: int, column: int) -> str:
    """(C, L) probabilities of a pixel's values, the true ones marked, one chart for each channel."""
    charts = []
    for table, value, name in zip(tables.tolist(), true, CHANNELS[len(tables)], strict=True):
        bits = -math.log2(max(table[value], 1e-30))
        likeliest = max(range(len(table)), key=table.__getitem__)
        words = (
            f"{name + ': ' if name else ''}true value {value}, expected with probability {percent(table[value])} "
            f"({bits:.1f} bits); likeliest {likeliest}, {percent(table[likeliest])}"
        )
        charts.append(f"<figure>{bars(table, value, name, words)}<figcaption>{words}</figcaption></figure>")
    head = f"What the model expected at row {row}, column {column}, before it saw it"
    return f'<div class="distribution"><h3>{html.escape(head)}</h3>{"".join(charts)}</div>'


def no_distribution() -> str:
    """HTML that stands where a pixel's distribution will."""
    return '<div class="distribution"><p>Click a pixel to see what the model expected there.</p></div>'


def bars(table: list[float], value: int, name: str, words: str) -> str:
    """A bar for each value, its height the square root of the probability, so that small ones can be seen."""
    points = [(i, math.sqrt(p)) for i, p in enumerate(table) if p > 1e-7]
    if len(table) == 2:
        values = Axis(-1, 2, [(0, "black"), (1, "white")])
    else:
        values = Axis(0, 255, [(at, str(at)) for at in (0, 128, 255)])
    axes = values, Axis(0, math.sqrt(max(table)))
    series = [Series(points, name or "grey", "bars")]
    return Chart(words, series, *axes, marks=[(value, "true")], height=110).to_html()


def percent(p: float) -> str:
    """A probability as a percentage of two digits."""
    return f"{100 * p:.0f} %" if p >= 0.095 else f"{100 * p:.2g} %"


RANKED = {
    "exact": "exact",
    "tokens": "exact, of the tokens that stand for a picture",
    "bound": "a bound: the true value is at most this",
    "unnormalised": "of no absolute meaning",
}


UNITS = {"unnormalised": (ENERGY, "Energy"), "tokens": (BITS_PER_TOKEN, "Bits/token")}


def ranking(images: Tensor, names: list[str], numbers: list[float], ranks: list[float | None], kind: str) -> str:
    """Pictures (N, C, H, W) in the order of their likelihood, the most probable first, as an HTML table."""
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    energies = kind == "unnormalised"
    rows = []
    for place, i in enumerate(order, start=1):
        rank = "" if ranks[i] is None else f"{ranks[i]:.0f} %"
        rows.append(
            f'<tr><td>{place}</td><td><img src="{data_url(images[i])}" alt=""></td><td>{html.escape(names[i])}</td>'
            f"<td>{numbers[i]:,.{1 if energies else 2}f}</td><td>{rank}</td></tr>"
        )
    about, unit = UNITS.get(kind, (BITS_PER_DIM, "Bits/dim"))
    head = f'<th>Rank</th><td></td><th>Picture</th><th title="{about}"><abbr>{unit}</abbr></th>'
    head += f'<th title="{PERCENTILE}"><abbr>Test images more probable</abbr></th>'
    if energies:
        moral = "A low energy is near a valley that was learnt; whether what is strange lies higher has to be measured."
    else:
        moral = "Likelihood tells how cheap a picture is to describe, not how typical: a blank one costs little."
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="Ranking">'
        f'<table class="figures ranking"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table><p>{'Lowest' if energies else 'Most probable'} first; {RANKED[kind]}. "
        f"{moral}</p></div>"
    )


def problem(words: str) -> str:
    """HTML of an error, words escaped, that screen readers read at once."""
    return f'<p class="problem" role="alert">{html.escape(words)}</p>'
