"""GANs side by side as one table: their pictures of the same noise, what they do otherwise, the classes recognised, the
modes counted, their figures."""

import html
from collections.abc import Mapping, Sequence

from generative.figures import estimate, measured, quantity, real
from generative.inference.contrast import COVERED, EACH, FIGURES, Drawn, curve, differs, roster_of
from generative.library.entries import Entry
from generative.library.modes import read_modes
from generative.models.gans.failures import KNOWN
from generative.models.gans.guidelines import GuidelinesGAN
from generative.web.base.trials import pictures
from generative.web.tools.contrast.curves import FID, kinds
from generative.web.widgets.pixels import data_url

DASH = "–"
TELLS = (
    "Spearman's rank correlation between the curve that the training could watch and the FID, over its whole course. "
    "At 1 the curve falls just when the pictures get better, at 0 it says nothing about them, below 0 it misleads"
)
CLASSES = f"In how many of the classes a classifier recognises at least {COVERED:.0%} of {EACH} pictures"
IN_CLASS = f"In what share of {EACH} pictures of this class a classifier recognises it: a class without a bar is lost"
IN_ALL = "In what share of all its pictures a classifier sees this class: nobody tells it which to draw"
HALF = "How many classes make up half as much of its pictures as they should, or more"
MODES = "Combinations of three digits that a classifier read in {:,} pictures at the end of the training, of {:,}"
COPIES = (
    f"In how many pairs the nearest training picture is among the first {KNOWN}, which are all that the overfitted one "
    "saw. Among those looked through, chance would choose them in {:.1%}"
)
MINUTES = "Time that this training took, all of them over the same number of pictures"
UPDATES = "How often the generator learnt: a Wasserstein critic learns five times for each time of the generator"


def table(entries: Sequence[Entry], done: Mapping[str, Drawn], first: int, count: int) -> str:
    """A column for each of `entries`; `done`: what some of them have drawn, by id, of `count` seeds from `first` on."""
    heads = "".join(map(head, entries, kinds(entries)))
    drawn = [
        row(f"Seed {first + i}", "", [picture(done.get(e.id), i) for e in entries], "picture") for i in range(count)
    ]
    rows = [*otherwise(entries), *drawn, *copies(entries, done), *modes(entries), *coverage(entries, done)]
    rows += figures(entries)
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="The models side by side"><table>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def head(entry: Entry, kind: str) -> str:
    """Its name, and what it minimises."""
    words = html.escape(f"Objective: {entry.kind_class.objective.title}")
    return f'<th scope="col" class="{kind}"><abbr title="{words}">{html.escape(entry.title)}</abbr></th>'


def picture(drawn: Drawn | None, index: int) -> str:
    """One picture as a link to its run, and maybe the nearest training picture beside it; nothing yet of a model that
    has not drawn."""
    if drawn is None:
        return ""
    made = pictures(drawn.images[index : index + 1], f"Drawn by {drawn.entry.title}", drawn.request.link())
    if drawn.nearest is None:
        return made
    known, apart = drawn.nearest.images[index].float() / 255, float(drawn.nearest.distances[index])
    words = f"The nearest training picture, at a distance of {apart:.3f}"
    return f'<span class="images">{made}<img src="{data_url(known)}" alt="{words}" title="{words}"></span>'


def otherwise(entries: Sequence[Entry]) -> list[str]:
    """What guideline is broken, and how; or why a training failed. The names of objectives say that by themselves."""
    roster = roster_of(entries[0])
    if roster == "failures":
        return [row("Why", "", list(map(differs, entries)), "told")]
    if roster == "guidelines":
        kept = [html.escape(e.kind_class.guideline) for e in entries]
        return [row("Guideline", "", kept, "told"), row("Here instead", "", list(map(differs, entries)), "told")]
    return []


def copies(entries: Sequence[Entry], done: Mapping[str, Drawn]) -> list[str]:
    """In how many pictures the nearest training picture is one that the overfitted model knew."""
    found = [d.nearest for d in done.values() if d.nearest is not None]
    if not found:
        return []
    told = [done.get(e.id) for e in entries]
    cells = [f"{d.copied} of {len(d.images)}" if d and d.copied is not None else "" for d in told]
    right = row("Right of each", "", ["The nearest training picture" if d else "" for d in told], "figure")
    return [right, row(f"Nearest of the {KNOWN}", COPIES.format(KNOWN / found[0].among), cells, "figure")]


def modes(entries: Sequence[Entry]) -> list[str]:
    """Bars of how many modes each reached, where they are counted."""
    found = [read_modes(e.folder) for e in entries]
    known = next(filter(None, found), None)
    if known is None:
        return []
    cells = [
        bar(one.counts[-1] / one.of, kind, f"{one.counts[-1]:,}") if one else ""
        for one, kind in zip(found, kinds(entries), strict=True)
    ]
    return [row("Modes reached", MODES.format(known.samples, known.of), cells, "figure")]


def coverage(entries: Sequence[Entry], done: Mapping[str, Drawn]) -> list[str]:
    """How many classes are drawn, and a row of bars for each class, of the models that have drawn."""
    told = [done[e.id] for e in entries if e.id in done and done[e.id].recognised]
    if not told:
        return []
    asked = bool(told[0].entry.classes)
    known = [(done.get(e.id), kind) for e, kind in zip(entries, kinds(entries), strict=True)]
    seen = [(d if d and d.recognised else None, kind) for d, kind in known]
    counts = [f"{d.covered} of {len(d.recognised)}" if d else "" for d, _ in seen]
    rows = [row("Classes drawn", CLASSES if asked else HALF, counts, "figure")]
    for name in told[0].recognised:
        bars = [bar(d.recognised[name], kind) if d else "" for d, kind in seen]
        rows.append(row(name, IN_CLASS if asked else IN_ALL, bars, "figure"))
    return rows


def bar(share: float, kind: str, words: str = "") -> str:
    """A share as a bar with its number, or with other words."""
    return f'<span class="bar {kind}"><i style="--share: {share:.3f}"></i>{words or f"{100 * share:.0f} %"}</span>'


def figures(entries: Sequence[Entry]) -> list[str]:
    """What was measured of each, what its training took, and whether it could have told how good it was."""
    rows = []
    for id in FIGURES:
        found = [measured(e.metrics).get(id) for e in entries]
        reached = next((real(id, f) for f in found if f and real(id, f)), "")
        words = quantity(id).words + (f" Real images: {reached}." if reached else "")
        rows.append((quantity(id).title, words, [estimate(id, f) if f else "" for f in found]))
    rows.append(("FID while it learnt", FID, ended(entries)))
    rows.append(("Does its curve tell?", TELLS, [tells(e) for e in entries]))
    rows.append(("Generator learnt", UPDATES, [updates(e) for e in entries]))
    rows.append(("Training", MINUTES, [f"{m:g} min" if (m := e.training.get("minutes")) else "" for e in entries]))
    return [row(title, words, [c or DASH for c in cells], "figure") for title, words, cells in rows if any(cells)]


def ended(entries: Sequence[Entry]) -> list[str]:
    """The FID at the last moment of each training; where guidelines are broken, also how many times that of the one
    that keeps them all, which is the first."""
    ends = [found.fid[-1] if (found := curve(e)) and found.fid else None for e in entries]
    whole = ends[0] if issubclass(entries[0].kind_class, GuidelinesGAN) else None
    return [
        "" if end is None else f"{end:.3g}" + (f" ({end / whole:.1f} ×)" if whole and i else "")
        for i, end in enumerate(ends)
    ]


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
