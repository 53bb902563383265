"""The table of a guidance strip: seeds by scales, and under it how clear and how varied the pictures are."""

from collections.abc import Sequence
from dataclasses import dataclass

from generative.inference.denoising.trials import Judgement, Trial, Tried, judgement
from generative.inference.engine.engine import Engine
from generative.web.base.trials import cost, pictures, table
from generative.web.widgets.plot.plot import Axis, Chart, Series

VARIETY = "How different the pictures of a column are: root mean square of all differences between two of them, in {}"
BY = {True: "what a classifier says of each (its logits)", False: "their pixels"}
SEEN = "In how many pictures a classifier sees the class, or all the attributes, that were asked for"


@dataclass(frozen=True, eq=False)
class Judged:
    """A run, and how varied and clear what came of it is."""

    tried: Tried
    judgement: Judgement

    @property
    def variety(self) -> float:
        """Of its pictures."""
        return self.judgement.variety

    @property
    def seen(self) -> tuple[int, int] | None:
        """In how many the class is seen that was asked for, and of how many."""
        return self.judgement.seen

    @property
    def scale(self) -> float:
        """Of its guidance."""
        return self.tried.trial.request.options.guidance_scale


def judged(engine: Engine, one: Tried) -> Judged:
    """What came of a run, and how clear and how varied that is."""
    return Judged(one, judgement(engine, one))


def shown(trials: Sequence[Trial], done: Sequence[Judged]) -> str:
    """The table as far as it is filled, and when it is whole the curves under it."""
    seeds = list(trials[0].request.seeds)
    columns = [f"scale {trial.request.options.guidance_scale:g}" for trial in trials]
    cells = {
        (i, one.tried.trial.column): pictures(image[None], f"Seed {seeds[i]}, scale {one.scale:g}", link(one, i))
        for one in done
        for i, image in enumerate(one.tried.images)
    }
    feet = {"Variety": {place(one): f'<span title="{told(one)}">{one.variety:.3f}</span>' for one in done}}
    if any(one.seen for one in done):
        feet["Seen"] = {
            place(one): f'<span title="{SEEN}">{one.seen[0]} of {one.seen[1]}</span>' for one in done if one.seen
        }
    feet["Cost"] = {place(one): cost(one.tried.seconds, one.tried.evaluations) for one in done}
    words = "The same noises under several scales of guidance"
    whole = len(done) == len(trials) > 1
    return table([f"seed {seed}" for seed in seeds], columns, cells, words, feet) + (curves(done) if whole else "")


def told(one: Judged) -> str:
    """What its variety is measured in."""
    return VARIETY.format(BY[one.judgement.by_classifier])


def place(one: Judged) -> tuple[int, int]:
    """Of a figure in a foot of the table."""
    return 0, one.tried.trial.column


def link(one: Judged, index: int) -> str:
    """To the run of one of its pictures."""
    return one.tried.trial.request.image(index).link()


def curves(done: Sequence[Judged]) -> str:
    """Variety over the scale, beside it, where it is known, the share of pictures with what was asked for."""
    low, high = done[0].scale, done[-1].scale
    top = max(one.variety for one in done) or 1.0
    lines = [Series([(one.scale, one.variety / top) for one in done], "own")]
    if all(one.seen for one in done):
        seen = [(one.scale, one.seen[0] / one.seen[1]) for one in done if one.seen]
        lines.insert(0, Series(seen, "second"))
    words = "Variety, of the most there is here" + (
        " (dashed: share of pictures with what was asked for)" if len(lines) > 1 else ""
    )
    axes = Axis(low, high, [(low, f"scale {low:g}"), (high, f"{high:g}")]), Axis(0, 1, [(0, "0"), (1, "1")])
    chart = Chart(words, lines, *axes, height=150)
    return f'<figure class="curves">{chart.to_html()}<figcaption>{words}</figcaption></figure>'
