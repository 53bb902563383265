"""README's tables, from the checkpoints' metrics.json and speed.json: what is measured anew stands in them at once."""

import re
from collections.abc import Sequence

from generative import figures
from generative.data.dataset import Dataset
from generative.data.known import DATASETS, in_order, title
from generative.errors import InvalidOption
from generative.library.entries import Entry
from generative.library.speed_tables import speed_tables, table

SAMPLES = (
    "class_agreement",
    "attribute_confidence",
    "asked_found",
    "fid",
    "kid",
    *(f"{id}_{name}" for name in figures.EXTRACTORS for id in ("fid", "kid")),
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
    return {
        "figures": samples(entries),
        "nats": nats(entries),
        "spaces": spaces(entries),
        "settings": settings(entries),
        "speed": speed_tables(fast),
    }


def settings(entries: Sequence[Entry]) -> str:
    """What models draw by sampler, steps and guidance, for each of which that was measured."""
    of = [e for e in entries if e.settings is not None]
    parts = [e.settings.tables(f"{title(e.dataset)}, {e.title}", e.defaults) for e in of if e.settings]
    return "\n\n".join(filter(None, parts)) or "Not measured yet: `evaluate MODEL --settings` does."


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


def nats(entries: Sequence[Entry]) -> str:
    """What others report beside what was measured here: a pair of columns for each data set, since no two compare."""
    known = [dataset for dataset in DATASETS.values() if dataset.published]
    columns = [column for dataset in known for column in (reported(dataset), measured_nats(dataset, entries))]
    models = dict.fromkeys(model for column in columns for model in column)
    heads = [f"{d.title}, {whose}" for d in known for whose in ("published", "measured")]
    rows = [[model, *(column.get(model, NONE) for column in columns)] for model in models]
    return table([["Nats of a test image", *heads], *rows])


def reported(dataset: Dataset) -> dict[str, str]:
    """By the title of a model what others report."""
    return {p.model: f"[{'≤ ' * p.bound}{p.nats:.2f}]({p.source})" for p in dataset.published}


def measured_nats(dataset: Dataset, entries: Sequence[Entry]) -> dict[str, str]:
    """By the title of a model what was measured of it; a bound with the looser one behind it."""
    cells = {}
    for entry in entries:
        found = figures.measured(entry.metrics) if entry.dataset == dataset.id else {}
        told = {id: figures.cell(id, found[id]) for id in ("nats", "nats_weighted", "nats_bound") if id in found}
        if "nats" in told:
            cells[entry.title] = told["nats"]
        elif told:
            cells[entry.title] = f"≤ {told['nats_weighted']} (from the ELBO ≤ {told['nats_bound']})"
    return cells


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
