"""A chart as data, in HTML: the element draws itself in the browser, with kit/plot.js."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """low, high: the values at its ends. words: what stands at some values."""

    low: float
    high: float
    words: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True)
class Series:
    """Points drawn as a line, as bars from zero, as upright ticks or as dots. kind: its class in the styles."""

    points: Sequence[Point]
    kind: str = ""
    shape: Literal["line", "bars", "ticks", "dots"] = "line"


def one_of_many(steps: Sequence[int], values: Tensor, chosen: int) -> list[Series]:
    """(S, N) values at S steps as N lines, of which the chosen one is in colour and lies on top."""
    order = sorted(range(values.shape[1]), key=lambda i: i == chosen)
    lines = values.T.tolist()
    return [Series(list(zip(steps, lines[i], strict=True)), "best" if i == chosen else "other") for i in order]


@dataclass(frozen=True)
class Chart:
    """title: the chart in words, for who cannot see it. series: the last one lies on top. marks: upright lines at
    values of the first axis, and the class of each. height: of the drawing, which is 420 wide and fills its column.
    """

    title: str
    series: Sequence[Series]
    x: Axis
    y: Axis
    marks: Sequence[tuple[float, str]] = ()
    height: int = 180

    def data(self) -> dict:
        """As kit/plot.js takes it."""
        shown = [{"points": list(map(rounded, s.points)), "kind": s.kind, "shape": s.shape} for s in self.series]
        axes = {name: {"low": a.low, "high": a.high, "words": a.words} for name, a in (("x", self.x), ("y", self.y))}
        marks = [{"at": at, "kind": kind} for at, kind in self.marks]
        return {"series": shown, "axes": axes, "marks": marks, "height": self.height}

    def to_html(self) -> str:
        """The element."""
        data = html.escape(json.dumps(self.data(), allow_nan=False, separators=(",", ":")))
        words = html.escape(self.title)
        return f'<gen-plot class="widget-plot" role="img" aria-label="{words}" data-chart="{data}"></gen-plot>'


def rounded(point: Point) -> list[float]:
    """To five digits, which is finer than a screen."""
    return [float(f"{value:.5g}") for value in point]
