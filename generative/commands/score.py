"""score: how probable a model finds pictures, and where it is surprised."""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from generative.answers import Likelihood
from generative.commands.opening import find_pictures, open_engine, open_pictures, told
from generative.commands.runs import checked_place
from generative.commands.terminal import columns, say
from generative.errors import InvalidOption, NotSupported
from generative.inference.pictures.heatmap import side_by_side
from generative.inference.pictures.provenance import save_png
from generative.library.entries import Entry
from generative.library.percentile import percentile

SHOWN = 64  # pictures on a heat map


@dataclass(frozen=True)
class Row:
    """A picture in the ranking.

    bits_per_dim, bits_per_token, energy: one of them, as the model can tell; energies of two models cannot be compared.
    percentile: of the test images, how many in 100 the model finds more probable. label: the class that the model was
    told. best_class: the one that fits best, where it knows classes and was told none.
    """

    rank: int
    image: str
    bits_per_dim: float | None
    bits_per_token: float | None
    energy: float | None
    percentile: float | None
    label: str | None
    best_class: str | None
    kind: str

    @property
    def words(self) -> str:
        """The number that ranks it, with its unit."""
        if self.energy is not None:
            return f"energy {self.energy:.1f}"
        return f"{self.number:.2f} {'bits/dim' if self.bits_per_token is None else 'bits/token'}"

    @property
    def number(self) -> float:
        """What ranks it."""
        return next(n for n in (self.bits_per_dim, self.bits_per_token, self.energy) if n is not None)


def score(arguments: argparse.Namespace) -> None:
    """`score`: bits/dim or energies of pictures, most probable first, and a map of where they surprise."""
    target = checked_place(arguments.heatmap, (".png",), "heatmap") if arguments.heatmap else None
    engine = open_engine(arguments)
    entry = engine.able(arguments.model, "scores")
    names = find_pictures(arguments.image)
    if target and len(names) > SHOWN:
        raise InvalidOption(f"A heat map shows at most {SHOWN} pictures, not {len(names)}", "heatmap")
    pictures = open_pictures(names, entry, arguments.invert)
    request = engine.request("scores", entry, condition=told(arguments, entry), images=pictures)
    result = engine.answer(request)
    order = result.number.argsort(stable=True).tolist()
    rows = ranking(entry, names, result, order)
    if target:
        if result.bits is None:
            raise NotSupported(f"{entry.title}'s likelihood has no parts that belong to pixels. Leave out --heatmap.")
        captions = [f"{row.rank}. {row.words}, {short(row.image)}" for row in rows]
        save_png(side_by_side(pictures[order], result.bits[order], captions), target, request.plain())
    say(json.dumps([asdict(row) for row in rows], indent=2) if arguments.json else table(rows, arguments.heatmap))


def short(name: str) -> str:
    """A picture's name without its folder."""
    return name if name.startswith("example:") else Path(name).name


def ranking(entry: Entry, names: list[str], result: Likelihood, order: list[int]) -> list[Row]:
    numbers = result.number.tolist()
    best = None if result.posterior is None else result.posterior.argmax(1)
    told, fits = (
        [None] * len(names) if labels is None else [entry.classes[k] for k in labels.tolist()]
        for labels in (result.told, best)
    )
    return [
        Row(
            rank,
            names[i],
            *(numbers[i] if result.figure == name else None for name in HEADS),
            percentile(entry.folder, numbers[i]),
            told[i],
            fits[i],
            result.kind,
        )
        for rank, i in enumerate(order, start=1)
    ]


HEADS = {"bits_per_dim": "BITS/DIM", "bits_per_token": "BITS/TOKEN", "energy": "ENERGY"}
NOTES = {
    "exact": "exact",
    "tokens": "exact, of the tokens that stand for a picture",
    "bound": "a bound: the true bits/dim are at most this",
    "unnormalised": "energies, known up to a constant: they rank pictures, and only under one model",
}


def table(rows: list[Row], heatmap: str | None) -> str:
    """The ranking as text."""
    kind, known = rows[0].kind, rows[0].percentile is not None
    head = next(words for name, words in HEADS.items() if getattr(rows[0], name) is not None)
    if known:
        share = "Percentile: how many of 100 test images the model finds more probable."
    else:
        share = "No percentiles: likelihood.json of this checkpoint is missing or damaged; `evaluate` writes it."
    cells = [["RANK", head, "PERCENTILE", "AS", "FITS BEST", "IMAGE"]]
    for row in rows:
        place = "" if row.percentile is None else f"{row.percentile:.0f}"
        number = f"{row.number:.{3 if row.energy is None else 1}f}"
        cells.append([f"{row.rank}", number, place, row.label or "", row.best_class or "", row.image])
    filled = [i for i in range(len(cells[0])) if any(line[i] for line in cells[1:])]
    lines = [columns([[line[i] for i in filled] for line in cells]), "", f"Most probable first; {NOTES[kind]}.", share]
    return "\n".join([*lines, heatmap] if heatmap else lines)
