"""The taxonomy of generative models as a picture: each family in its place, with those of its models that are here."""

import html
from collections.abc import Sequence
from itertools import groupby

from generative.families import GENERATIVE, Family
from generative.library.entries import Entry
from generative.web.widgets.widget import Widget

# After Goodfellow, "NIPS 2016 Tutorial: Generative Adversarial Networks", figure 9,
# whose two ways to approximate a density, by a bound and by a Markov chain, are a branch each here.
BRANCHES = {
    "Explicit density": "the model states p(x)",
    "Tractable": "exactly",
    "Approximate": "as a bound",
    "Markov chain": "up to a constant",
    "Implicit density": "the model only draws",
    "Direct": "in one pass",
}
STEP, BOX_WIDTH, BOX = 240, 220, 60  # from leaf to leaf, and of a box: a finger's, at three quarters
ROWS = (10, 104, 198, 292)  # where the boxes of a level begin


class Taxonomy(Widget):
    """A click on a family opens its tab."""

    files = "rooms/taxonomy"


def in_place(families: Sequence[Family] = tuple(GENERATIVE.values())) -> list[Family]:
    """Families from left to right: as they are listed, but those of one branch together."""
    order = list(BRANCHES)
    return sorted(families, key=lambda family: [order.index(branch) for branch in family.place or ()])


def members(entries: Sequence[Entry], family: Family) -> list[str]:
    """The models of a family that stand in its place, each once, however many data sets it has learnt."""
    here = [e for e in entries if e.family == family.id and (e.problem or family.needs in e.abilities)]
    return list(dict.fromkeys(e.title for e in here))


def taxonomy(entries: Sequence[Entry], families: Sequence[Family] = tuple(GENERATIVE.values())) -> str:
    """The tree as an SVG; on a phone it scrolls sideways."""
    leaves = in_place(families)
    centre = {family.id: STEP * (i + 0.5) for i, family in enumerate(leaves)}
    width = STEP * len(leaves)
    parts = [box(width / 2, 0, "Generative models", "learn p(x) from examples", "root")]
    parts += branches(leaves, centre, width / 2)
    for family in leaves:
        parts += leaf(family, centre[family.id], members(entries, family))
    parts.sort(key=lambda part: not part.startswith("<path"))  # lines lie below boxes
    height = 378 + 34 * max(1, *(len(members(entries, family)) for family in leaves))
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="Taxonomy">'
        f'<svg class="taxonomy" style="max-width: {width}px; min-width: {0.75 * width:.0f}px" '
        f'viewBox="0 0 {width} {height}" role="group" aria-label="Taxonomy of generative models: '
        f'{html.escape(in_words(entries, leaves))}">{"".join(parts)}</svg></div>'
    )


def branches(leaves: Sequence[Family], centre: dict[str, float], root: float) -> list[str]:
    """The boxes between the root and the families, and all lines."""
    parts: list[str] = []
    for title, of_branch in grouped(leaves, 0):
        x = mean(centre, of_branch)
        parts += [line(root, 0, x, 1), box(x, 1, title, BRANCHES[title], "inner")]
        for twig, of_twig in grouped(of_branch, 1):
            at = mean(centre, of_twig)
            parts += [line(x, 1, at, 2), box(at, 2, twig, BRANCHES[twig], "inner")]
            parts += [line(at, 2, centre[family.id], 3) for family in of_twig]
    return parts


def leaf(family: Family, x: float, models: Sequence[str]) -> list[str]:
    """The box of a family, which leads to its tab, and its models."""
    name = f"{family.title} {family.manner}: open its tab"
    link = f'<a href="#tab-{family.id}" data-tab="{family.id}" aria-label="{name}">'
    chips = [chip(x, 372 + 34 * k, name) for k, name in enumerate(models)]
    return [f"{link}{box(x, 3, family.title, family.manner, 'leaf')}</a>", *chips]


def grouped(leaves: Sequence[Family], level: int) -> list[tuple[str, list[Family]]]:
    """Families by their branch of that level, in their order."""
    return [(title, list(of)) for title, of in groupby(leaves, lambda family: (family.place or ())[level])]


def mean(centre: dict[str, float], families: Sequence[Family]) -> float:
    return sum(centre[family.id] for family in families) / len(families)


def in_words(entries: Sequence[Entry], leaves: Sequence[Family]) -> str:
    """The picture for those who cannot see it."""
    return "; ".join(
        f"{' and '.join(family.place or ()).lower()}: {family.title} "
        f"({', '.join(members(entries, family)) or 'none here'})"
        for family in leaves
    )


def box(x: float, level: int, title: str, note: str, kind: str) -> str:
    y = ROWS[level]
    return (
        f'<g class="{kind}"><rect x="{x - BOX_WIDTH / 2}" y="{y}" width="{BOX_WIDTH}" height="{BOX}" rx="10"/>'
        f'<text x="{x}" y="{y + 26}" class="title">{title}</text> '
        f'<text x="{x}" y="{y + 46}" class="note">{note}</text></g>'
    )


def chip(x: float, y: float, name: str) -> str:
    return (
        f'<g class="chip"><rect x="{x - 75}" y="{y - 10}" width="150" height="28" rx="14"/>'
        f'<text x="{x}" y="{y + 9}">{html.escape(name)}</text></g>'
    )


def line(x1: float, above: int, x2: float, below: int) -> str:
    """From a box down to one of the next level."""
    y1, y2 = ROWS[above] + BOX, ROWS[below]
    middle = (y1 + y2) / 2
    return f'<path d="M{x1},{y1} C{x1},{middle} {x2},{middle} {x2},{y2}"/>'
