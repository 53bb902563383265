"""The tables of guidance: seeds by scales, a table a kind, and under them how clear and how varied the pictures are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generative.inference.denoising.trials import Judgement, Trial, Tried, judgement
from generative.inference.engine.engine import Engine
from generative.models.diffusion.by_another import BY_CLASSIFIER, BY_WORSE, FREE
from generative.web.base.trials import paid, pictures, table
from generative.web.widgets.plot.plot import Axis, Chart, Series

TITLES = {FREE: "Classifier-free", BY_CLASSIFIER: "By a classifier", BY_WORSE: "By a worse model (autoguidance)"}
VARIETY = "How different the pictures of a column are: root mean square of all differences between two of them, in {}"
BY = {True: "what a classifier says of each (its logits)", False: "their pixels"}
DRAWN = {"own": "", "second": "dashed, ", "third": "dotted, "}  # by the style of a line, how it is told
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
    """A table for each kind of guidance, as far as they are filled, and when all are whole the curves under them."""
    kinds = list(dict.fromkeys(kind(trial) for trial in trials))
    parts = []
    for name in kinds:
        own = [trial for trial in trials if kind(trial) == name]
        head = f"<h3>{TITLES[name]}</h3>" if len(kinds) > 1 else ""
        parts.append(head + strip(own, [one for one in done if kind(one.tried.trial) == name]))
    return "".join(parts) + (curves(done) if len(done) == len(trials) > len(kinds) else "")


def strip(trials: Sequence[Trial], done: Sequence[Judged]) -> str:
    """The table of one kind: a row for each seed, a column for each scale."""
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
    feet["Cost"] = {place(one): paid(one.tried) for one in done}
    words = f"The same noises under several scales of guidance, {TITLES[kind(trials[0])].lower()}"
    return table([f"seed {seed}" for seed in seeds], columns, cells, words, feet)


def kind(trial: Trial) -> str:
    """What guides it; the network itself where a model has nothing else."""
    return getattr(trial.request.options, "guided_by", FREE)


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
    """Of one kind of guidance what its scale does; of several, what variety each pays for how much clearness."""
    kinds = list(dict.fromkeys(kind(one.tried.trial) for one in done))
    if len(kinds) > 1 and all(one.judgement.certainty is not None for one in done):
        return exchange({name: [one for one in done if kind(one.tried.trial) == name] for name in kinds})
    return "".join(over_scales([one for one in done if kind(one.tried.trial) == name]) for name in kinds)


def over_scales(done: Sequence[Judged]) -> str:
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
    return figure(Chart(words, lines, *axes, height=150))


def exchange(by_kind: Mapping[str, Sequence[Judged]]) -> str:
    """Variety against fidelity, a line a kind, along which the scale grows."""
    top = max(one.variety for done in by_kind.values() for one in done) or 1.0
    lines = []
    for done, style in zip(by_kind.values(), DRAWN, strict=False):
        points = [(one.judgement.certainty or 0.0, one.variety / top) for one in done]
        lines += [Series(points, style), Series(points, style, "dots")]
    low, high = next(iter(by_kind.values()))[0].scale, next(iter(by_kind.values()))[-1].scale
    lines_of = "; ".join(f"{how}{TITLES[name].lower()}" for name, how in zip(by_kind, DRAWN.values(), strict=False))
    words = (
        f"Variety, of the most there is here, against how sure a classifier is of what was asked for, as the scale "
        f"grows from {low:g} to {high:g}: {lines_of}. Higher at the same place is the better bargain"
    )
    axes = Axis(0, 1, [(0, "sure 0 %"), (1, "100 %")]), Axis(0, 1, [(0, "0"), (1, "1")])
    return figure(Chart(words, lines, *axes, height=150))


def figure(chart: Chart) -> str:
    """A chart with its words under it."""
    return f'<figure class="curves">{chart.to_html()}<figcaption>{chart.title}</figcaption></figure>'
