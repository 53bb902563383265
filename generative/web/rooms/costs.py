"""What training took and what an answer takes, as a chart: the classifier first, then what it costs to draw."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from generative.data.known import in_order, title
from generative.figures import measured
from generative.library.entries import Entry

WORDS = (
    "To name what a picture shows takes one pass of a small network, to draw one up to a thousand. Minutes: of "
    "training, of a processor core where nothing else is said. Passes: how many times the network runs for one image "
    "under default options, or for one class. Bars grow with the logarithm."
)

ONCE = {"classifies", "translates"}  # what takes one pass, without having been counted


@dataclass(frozen=True)
class Cost:
    """minutes: of training. passes: of the network for one answer, an image or a class."""

    entry: Entry
    minutes: float
    passes: int

    @property
    def order(self) -> tuple[bool, int, float]:
        """The classifier first, then the cheapest answers."""
        return "classifies" not in self.entry.abilities, self.passes, self.minutes

    @property
    def trained(self) -> str:
        """Its minutes in words."""
        device = str(self.entry.training.get("device", "cpu"))
        return f"{self.minutes:,.3g}" + ("" if device.startswith("cpu") else " on a GPU")


def known_costs(entries: Sequence[Entry]) -> list[Cost]:
    """Of those models of which both are known."""
    found = []
    for entry in entries:
        minutes, passes = entry.training.get("minutes"), measured(entry.metrics).get("evaluations")
        answers = int(passes["value"]) if passes else len(ONCE & set(entry.abilities))
        if minutes and answers:
            found.append(Cost(entry, minutes, answers))
    return found


def costs(entries: Sequence[Entry]) -> str:
    """A table of bars for each data set; "" where nothing is known."""
    every = known_costs(entries)
    if not every:
        return ""
    longest, most = max(cost.minutes for cost in every), max(cost.passes for cost in every)
    tables = []
    for dataset in in_order(cost.entry.dataset for cost in every):
        of = sorted((cost for cost in every if cost.entry.dataset == dataset), key=lambda cost: cost.order)
        rows = "".join(row(cost, longest, most) for cost in of)
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Model", "Minutes", "Passes for an answer"))
        tables.append(
            f'<table class="costs"><caption>{html.escape(title(dataset))}</caption><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
    return f'<figure class="costs-chart"><div>{"".join(tables)}</div><figcaption>{WORDS}</figcaption></figure>'


def row(cost: Cost, longest: float, most: int) -> str:
    name = html.escape(cost.entry.title)
    cells = bar(cost.minutes, longest, cost.trained) + bar(cost.passes, most, f"{cost.passes:,}")
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def bar(value: float, most: float, words: str) -> str:
    """A cell with a bar whose length is the logarithm of 1 + value."""
    share = math.log1p(value) / math.log1p(most)
    return f'<td><i style="--share: {share:.3f}"></i>{words}</td>'
