"""The Guide tab: the taxonomy of generative models, what they cost, and the measured figures of this app's models."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from generative.data.known import in_order
from generative.data.known import title as known_title
from generative.families import GENERATIVE
from generative.figures import MAIN, amount, estimate, measured
from generative.inference.engine.engine import Engine
from generative.library.entries import Entry
from generative.library.tables import real, size
from generative.web.rooms.costs import costs
from generative.web.rooms.how_it_works import MATH
from generative.web.rooms.taxonomy import Taxonomy, taxonomy

INTRODUCTION = r"""
All models of a data set learn from the same images and can then draw new ones. They differ in what they know about the
**density** $p(x)$, the probability of an image $x$. A box opens the tab of its family:
"""

READING = r"""
**Explicit, tractable**: the model can say exactly how probable any image is. **Explicit, approximate**: it can say "at
least this probable", a bound. Told in bits the bound turns round: *so many bits at most*. **Implicit**: it can draw,
but not say how probable anything is. A *plain autoencoder* is not in the tree: it learns to give back what it is shown,
and no distribution at all.

What follows from it can be seen in the tabs: pixel models are exact and draw one pixel after the other; autoencoders
are quick, ordered and blurred; GANs are sharp in one pass, and silent about probability; diffusion is sharp and varied,
and takes many steps. *Compare* puts them beside each other.

## What it costs
"""

GROUPS = {  # what was measured, by the subjects of figures
    "What they draw": ("samples",),
    "How probable they find test images": ("likelihood",),
    "What their codes hold": ("reconstructions", "latent space"),
}
DASH = "–"


class GuideTab:
    def __init__(self, engine: Engine) -> None:
        entries = list(engine.entries.values())
        gr.Markdown(INTRODUCTION, latex_delimiters=MATH, elem_classes="in-short")
        Taxonomy(taxonomy(entries), elem_id="guide-taxonomy")
        gr.Markdown(READING)
        gr.HTML(costs(entries), elem_id="guide-costs")
        gr.Markdown("## What was measured")
        gr.HTML(tables(entries), elem_id="guide-table")


def tables(entries: Sequence[Entry]) -> str:
    """What was measured of the models that draw: a table for each subject, so that each has few columns."""
    drawing = [e for e in entries if e.family in GENERATIVE]
    return "".join(table(name, drawing, subjects) for name, subjects in GROUPS.items())


def table(name: str, entries: Sequence[Entry], subjects: Sequence[str]) -> str:
    """The main figures of those subjects, a data set after the other; "" where none was measured.

    Damaged models stand in the table of samples with their reason.
    """
    drawn = "samples" in subjects
    mine = [id for id, quantity in MAIN.items() if quantity.subject in subjects]
    ids = [id for id in mine if any(id in measured(e.metrics) for e in entries)]
    of = [e for e in entries if (drawn and e.problem) or any(id in measured(e.metrics) for id in ids)]
    if not of:
        return ""
    bodies = []
    for dataset in in_order(e.dataset for e in of):
        rows = [e for e in of if e.dataset == dataset]
        group = f'<th scope="rowgroup" colspan="{len(ids) + 2}">{html.escape(known_title(dataset))}</th>'
        lines = "".join(row(e, ids, e.title + size(e, rows)) for e in rows) + "".join(map(real_row, real(rows, ids)))
        bodies.append(f'<tbody><tr class="group">{group}</tr>{lines}</tbody>')
    heads = '<th scope="col">Model</th><th scope="col">Parameters</th>' + "".join(map(head, ids))
    return (
        f'<div class="scrolls" tabindex="0" role="region" aria-label="{name}"><table class="figures">'
        f"<caption>{name}</caption><thead><tr>{heads}</tr></thead>{''.join(bodies)}</table></div>"
    )


def head(id: str) -> str:
    """A figure's name, with what it says and which way is better."""
    return f'<th scope="col" title="{html.escape(MAIN[id].words)}"><abbr>{MAIN[id].title}</abbr></th>'


def row(entry: Entry, ids: Sequence[str], title: str) -> str:
    """A model's figures of those names; a dash for what was not measured, or has no meaning for it."""
    name = f'<th scope="row">{html.escape(title)}</th>'
    if entry.problem:
        return f'<tr>{name}<td colspan="{len(ids) + 1}">unavailable: {html.escape(entry.problem)}</td></tr>'
    found = measured(entry.metrics)
    cells = "".join(cell(id, found[id]) if id in found else f"<td>{DASH}</td>" for id in ids)
    return f"<tr>{name}<td>{entry.parameters:,}</td>{cells}</tr>"


def cell(id: str, found: Mapping[str, Any]) -> str:
    """A figure; how far it may be off is told where the pointer rests, for there are many columns."""
    return f'<td title="{html.escape(estimate(id, found))}">{html.escape(amount(id, found))}</td>'


def real_row(cells: Sequence[str]) -> str:
    """What real images reach, from a row of Markdown's cells; "" where they reach nothing that is in the table."""
    name, *values, parameters = cells
    if all(value == DASH for value in values):
        return ""
    told = "".join(f"<td>{value}</td>" for value in (parameters, *values))
    return f'<tr class="real"><th scope="row">{html.escape(name.strip("*"))}</th>{told}</tr>'
