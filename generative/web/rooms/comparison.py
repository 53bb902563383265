"""What models cost and what was measured of them, beside each other: one table, so that the same row tells the same."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generative.figures import FIGURES, estimate, measured, real
from generative.library.entries import Entry
from generative.web.base.run import Run, duration

MATTER = (  # of all figures, those that tell models apart
    "class_agreement",
    "attribute_confidence",
    "asked_found",
    "fid",
    "recall",
    "coverage",
    "bits_per_dim",
    "bits_per_dim_bound",
    "bits_per_token",
)
DASH = "–"
PLAIN_LOOP = (
    "What was computed for earlier pixels is kept here, so a new pixel costs little, and the pictures are the same. "
    "The plain loop, as papers tell it, runs the whole network anew for every value. How much slower that is was "
    "measured by benchmark"
)


@dataclass(frozen=True)
class Column:
    """A model of a comparison, and what it has just been asked to draw, once that is done."""

    entry: Entry
    run: Run | None = None


Cell = Callable[[Column], str]


def comparison(columns: Sequence[Column]) -> str:
    """The table as HTML; a row in which no model has anything to say is left out."""
    told = [(title, words, [cell(column) for column in columns]) for title, words, cell in rows(columns)]
    lines = "".join(row(title, words, cells) for title, words, cells in told if any(cells))
    head = "".join(f'<th scope="col">{html.escape(column.entry.title)}</th>' for column in columns)
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="Comparison"><table class="figures comparison">'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def rows(columns: Sequence[Column]) -> list[tuple[str, str, Cell]]:
    """The name of each row, what it means, and what a model says there."""
    differ = len({bool(column.entry.classes) for column in columns}) > 1
    return [
        ("Time an image", "From the request to the last picture, by the number of pictures", time),
        ("Time an image, by the plain loop", PLAIN_LOOP, plain_loop),
        ("Passes of the network", "How many times the network runs to draw one image", passes),
        ("Training", "How long the model learnt", training),
        ("Parameters", "Numbers that training had to find", lambda column: f"{column.entry.parameters:,}"),
        *([("Told the class", "Without it, the seed alone decides what is drawn", told_class)] if differ else []),
        *((FIGURES[id].in_words or FIGURES[id].title, FIGURES[id].words, figure(id)) for id in MATTER),
    ]


def row(title: str, words: str, cells: Sequence[str]) -> str:
    """A row as HTML; its words are shown where the pointer rests, an empty cell is a dash."""
    values = "".join(f"<td>{html.escape(cell) or DASH}</td>" for cell in cells)
    return f'<tr title="{html.escape(words)}"><th scope="row"><abbr>{html.escape(title)}</abbr></th>{values}</tr>'


def seconds(run: Run) -> float:
    """What an image took."""
    return run.seconds / len(run.request.seeds)


def time(column: Column) -> str:
    """What an image took just now, in words."""
    return duration(seconds(column.run)) if column.run else ""


def plain_loop(column: Column) -> str:
    """What the naive sampler of a pixel model would have taken, by the gain at the number of images next to this one;
    before a run, what it took when it was measured."""
    speed = column.entry.speed
    if speed is None or speed.pixels is None:
        return ""
    count = len(column.run.request.seeds) if column.run else 1
    near = min(speed.pixels.naive_s, key=lambda measured_at: abs(measured_at - count))
    if column.run is None:
        return f"about {duration(speed.pixels.naive_s[near] / near)}"
    return f"about {duration(seconds(column.run) * speed.pixels.gain(near))}"


def passes(column: Column) -> str:
    """How often the network runs for one image: counted just now, else as measured."""
    if column.run:
        return str(column.run.passes)
    known = measured(column.entry.metrics).get("evaluations")
    return f"{known['value']:,.0f}" if known else ""


def training(column: Column) -> str:
    """Minutes of training, if they are known."""
    minutes = column.entry.training.get("minutes")
    return f"{minutes:g} minutes" if minutes else ""


def told_class(column: Column) -> str:
    """Whether the model is told a class."""
    return "yes" if column.entry.classes else "no"


def figure(id: str) -> Cell:
    """What was measured of a model, and what real images reach."""

    def cell(column: Column) -> str:
        known = measured(column.entry.metrics).get(id)
        if known is None:
            return ""
        return estimate(id, known) + (f" (real: {reached})" if (reached := real(id, known)) else "")

    return cell
