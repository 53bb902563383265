"""Where words look, as HTML: a row of pictures for each word, by parts of the way and by layers; two sentences."""

import html
from collections.abc import Sequence

from torch import Tensor

from generative.answers import Listening
from generative.inference.pictures.heatmap import colours
from generative.inference.pictures.words import PARTS, layer_names, layers, lit, parts, shares_of
from generative.web.widgets.pixels import data_url

SHARE = "How much of all attention goes to this word. All of them together have 100 %"
WAY = (
    "Each picture is lit where that word is listened to most; how much of all attention it has, its share tells. "
    "<b>Early</b> the picture is still noise. Where a word looks is a hint at what it does, not a proof of it."
)
LAYERS = "The layers of the network in their order, each the mean of the whole way. Coarse ones tell few places apart."
ON_THE_WAY = (
    "The same noise, told the first sentence less and the other more: every place listens to the words of both, and "
    "those of the other count as much as is written there. There is no sentence in the middle: somewhere it turns."
)
DIFFERENCE = "What the change of words changed: dark is nothing, bright is much."


def notes(words: Sequence[str]) -> str:
    """What of sentences was never learnt."""
    return "".join(f'<p class="quiet" role="status">{html.escape(note)}</p>' for note in dict.fromkeys(words) if note)


def drawn(image: Tensor, words: str, other: tuple[Tensor, str] | None) -> str:
    """The picture of a sentence and, if there is another one, its picture on the same noise and what differs."""
    figures = [figure(image, words or "No sentence")]
    if other:
        figures.append(figure(other[0], changed(words, other[1]), marked=True))
        apart = (other[0] - image).abs().amax(0)
        figures.append(figure(colours(apart / apart.max().clamp_min(1e-12)), DIFFERENCE))
    return f'<div class="drawn">{"".join(figures)}</div>'


def way(images: Tensor) -> str:
    """The pictures (N, C, H, W) on the way from a sentence to another."""
    figures = [
        figure(image, f"{100 * share:.0f} %") for image, share in zip(images, shares_of(len(images)), strict=True)
    ]
    return f'<h2>On the way</h2><div class="way">{"".join(figures)}</div><p class="quiet">{ON_THE_WAY}</p>'


def figure(image: Tensor, words: str, marked: bool = False) -> str:
    """A picture (C, H, W) over words, which are HTML already where they are `marked`."""
    told = words if marked else html.escape(words)
    return f'<figure><img src="{data_url(image)}" alt=""><figcaption>{told}</figcaption></figure>'


def changed(words: str, other: str) -> str:
    """The other sentence as HTML, with those of its words in bold that the first one does not have."""
    before = words.casefold().replace(",", " ").split()
    marked = [
        html.escape(word) if word.casefold().strip(",") in before else f"<b>{html.escape(word)}</b>"
        for word in other.split()
    ]
    return " ".join(marked) or "No sentence"


def looks(heard: Listening) -> str:
    """The table by parts of the way, and folded away the one by layers."""
    whole = parts(heard)
    return (
        f"<h2>Where each word looks</h2>{table(heard, PARTS, whole)}<p class='quiet'>{WAY}</p>"
        f"<details><summary>Layer by layer</summary>{table(heard, layer_names(heard.sides), layers(heard))}"
        f"<p class='quiet'>{LAYERS}</p></details>"
    )


def table(heard: Listening, names: Sequence[str], shares: Tensor) -> str:
    """A row for each word, a column for each name, of shares (columns, K, R, R)."""
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    columns = [lit(heard.image, of_one) for of_one in shares]
    rows = []
    for k, word in enumerate(heard.names):
        cells = "".join(
            f'<td><img src="{data_url(column[k])}" alt="{html.escape(word)}, {name}: '
            f'{100 * float(of_one[k].mean()):.0f} %" title="{100 * float(of_one[k].mean()):.0f} %"></td>'
            for name, column, of_one in zip(names, columns, shares, strict=True)
        )
        share = 100 * float(heard.shares[:, :, k].mean())
        rows.append(
            f'<tr><th scope="row">{html.escape(word)} <small title="{SHARE}">{share:.0f} %</small></th>{cells}</tr>'
        )
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="Where each word looks"><table>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
