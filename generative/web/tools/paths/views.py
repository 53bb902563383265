"""Paths from noise to picture as charts, and the table of the same in few steps."""

from collections.abc import Sequence

from torch import Tensor

from generative.inference.denoising.paths import WHOLE, Curve, Shortened, Walked, Way
from generative.web.base.trials import cost, kept, pictures, table
from generative.web.widgets.plot.plot import Axis, Chart, Series

LOST = (
    "Root mean square difference to the picture at the end of the whole path, of pixel values from 0 to 1, on average"
)
LENGTH = "Length of the path over that of the straight line from its noise to its picture, in all dimensions"
STILL = (
    "As long the path would be if the network had known the picture from the first: what of the bend is the way in "
    "which picture and noise are mixed, and not the network's"
)
LEAST_HEIGHT = 0.3  # of the charts, in lengths of the straight line


def shown(ways: Sequence[Way], done: Sequence[Walked]) -> str:
    """Charts and table, as far as they are."""
    if not done:
        return ""
    low = min(-0.05, *(float(one.curve.points[..., 1].min()) for one in done))
    high = max(LEAST_HEIGHT, *(float(one.curve.points[..., 1].max()) for one in done))
    charts = "".join(f"<figure>{chart(one, low, high)}<figcaption>{told(one)}</figcaption></figure>" for one in done)
    columns = [words(request.options.num_inference_steps) for request in ways[0].few] + [f"whole: {WHOLE} steps"]
    cells = {(i, k): cell(few) for i, one in enumerate(done) for k, few in enumerate(one.few)}
    cells |= {(i, len(columns) - 1): end(one) for i, one in enumerate(done)}
    rows = [way.title for way in ways]
    return f'<div class="paths">{charts}</div>' + table(rows, columns, cells, "The same noise in few steps", {})


def words(count: int) -> str:
    """A number of steps."""
    return f"{count} step{'' if count == 1 else 's'}"


def chart(one: Walked, low: float, high: float) -> str:
    """The paths of all seeds, the first in colour, over the straight line between their ends."""
    points = one.curve.points.tolist()
    lines = [Series([(place[i][0], place[i][1]) for place in points], "other") for i in range(1, len(points[0]))]
    first = [(place[0][0], place[0][1]) for place in points]
    straight = Series([(0.0, 0.0), (1.0, 0.0)], "second")
    far = max(1.05, *(x for x, _ in first))
    title = f"{one.way.title}: from noise on the left to picture on the right; {summary(one.curve)}"
    x = Axis(min(-0.02, *(x for x, _ in first)), far, [(0, "noise"), (1, "picture")])
    y = Axis(low, high, [(0, "0"), (high, f"{high:.2g}")])
    return Chart(title, [straight, *lines, Series(first, "best")], x, y, height=190).to_html()


def summary(curve: Curve) -> str:
    """How bent, in words."""
    return f"{float(curve.length.mean()):.2f} times as long as the straight line"


def told(one: Walked) -> str:
    """Under a chart."""
    still = float(one.curve.still.mean())
    return (
        f'<b>{one.way.title}</b>: <abbr title="{LENGTH}">{summary(one.curve)}</abbr>; '
        f'<abbr title="{STILL}">by the mixing alone {still:.2f}</abbr>'
    )


def cell(few: Shortened) -> str:
    """Pictures, what they cost, and what is lost."""
    alt = f"In {words(few.steps)}"
    lost = f'<small><span title="{LOST}">{float(few.rmse.mean()):.3f} from the whole path</span></small>'
    return pictures(few.images, alt, few.request.link()) + cost(few.seconds, few.evaluations) + lost


def end(one: Walked) -> str:
    """The pictures where a path ends."""
    return pictures(one.images, f"At the end of {one.way.title}", one.way.whole.link())


def state(ways: Sequence[Way], done: Sequence[Walked]) -> str:
    """How far it is; of what is whole, how to keep it."""
    total, made = sum(1 + len(way.few) for way in ways), sum(1 + len(one.few) for one in done)
    if made < total:
        return f'<p role="status">{made} of {total} runs</p>'
    lists = {"ways": [way.name for way in ways], "steps": [few.steps for few in done[0].few]}
    images: dict[str, list[Tensor]] = {
        words(count): [one.few[k].images for one in done] for k, count in enumerate(lists["steps"])
    }
    images[f"{WHOLE} steps"] = [one.images for one in done]
    return kept("paths", ways[0].few[0], lists, [way.title for way in ways], images)
