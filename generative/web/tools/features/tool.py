"""Features from few labels: what a model's features are worth where labels are few, and what lies near what in them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.data.by_class import by_class
from generative.data.known import DATASETS
from generative.errors import GenerativeError, check_integer
from generative.inference.engine.request import Request
from generative.inference.features.feature_map import clustered, most_alike
from generative.inference.features.few_labels import COUNTS, Learnt, learnt, perceived, pixels, truth
from generative.inference.features.report import MOST_CLUSTERS, SHOWN, counted, drawing, mistaken
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import QUIET, after_each
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.base.trials import kept
from generative.web.tools.features import charts
from generative.web.tools.features.feature_map import FeatureMap, message, picked
from generative.web.widgets.plot.charts import problem

OPENING, NEAR = 10, 8
# Small networks learn for seconds; nobody who draws or points should wait for them. The engine's line holds for all.
SOON = {"concurrency_id": "features-learn", "concurrency_limit": 1, **QUIET}
LATER = {"concurrency_id": "features-learn-others", "concurrency_limit": 1, **QUIET}
LOOKING = {"concurrency_id": "features-look", "concurrency_limit": 2, **QUIET}
HEADING = '<h2 data-state="ready">What are the features of this ${value.title} worth, where labels are few?</h2>'
NOTE = (
    "<p>Labels are dear, pictures are cheap. The model learnt from all 60,000 pictures; now what its network sees in a "
    "picture (its <b>features</b>) is weighed to tell the classes apart, taught only a few labels. Beside it, the same "
    "on raw pixels, and a small network that starts from nothing.</p>"
)
TOLD = (
    "<p class='quiet'>This model's training was <b>told the class</b> of every picture, so its features have seen all "
    "labels: compare with a model that was told none.</p>"
)
MAP = (
    "<h2>Which pictures it finds alike</h2><p>The test pictures in the plane in which their features vary most, in the "
    "colours of their classes, which the map was not told. Click one, or use the arrow keys.</p>"
)
CLUSTERS = "<h2>Clusters that nobody named</h2><p>k-means on the features; the picture in the middle of each.</p>"
LABELS = "How many pictures of each class have a label. Drawn anew from the seed; means of several draws."


class FeaturesTool(Tool):
    """All of it is asked for by the heading when it is first seen; the number chosen comes first, the others follow."""

    title = "Features"
    ability = "perceives"
    lists = ("labels",)

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, told=False)
            about = {"info": LABELS, "interactive": True, "elem_id": f"{prefix}-labels"}
            self.labels = gr.Radio(list(COUNTS), value=OPENING, label="Labels a class", **about)
            self.seed, self.dice = seed_row(prefix)
            more = {"interactive": True, "elem_id": f"{prefix}-clusters"}
            self.clusters = gr.Slider(2, MOST_CLUSTERS, value=10, step=1, label="Clusters", **more)
        with stage:
            self.heading = Heading(asked(first), classes("features"), HEADING, elem_id=f"{prefix}-heading")
            self.note = panel("features", f"{prefix}-note", note(first))
            self.verdict = panel("features", f"{prefix}-verdict")
            self.chart = panel("features", f"{prefix}-chart")
            self.state = panel("features", f"{prefix}-state")
            self.wrong = panel("features", f"{prefix}-wrong")
            panel("features", f"{prefix}-map-note", MAP)
            self.map = FeatureMap({}, elem_id=f"{prefix}-map")
            self.near = panel("features", f"{prefix}-near")
            panel("features", f"{prefix}-clusters-note", CLUSTERS)
            self.grouped = panel("features", f"{prefix}-grouped")
        self._wire()

    @classmethod
    def serves(cls, entries: Sequence[Entry]) -> list[Entry]:
        """Those of data sets of which labelled pictures are bundled."""
        return [e for e in super().serves(entries) if not e.problem and labelled(e)]

    def _wire(self) -> None:
        model = self.controls.model
        asked_for, about = [model, self.labels, self.seed], {"trigger_mode": "always_last"}
        wishes = [self.heading.input, self.labels.input, self.seed.change, self.face.submit]
        shown = [self.verdict, self.chart, self.wrong, self.state]
        first = after_each(wishes).then(self._learn, asked_for, shown, **about, **SOON)
        first.then(self._learn_others, asked_for, [self.chart, self.state], **about, **LATER)
        after_each([self.heading.input]).then(self._map, model, [self.map, self.near], **about, **LOOKING)
        self.map.input(self._pick, [model, self.map], self.near, **about, **LOOKING)
        inputs = [model, self.clusters, self.seed]
        asks = [self.heading.input, self.clusters.release, self.seed.change]
        after_each(asks).then(self._group, inputs, self.grouped, **about, **LOOKING)

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, self.labels, self.seed, self.heading, self.note, self.state]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        """The heading asks for all anew."""
        return {**self.controls.choose(entry), self.heading: asked(entry), self.note: note(entry)}

    def recall(self, request: Request, *held: Any) -> Updates:
        return {**self.follow(request.entry), self.seed: request.seeds.first}

    def lay(self, table: Mapping[str, Any]) -> Updates:
        """The number of labels. Raises GenerativeError."""
        chosen = counted(table.get("labels"))[0]
        return {self.labels: gr.update(choices=sorted({*COUNTS, chosen}), value=chosen)}

    def fail(self, words: str) -> Updates:
        return {self.state: problem(words)}

    def _learn(self, id: Any, labels: Any, seed: Any) -> Iterator[dict[Any, Any]]:
        """For the number chosen."""
        try:
            entry = self.engine.able(id, self.ability)
            (chosen,) = counted([labels])
            request, known = drawing(self.engine, entry, seed), by_class(entry.dataset)
            yield {self.state: '<p role="status">Looking at 6,000 pictures …</p>'}
            (one,) = learnt(self.engine, entry, [chosen], request.seeds.first)
            yield {
                self.verdict: charts.verdict(one),
                self.chart: charts.chart({chosen: one}, chosen),
                self.wrong: charts.wrong(one, known),
                self.state: waiting(request, {chosen: one}, chosen),
            }
        except GenerativeError as e:
            yield self.fail(str(e))

    def _learn_others(self, id: Any, labels: Any, seed: Any) -> Iterator[dict[Any, Any]]:
        """For all other numbers; what went wrong was told before."""
        done: dict[int, Learnt] = {}
        with suppress(GenerativeError):
            entry = self.engine.able(id, self.ability)
            (chosen,) = counted([labels])
            request = drawing(self.engine, entry, seed)
            others = [count for count in COUNTS if count != chosen]
            for one in learnt(self.engine, entry, [chosen, *others], request.seeds.first):
                done[one.each] = one
                yield {self.chart: charts.chart(done, chosen), self.state: waiting(request, done, chosen)}

    def _map(self, id: Any) -> dict[Any, Any]:
        try:
            entry = self.engine.able(id, self.ability)
            seen, known = perceived(self.engine, entry), by_class(entry.dataset)
            return {
                self.map: message(entry, seen, known),
                self.near: charts.legend(known) + charts.alike(0, most_alike(seen.test, 0, NEAR), known),
            }
        except GenerativeError as e:
            return {self.near: problem(str(e))}

    def _pick(self, id: Any, value: Any) -> str:
        try:
            entry = self.engine.able(id, self.ability)
            seen, known = perceived(self.engine, entry), by_class(entry.dataset)
            index = picked(value, known)
            return charts.legend(known) + charts.alike(index, most_alike(seen.test, index, NEAR), known)
        except GenerativeError as e:
            return problem(str(e))

    def _group(self, id: Any, count: Any, seed: Any) -> str:
        try:
            entry = self.engine.able(id, self.ability)
            count = check_integer("clusters", count, 2, MOST_CLUSTERS)
            first = drawing(self.engine, entry, seed).seeds.first
            seen, known = perceived(self.engine, entry), by_class(entry.dataset)
            found, raw = (clustered(s.test, truth(known), count, first) for s in (seen, pixels(entry.dataset)))
            return charts.clusters(found, seen, known, raw)
        except GenerativeError as e:
            return problem(str(e))


def labelled(entry: Entry) -> bool:
    """Whether labelled pictures of its data set are bundled, in its size."""
    kind = DATASETS.get(entry.dataset)
    return bool(kind and kind.by_class and kind.size == entry.size)


def note(entry: Entry) -> str:
    """What is done, and whether the model has seen labels before."""
    return NOTE + (TOLD if entry.told else "")


def waiting(request: Request, done: Mapping[int, Learnt], chosen: int) -> str:
    """How far the chart is; of one that is whole, how to keep it."""
    whole = len({*COUNTS, chosen})
    if len(done) < whole:
        return f'<p role="status">{len(done)} of {whole} numbers of labels</p>'
    images, words = mistaken(done[chosen], by_class(request.entry.dataset))
    sheet = {"Told wrongly": [image[None] for image in images[:SHOWN]]}
    return kept("features", request, {"labels": [chosen]}, words[:SHOWN], sheet)
