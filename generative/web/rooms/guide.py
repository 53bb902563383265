"""The Guide tab: the taxonomy of generative models as a picture, and the measured figures of this app's models."""

import html
from dataclasses import dataclass

import gradio as gr

from generative.data.known import in_order
from generative.data.known import title as known_title
from generative.figures import MAIN, amount, measured
from generative.inference.engine.engine import Engine
from generative.library.entries import Entry
from generative.web.rooms.how_it_works import MATH

# After Goodfellow, "NIPS 2016 Tutorial: Generative Adversarial Networks", figure 9.
INTRODUCTION = r"""
All models of a data set learn from the same images and can then draw new ones. They differ in what they know about the
**density** $p(x)$, the probability of an image $x$:
"""

READING = r"""
**Explicit, tractable**: the model can say exactly how probable any image is. **Explicit, approximate**: it can say "at
least this probable", a bound. **Implicit**: it can draw, but not say how probable anything is. A *plain autoencoder*
is not in the tree: it learns to give back what it is shown, and no distribution at all.

What follows from it can be seen in the tabs: pixel models are exact and slow to draw; autoencoders are quick, ordered
and blurred; GANs are quick and sharp, and silent about probability; diffusion is sharp and varied, and takes many
steps. *Compare* puts them beside each other, and this table says what was measured:
"""


@dataclass(frozen=True)
class Leaf:
    """A family's place at the bottom of the tree; it holds those of its models that have an ability."""

    family: str
    title: str
    note: str
    ability: str = "samples"


TREE = [
    (
        "Explicit density",
        "the model states p(x)",
        [
            ("Tractable", "exactly", [Leaf("autoregressive", "Autoregressive", "pixel by pixel")]),
            (
                "Approximate",
                "as a bound",
                [
                    Leaf("autoencoders", "Variational autoencoders", "through a code", "scores"),
                    Leaf("diffusion", "Diffusion", "step by step"),
                ],
            ),
        ],
    ),
    (
        "Implicit density",
        "the model only draws",
        [
            ("Direct", "in one pass", [Leaf("gans", "GANs", "by playing a game")]),
        ],
    ),
]
LEAVES = [leaf for _, _, branches in TREE for _, _, leaves in branches for leaf in leaves]
WIDTH, LEAF_WIDTH, BOX = 960, 220, 54


class GuideTab:
    def __init__(self, engine: Engine) -> None:
        entries = list(engine.entries.values())
        gr.Markdown(INTRODUCTION, latex_delimiters=MATH, elem_classes="in-short")
        gr.HTML(taxonomy(entries), elem_id="guide-taxonomy")
        gr.Markdown(READING)
        gr.HTML(table(entries), elem_id="guide-table")


def taxonomy(entries: list[Entry]) -> str:
    """The tree as an SVG, each family with the models of it that are here; on a phone it scrolls sideways."""
    centre = {leaf: WIDTH * (i + 0.5) / len(LEAVES) for i, leaf in enumerate(LEAVES)}
    parts: list[str] = []
    top = [box(WIDTH / 2, 10, "Generative models", "learn p(x) from examples", "root")]
    for title, note, branches in TREE:
        leaves = [leaf for _, _, ls in branches for leaf in ls]
        x = sum(centre[leaf] for leaf in leaves) / len(leaves)
        top += [line(WIDTH / 2, 10 + BOX, x, 104), box(x, 104, title, note, "inner")]
        for branch, how, ls in branches:
            bx = sum(centre[leaf] for leaf in ls) / len(ls)
            top += [line(x, 104 + BOX, bx, 198), box(bx, 198, branch, how, "inner")]
            for leaf in ls:
                here = members(entries, leaf)
                top += [line(bx, 198 + BOX, centre[leaf], 292), box(centre[leaf], 292, leaf.title, leaf.note, "leaf")]
                top += [chip(centre[leaf], 366 + 34 * k, name) for k, name in enumerate(here)]
    parts += sorted(top, key=lambda part: not part.startswith("<path"))
    height = 372 + 34 * max([1, *(len(members(entries, leaf)) for leaf in LEAVES)])
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="Taxonomy"><svg class="taxonomy" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Taxonomy of generative models: '
        f'{html.escape(in_words(entries))}">{"".join(parts)}</svg></div>'
    )


def members(entries: list[Entry], leaf: Leaf) -> list[str]:
    """The models of a leaf, each once, however many data sets it has learnt."""
    here = [e for e in entries if e.family == leaf.family and (e.problem or leaf.ability in e.abilities)]
    return list(dict.fromkeys(e.title for e in here))


def in_words(entries: list[Entry]) -> str:
    """The picture for those who cannot see it."""
    return "; ".join(
        f"{title}, {branch.lower()}: "
        + ", ".join(f"{leaf.title} ({', '.join(members(entries, leaf)) or 'none here'})" for leaf in leaves)
        for title, _, branches in TREE
        for branch, _, leaves in branches
    )


def box(x: float, y: float, title: str, note: str, kind: str) -> str:
    """SVG of a branch of the taxonomy; `x` is its middle, `y` its upper edge."""
    return (
        f'<g class="{kind}"><rect x="{x - LEAF_WIDTH / 2}" y="{y}" width="{LEAF_WIDTH}" height="{BOX}" rx="10"/>'
        f'<text x="{x}" y="{y + 23}" class="title">{title}</text>'
        f'<text x="{x}" y="{y + 42}" class="note">{note}</text></g>'
    )


def chip(x: float, y: float, name: str) -> str:
    """SVG of a family's name in a pill around (x, y)."""
    return (
        f'<g class="chip"><rect x="{x - 75}" y="{y - 10}" width="150" height="28" rx="14"/>'
        f'<text x="{x}" y="{y + 9}">{html.escape(name)}</text></g>'
    )


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """SVG of a curve that leaves and arrives upright."""
    middle = (y1 + y2) / 2
    return f'<path d="M{x1},{y1} C{x1},{middle} {x2},{middle} {x2},{y2}"/>'


def table(entries: list[Entry]) -> str:
    """The figures of all models beside each other, a data set after the other; damaged ones with their reason."""
    keys = [id for id in MAIN if any(id in measured(e.metrics) for e in entries)]
    head = "".join(
        f'<th scope="col" title="{html.escape(MAIN[id].words)}"><abbr>{MAIN[id].title}</abbr></th>' for id in keys
    )
    bodies = []
    for dataset in in_order(e.dataset for e in entries):
        rows = "".join(row(e, keys) for e in entries if e.dataset == dataset)
        name = f'<th scope="rowgroup" colspan="{len(keys) + 2}">{html.escape(known_title(dataset))}</th>'
        bodies.append(f'<tbody><tr class="group">{name}</tr>{rows}</tbody>')
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="Measured figures"><table class="figures">'
        f'<thead><tr><th scope="col">Model</th><th scope="col">Parameters</th>{head}</tr></thead>'
        f"{''.join(bodies)}</table></div>"
    )


def row(entry: Entry, keys: list[str]) -> str:
    """A model's figures of those names; "–" for what was not measured, or has no meaning for it."""
    name = f'<th scope="row">{html.escape(entry.title)}</th>'
    if entry.problem:
        return f'<tr>{name}<td colspan="{len(keys) + 1}">unavailable: {html.escape(entry.problem)}</td></tr>'
    found = measured(entry.metrics)
    cells = "".join(f"<td>{html.escape(amount(id, found[id])) if id in found else '–'}</td>" for id in keys)
    return f"<tr>{name}<td>{entry.parameters:,}</td>{cells}</tr>"
