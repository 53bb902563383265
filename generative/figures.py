"""What can be measured of a model: what it is called, what it says, in which unit, and which way is better.

Cards, Guide, Compare, README and the command line read this table. A checkpoint's metrics.json holds the measured
figures by these ids: {"value", "unit", "how"} and, where they are known, "interval" (95 %), "real" (what real images
reach at the same number).
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from generative.quantities.likelihood import LIKELIHOOD
from generative.quantities.networks import NETWORKS
from generative.quantities.pictures import PICTURES
from generative.quantities.quantity import SHARE, SHORT, Quantity
from generative.quantities.samples import SAMPLES

FIGURES: dict[str, Quantity] = {quantity.id: quantity for quantity in (*SAMPLES, *LIKELIHOOD, *PICTURES, *NETWORKS)}
# Of the ways to find a direction, the one that tools begin with stands for all.
FIGURES |= {
    f"{id}_exchange": replace(FIGURES[id], id=f"{id}_exchange", main=True)
    for id in ("direction_success", "direction_leakage")
}
# Networks that others measure with: what is measured in their features stands beside the same in this project's own.
EXTRACTORS = {"inception": "Inception", "dinov2": "DINOv2"}
ELSEWHERE = ("fid", "kid", "precision", "recall", "density", "coverage")
FIGURES |= {
    f"{id}_{name}": replace(
        FIGURES[id],
        id=f"{id}_{name}",
        title=f"{FIGURES[id].title}, {title}",
        help=f"{FIGURES[id].title} in the features of {title}, which others report too: it compares with what was "
        "measured of as many images of the same data.",
        main=id == "fid",
        in_words=f"Distance to real images (FID, {title})" if id == "fid" else "",
    )
    for name, title in EXTRACTORS.items()
    for id in ELSEWHERE
}
MAIN = {id: quantity for id, quantity in FIGURES.items() if quantity.main}


def quantity(id: str) -> Quantity:
    """The record of a figure: its own, or one made from that of which it is a part ("auroc_noise")."""
    if id in FIGURES:
        return FIGURES[id]
    whole = max((known for known in FIGURES if id.startswith(known + "_")), key=len, default="")
    if not whole:
        return Quantity(id, "samples", plain(id).capitalize(), "")
    part = plain(id.removeprefix(whole + "_"))
    return replace(FIGURES[whole], id=id, title=f"{FIGURES[whole].title}, {part}", main=False)


def plain(id: str) -> str:
    """An id as words."""
    return id.replace("_", " ")


def measured(metrics: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The figures of a metrics.json, whatever else it holds, in the order of FIGURES."""
    found = {id: m for id, m in metrics.items() if isinstance(m, dict) and is_number(m.get("value"))}
    order = list(FIGURES)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


def is_number(value: Any) -> TypeGuard[float]:
    """Whether JSON's value is a finite number, and no bool."""
    return type(value) in (int, float) and math.isfinite(value)


def amount(id: str, figure: Mapping[str, Any]) -> str:
    """A figure of metrics.json with its unit: "2.91 bits/dim", "91.2 %"."""
    return f"{number(id, figure['value'])} {unit(id)}".strip()


def estimate(id: str, figure: Mapping[str, Any]) -> str:
    """The same with half its 95 % interval, where one was measured: "2.91 ± 0.02 bits/dim", "91.2 ± 1.3 %"."""
    return f"{cell(id, figure)} {unit(id)}".strip()


def cell(id: str, figure: Mapping[str, Any]) -> str:
    """An estimate for a table whose head says the unit: "2.91 ± 0.02"; the value alone where all its decimals hold."""
    value, ends = number(id, figure["value"]), interval(figure)
    half = number(id, (ends[1] - ends[0]) / 2) if ends else ""
    if not any(digit in half for digit in "123456789"):
        return value
    return f"{value.removesuffix(' %')} ± {half}"


def unit(id: str) -> str:
    """What follows a value in words: "bits/dim"; nothing for what says it itself or has none."""
    of = quantity(id).unit
    return "" if of in (SHARE, "bytes", "parameters") else SHORT.get(of, of)


def number(id: str, value: float) -> str:
    """A value of that figure with its decimals; shares in percent, bytes as megabytes."""
    of = quantity(id)
    if of.unit == SHARE:
        return f"{100 * value:.{of.decimals}f} %"
    if of.unit == "bytes":
        return f"{value / 1e6:.{of.decimals}f} MB"
    return f"{value:,.{of.decimals}f}"


def spread(id: str, figure: Mapping[str, Any]) -> str:
    """Its 95 % interval, "0.83 to 0.87"; "" where none was measured."""
    return " to ".join(number(id, end) for end in interval(figure))


def interval(figure: Mapping[str, Any]) -> tuple[float, ...]:
    """Both ends of it; () where none was measured."""
    ends = figure.get("interval")
    known = isinstance(ends, (list, tuple)) and len(ends) == 2 and all(map(is_number, ends))
    return tuple(ends) if known else ()


def real(id: str, figure: Mapping[str, Any]) -> str:
    """What real images reach at the same number; "" where it was not measured."""
    reached = figure.get("real")
    return number(id, reached["value"]) if isinstance(reached, dict) and is_number(reached.get("value")) else ""
