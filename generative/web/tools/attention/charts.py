"""Attention as HTML: a picture for every head, the words, the mask and the positions."""

import html

import torch
from torch import Tensor

from generative.answers import Attention, Cost
from generative.inference.pictures.attention import (
    HERE,
    alike,
    hearing_pictures,
    looks,
    mask_picture,
    positions_picture,
)
from generative.inference.pictures.heatmap import colours
from generative.web.base.run import cells
from generative.web.widgets.pixels import data_url
from generative.web.widgets.plot.plot import Axis, Chart, Series

SURPRISE = "−log₂ of the probability that the model gave to what stands here: 0 bits is no surprise at all"
START = "The share of a head's attention that goes to what stands before the first token, where it looks if none fits"
HEADS = (
    "A row is a layer, from the first to the last; a picture is a head. Each is brightest where that head looks most; "
    "black has not been written yet."
)
MASK = "A row is the token that is written, a column what it may look at: itself, what stands before, and no later one."
PLACES = "A row is a place in reading order. These numbers are added to each token, since attention knows no order."
ALIKE = "How alike the position of every token is to that of the one that is written: light is alike, dark is opposite."
HEARING = "Where each word is heard, mean of all layers and heads: bright where it gets most of the attention."
COSTS = {
    "naive": "All computed anew",
    "attention": "Of that, attention alone",
    "cached": "With earlier keys and values kept",
}
COSTING = (
    '<p class="quiet">Measured just now, on this machine, for one sequence of made-up tokens, whatever length the '
    "model was made for. Weights are applied to each token, which is linear in the length; attention compares all "
    "pairs of tokens, which is quadratic and takes over when the sequence is long. With a cache a new token is "
    "compared with the earlier ones once.</p>"
)
HEARD = "What each layer makes of the sentence, mean of its heads: the shares of a row add up to 100 %."


def facts(seen: Attention, notes: list[str]) -> str:
    """Which token it is, and how surprising; what of a sentence was never learnt."""
    row, column, height, width = seen.box
    size = f"{height}×{width} pixels" if height > 1 else f"a run of {width} pixels"
    share = float(seen.start.mean())
    items = [
        ("Token", f"row {row + 1}, column {column + 1}", f"Where it begins in the picture; it is {size}"),
        ("Surprise", f"{float(seen.bits[row, column]):.2f} bits", SURPRISE),
        (f"On “{html.escape(seen.before)}”", f"{100 * share:.0f} %", START),
    ]
    words = "".join(f'<p class="quiet">{html.escape(note)}</p>' for note in notes)
    return f'<dl class="facts">{cells(items)}</dl>{words}'


def heads(image: Tensor, seen: Attention, chosen: tuple[int, int] | None = None) -> str:
    """A button with a picture for every head of every layer; the chosen one, counted from 1, is pressed."""
    pictures, rows = looks(image, seen), []
    for number, (layer, start) in enumerate(zip(pictures, seen.start.tolist(), strict=True), start=1):
        drawn = "".join(
            f'<button type="button" data-head="{number}.{head}" aria-pressed="{str((number, head) == chosen).lower()}" '
            f'title="Layer {number}, head {head}: {100 * share:.0f} % on {html.escape(seen.before)}">'
            f'<img src="{data_url(picture)}" alt="Layer {number}, head {head}"></button>'
            for head, (picture, share) in enumerate(zip(layer, start, strict=True), start=1)
        )
        rows.append(f'<div class="layer"><b>Layer {number}</b><div class="heads">{drawn}</div></div>')
    across = seen.shares.shape[1]
    return (
        f'<h2>What each head looks at</h2><div class="layers" style="--across: {across}">{"".join(rows)}</div>'
        f'<p class="quiet"><i class="here" style="background: {here()}"></i> is what is written. {HEADS}</p>'
    )


def here() -> str:
    """The colour of the token that is written, in CSS."""
    return f"rgb({', '.join(str(round(255 * part)) for part in HERE)})"


def below(seen: Attention) -> str:
    """The sentence, if there is one, then the mask, the positions and how alike they are."""
    count = len(seen.positions)
    _, _, height, width = seen.box
    whole = seen.bits.shape[1] // width
    place = seen.box[0] // height * whole + seen.box[1] // width
    near = alike(seen.positions, place).view(-1, whole)
    pictures = [
        figure(mask_picture(count, place), "The causal mask", MASK),
        figure(positions_picture(seen.positions), "The positions", PLACES, "tall"),
        figure(wide(near, height, width), "Places that are alike", ALIKE),
        figure(surprise(seen), "Surprise of every token", SURPRISE),
    ]
    return f'{sentence(seen)}<div class="parts">{"".join(pictures)}</div>'


def wide(values: Tensor, height: int, width: int) -> Tensor:
    """(rows, columns) from −1 to 1 as a picture (3, H, W) of the model's own size."""
    return colours((values.repeat_interleave(height, 0).repeat_interleave(width, 1) + 1) / 2)


def surprise(seen: Attention) -> Tensor:
    """(3, H, W): bright where the model was most surprised in this picture."""
    return colours(seen.bits / torch.clamp_min(seen.bits.max(), 1e-12))


def figure(picture: Tensor, name: str, words: str, kind: str = "") -> str:
    """A picture (3, H, W) with its name and an explanation under it."""
    return (
        f'<figure class="{kind}"><img src="{data_url(picture)}" alt="{name}">'
        f"<figcaption><b>{name}</b> {words}</figcaption></figure>"
    )


def sentence(seen: Attention) -> str:
    """A table of layers and words; "" for a model that is told none."""
    if not seen.names:
        return ""
    shares = seen.words.mean(1)
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in seen.names)
    rows = "".join(
        f'<tr><th scope="row">Layer {number}</th>'
        + "".join(f'<td style="--share: {share:.3f}">{100 * share:.0f} %</td>' for share in layer)
        + "</tr>"
        for number, layer in enumerate(shares.tolist(), start=1)
    )
    return (
        f'<h2>What it hears in the sentence</h2><div class="scrolls" tabindex="0" role="region" aria-label="Words">'
        f'<table class="figures heard"><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p class="quiet">{HEARD}</p>{hearing(seen)}'
    )


def hearing(seen: Attention) -> str:
    """A picture for each word: where in the picture it is attended to; nothing where no word was said."""
    if len(seen.names) < 2:
        return ""
    drawn = "".join(
        f'<figure><img src="{data_url(picture)}" alt="Where “{html.escape(name)}” is heard">'
        f"<figcaption>{html.escape(name)}</figcaption></figure>"
        for name, picture in zip(seen.names, hearing_pictures(seen), strict=True)
    )
    return f'<div class="words">{drawn}</div><p class="quiet">{HEARING}</p>'


def cost(found: Cost) -> str:
    """What one more token takes against the length of the sequence: cached, anew, and attention alone."""
    most = 1000 * max(max(found.naive), max(found.cached), max(found.attention))
    kinds = {"naive": "second", "attention": "third", "cached": ""}
    lines = [
        Series(list(zip(found.lengths, (1000 * t for t in getattr(found, name)), strict=True)), kind)
        for name, kind in kinds.items()
    ]
    last = found.lengths[-1]
    ends = [(n, str(n)) for n in (0, last // 4, last // 2)] + [(last, f"{last} tokens")]
    title = f"Time of one more token against length, up to {last} tokens: {most:.1f} ms anew"
    chart = Chart(title, lines, Axis(0, last, ends), Axis(0, most, [(0, "0"), (most, f"{most:.3g} ms")]))
    rows = "".join(
        f'<li><i class="{kinds[name]}"></i><b>{words}</b>: {1000 * getattr(found, name)[-1]:.1f} ms at {last} tokens, '
        f"×{found.growth(name):.1f} for twice the tokens</li>"
        for name, words in COSTS.items()
    )
    return f'<h2>What one more token costs</h2><figure class="cost">{chart.to_html()}<ul>{rows}</ul></figure>{COSTING}'
