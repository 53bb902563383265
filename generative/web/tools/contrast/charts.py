"""GANs of several objectives as one table: their pictures of the same noise, the classes recognised, their figures."""

import html
from collections.abc import Mapping, Sequence

from generative.figures import amount, measured, quantity, real
from generative.inference.contrast import COVERED, EACH, FIGURES, Drawn, curve
from generative.library.entries import Entry
from generative.web.base.trials import pictures
from generative.web.tools.contrast.curves import kinds

DASH = "–"
TELLS = (
    "Spearman's rank correlation between the curve that the training could watch and the FID, over its whole course. "
    "At 1 the curve falls just when the pictures get better, at 0 it says nothing about them, below 0 it misleads"
)
CLASSES = f"In how many of the classes a classifier recognises at least {COVERED:.0%} of {EACH} pictures"
IN_CLASS = f"In what share of {EACH} pictures of this class a classifier recognises it: a class without a bar is lost"
MINUTES = "Processor time that this training took, all of them over the same number of pictures"
UPDATES = "How often the generator learnt: a Wasserstein critic learns five times for each time of the generator"


def table(entries: Sequence[Entry], done: Mapping[str, Drawn], first: int, count: int) -> str:
    """A column for each of `entries`; `done`: what some of them have drawn, by id, of `count` seeds from `first` on."""
    heads = "".join(map(head, entries, kinds(entries)))
    drawn = [
        row(f"Seed {first + i}", "", [picture(done.get(e.id), i) for e in entries], "picture") for i in range(count)
    ]
    rows = [*drawn, *coverage(entries, done), *figures(entries)]
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="The objectives side by side"><table>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def head(entry: Entry, kind: str) -> str:
    """Its name, and what it minimises."""
    words = html.escape(f"Objective: {entry.kind_class.objective.title}")
    return f'<th scope="col" class="{kind}"><abbr title="{words}">{html.escape(entry.title)}</abbr></th>'


def picture(drawn: Drawn | None, index: int) -> str:
    """One picture as a link to its run; nothing yet of a model that has not drawn."""
    if drawn is None:
        return ""
    return pictures(drawn.images[index : index + 1], f"Drawn by {drawn.entry.title}", drawn.request.link())


def coverage(entries: Sequence[Entry], done: Mapping[str, Drawn]) -> list[str]:
    """How many classes are drawn, and a row of bars for each class, of the models that have drawn."""
    told = [done[e.id] for e in entries if e.id in done and done[e.id].recognised]
    if not told:
        return []
    names = list(told[0].recognised)
    kind = dict(zip((e.id for e in entries), kinds(entries), strict=True))
    known = [done.get(e.id) for e in entries]
    counts = [f"{d.covered} of {len(d.recognised)}" if d and d.recognised else "" for d in known]
    return [
        row("Classes drawn", CLASSES, counts, "figure"),
        *(
            row(
                name,
                IN_CLASS,
                [bar(d.recognised[name], kind[d.entry.id]) if d and d.recognised else "" for d in known],
                "figure",
            )
            for name in names
        ),
    ]


def bar(share: float, kind: str) -> str:
    """A share as a bar with its number."""
    return f'<span class="bar {kind}"><i style="--share: {share:.2f}"></i>{100 * share:.0f} %</span>'


def figures(entries: Sequence[Entry]) -> list[str]:
    """What was measured of each, what its training took, and whether it could have told how good it was."""
    rows = []
    for id in FIGURES:
        found = [measured(e.metrics).get(id) for e in entries]
        reached = next((real(id, f) for f in found if f and real(id, f)), "")
        words = quantity(id).words + (f" Real images: {reached}." if reached else "")
        rows.append((quantity(id).title, words, [amount(id, f) if f else "" for f in found]))
    rows.append(("Does its curve tell?", TELLS, [tells(e) for e in entries]))
    rows.append(("Generator learnt", UPDATES, [updates(e) for e in entries]))
    rows.append(("Training", MINUTES, [f"{m:g} min" if (m := e.training.get("minutes")) else "" for e in entries]))
    return [row(title, words, [c or DASH for c in cells], "figure") for title, words, cells in rows if any(cells)]


def tells(entry: Entry) -> str:
    """The correlation of what is watched with the quality, signed."""
    found = curve(entry)
    correlation = found.tells if found else None
    return "" if correlation is None else f"{correlation:+.2f}".replace("-", "−")


def updates(entry: Entry) -> str:
    """Steps of the generator, of all that were taken."""
    steps = entry.training.get("steps")
    return f"{steps // entry.kind_class.objective.rounds:,} times" if isinstance(steps, int) else ""


def row(name: str, words: str, cells: Sequence[str], kind: str) -> str:
    """A row as HTML; its words are shown where the pointer rests."""
    head = f'<abbr title="{html.escape(words)}">{html.escape(name)}</abbr>' if words else html.escape(name)
    return f'<tr class="{kind}"><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
