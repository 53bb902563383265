"""README's tables, from the checkpoints' metrics.json and speed.json: what is measured anew stands in them at once."""

import re
from collections.abc import Sequence

from generative import figures
from generative.data.known import in_order, title
from generative.errors import InvalidOption
from generative.library.entries import Entry
from generative.library.speed_tables import speed_tables, table

SAMPLES = (
    "class_agreement",
    "attribute_confidence",
    "asked_found",
    "fid",
    "kid",
    "precision",
    "recall",
    "density",
    "coverage",
    "nearest_training",
    "bits_per_dim",
    "bits_per_dim_bound",
)
SPACES = (
    "ssim",
    "reconstruction_rmse",
    "denoised_rmse",
    "direction_success_exchange",
    "direction_leakage_exchange",
    "direction_success_difference",
    "direction_leakage_difference",
)
NONE = "–"


def filled(text: str, entries: Sequence[Entry]) -> str:
    """`text` with each of its tables anew: what stands between <!-- NAME --> and <!-- /NAME -->.

    Raises InvalidOption for a text without one of the pairs of marks.
    """
    for name, content in contents(entries).items():
        pattern = rf"(<!-- {name}[^>]*-->\n).*?(<!-- /{name} -->)"
        if not re.search(pattern, text, re.DOTALL):
            raise InvalidOption(f"There is no <!-- {name} --> … <!-- /{name} --> to write that table into", "file")
        text = re.sub(pattern, lambda marks, new=content: f"{marks[1]}{new}\n{marks[2]}", text, flags=re.DOTALL)
    return text


def contents(entries: Sequence[Entry]) -> dict[str, str]:
    """What stands between the marks of each name."""
    fast = {e.id: e.speed for e in entries if e.speed}
    return {"figures": samples(entries), "spaces": spaces(entries), "speed": speed_tables(fast)}


def samples(entries: Sequence[Entry]) -> str:
    """A table for each data set: what its models draw, and last what real images reach at the same number."""
    drawing = [e for e in entries if not e.problem and figures.measured(e.metrics).get("fid")]
    parts = []
    for dataset in in_order(e.dataset for e in drawing):
        of = [e for e in drawing if e.dataset == dataset]
        ids = [id for id in SAMPLES if any(id in figures.measured(e.metrics) for e in of)]
        head = [title(dataset), *(figures.quantity(id).title for id in ids), "Parameters"]
        rows = [[e.title + size(e, of), *cells(e, ids), f"{e.parameters:,}"] for e in of]
        parts.append(table([head, *rows, *real(of, ids)]))
    return "\n\n".join(parts)


def spaces(entries: Sequence[Entry]) -> str:
    """How well latent spaces give pictures back, and what adding a direction does."""
    of = [e for e in entries if not e.problem and any(id in figures.measured(e.metrics) for id in SPACES)]
    head = ["Latent spaces", *(figures.quantity(id).title for id in SPACES)]
    return table([head, *([e.id, *cells(e, SPACES)] for e in of)])


def size(entry: Entry, others: Sequence[Entry]) -> str:
    """The size of its images, where that differs from model to model."""
    return f", {entry.size}×{entry.size}" if len({e.size for e in others}) > 1 else ""


def cells(entry: Entry, ids: Sequence[str]) -> list[str]:
    """Its figures of those names."""
    found = figures.measured(entry.metrics)
    return [figures.cell(id, found[id]) if id in found else NONE for id in ids]


def real(entries: Sequence[Entry], ids: Sequence[str]) -> list[list[str]]:
    """What real images reach: a row for each number and size of images that the models were measured with."""
    rows = {}
    for entry in entries:
        count = entry.metrics.get("protocol", {}).get("samples", 0)
        found = figures.measured(entry.metrics)
        reached = [figures.real(id, found[id]) if id in found else "" for id in ids]
        name = f"*Real images, {count:,}{size(entry, entries)}*"
        before = rows.get(name, [""] * len(ids))
        rows[name] = [old or new for old, new in zip(before, reached, strict=True)]
    return [[name, *(value or NONE for value in values), ""] for name, values in rows.items()]
