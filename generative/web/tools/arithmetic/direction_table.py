"""How well the directions of a formula work for a model, from its metrics.json, as HTML."""

import html
from collections.abc import Sequence

from generative.figures import FIGURES
from generative.inference.latent.arithmetic import measured
from generative.library.entries import Entry

BEST = "best for this model"
TITLES = {"exchange": "Exchange", "difference": "Difference", "normal": "Normal"}
KINDS = {kind: FIGURES[f"direction_{kind}"].words for kind in ("success", "leakage")}


def direction_table(entry: Entry, names: Sequence[str], method: str, known: Sequence[str]) -> str:
    """A row for each of the directions `names`, and one for the mean of all that are `known`; the `method` in use
    stands out."""
    if not names:
        return ""
    rows = {name: measured(entry.metrics, name) for name in names}
    found = {kind for row in rows.values() for of in row.values() for kind, value in of.items() if value is not None}
    if not found:
        return (
            '<p class="note">How well these directions work has not been measured for this model yet: '
            f"<code>python -m generative evaluate {html.escape(entry.id)}</code> does.</p>"
        )
    kinds, best = [kind for kind in KINDS if kind in found], best_method(entry, known)
    titles = {m: f"{title}, {BEST}" if m == best else title for m, title in TITLES.items()}
    over = "".join(f'<th colspan="{len(kinds)}">{emphasised(titles[m], m == method)}</th>' for m in TITLES)
    under = "".join(f'<th title="{KINDS[kind]}"><abbr>{kind.title()}</abbr></th>' for _ in TITLES for kind in kinds)
    rows[f"mean of all {len(known)}"] = means(entry, known)
    body = "".join(
        f"<tr><td>{html.escape(name)}</td>"
        + "".join(f"<td>{emphasised(share(row[m][kind]), m == method)}</td>" for m in TITLES for kind in kinds)
        + "</tr>"
        for name, row in rows.items()
    )
    return (
        '<div class="scrolls" style="contain: inline-size" tabindex="0" role="region" '
        'aria-label="How well the directions work">'
        f'<table class="figures"><thead><tr><th rowspan="2">How well 1 × of it works</th>{over}</tr>'
        f"<tr>{under}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def best_method(entry: Entry, known: Sequence[str]) -> str | None:
    """The method whose directions succeed most and leak least, on the average; None where that was not measured."""
    scores = {
        method: row["success"] - (row["leakage"] or 0)
        for method, row in means(entry, known).items()
        if row["success"] is not None
    }
    return max(scores, key=scores.__getitem__) if len(scores) == len(TITLES) else None


def means(entry: Entry, known: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """As `measured` tells of one direction, the mean over all that were measured."""
    rows = [measured(entry.metrics, name) for name in known]
    return {method: {kind: mean([row[method][kind] for row in rows]) for kind in KINDS} for method in TITLES}


def mean(values: Sequence[float | None]) -> float | None:
    """Of what is known; None if nothing is."""
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None


def emphasised(words: str, strong: bool) -> str:
    """HTML, bold where it is the better of two."""
    return f"<b>{words}</b>" if strong else words


def share(value: float | None) -> str:
    """A share from 0 to 1 as a percentage; a dash where it was not measured."""
    return "–" if value is None else f"{100 * value:.0f} %"
