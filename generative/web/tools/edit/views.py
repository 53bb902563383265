"""How exactly a picture comes back from its noise, as a chart."""

import math
from collections.abc import Sequence

from torch import Tensor

from generative.inference.engine.request import Request
from generative.inference.restoring.inversion import COUNTS, STRENGTHS
from generative.web.base.trials import pictures, table
from generative.web.widgets.plot.plot import Axis, Chart, Series

RMSE = "Root mean square error: the root of the mean squared difference between pixel values, which go from 0 to 1"


def way_back(found: Sequence[tuple[int, float]]) -> str:
    """(steps each way, error of the picture that came back), as a chart and in words."""
    top = max(0.01, *(error for _, error in found))
    told = ", ".join(f"{count} steps: {error:.3f}" for count, error in found)
    at = [math.log(count) for count in COUNTS]
    ticks = [(place, str(count)) for place, count in zip(at, COUNTS, strict=True)]
    line = Series([(math.log(count), error) for count, error in found], "best")
    words = f"Error of the picture that comes back: {told}"
    chart = Chart(words, [line], Axis(at[0], at[-1], ticks), Axis(0, top, [(0, "0"), (top, f"{top:.2g}")]))
    caption = (
        f'<abbr title="{RMSE}">Error</abbr> of the picture that comes back, by the steps each way, told no class. '
        f"{told}."
    )
    return f"<figure>{chart.to_html()}<figcaption>{caption}</figcaption></figure>"


def strip(found: Sequence[tuple[Request, Tensor]]) -> str:
    """The pictures between two noises as far as they are drawn, each a link to its run."""
    ends = {STRENGTHS[0]: "your picture", STRENGTHS[-1]: "the seed's"}
    columns = [ends.get(strength, f"{strength:g}") for strength in STRENGTHS]
    cells = {
        (0, k): pictures(image[None], f"Strength {request.inputs['strength']:g}", request.link())
        for k, (request, image) in enumerate(found)
    }
    return table([""], columns, cells, "Pictures from noises between two", {})
