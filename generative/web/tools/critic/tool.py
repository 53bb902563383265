"""Real or forged: what a discriminator says of test images and of what its generator draws, and whether that is new."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import torch
from gradio.components import Component
from torch import Tensor

from generative.answers import Verdict
from generative.conditions import Attributes
from generative.data.examples import examples, groups
from generative.data.known import dataset
from generative.errors import GenerativeError, InvalidOption, NotSupported, shown
from generative.inference.engine.limits import MAX_SCORED
from generative.inference.inputs import EXAMPLE
from generative.inference.latent.ends import SEED, seed_of
from generative.inference.likelihood.neighbours import nearest_known, waiting_words
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.link import link_to, made
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import DEVICE, QUIET, after_each
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Tool, Updates, two_columns
from generative.web.sources.anchor import Source
from generative.web.sources.named import name_of, source_of
from generative.web.sources.picker import Picker
from generative.web.sources.spread import read_spread, spread_option, spread_slider, spread_update
from generative.web.tools.critic import charts as critic_charts
from generative.web.widgets.plot import charts

SHOWN = 8  # pictures in a row
DISCRIMINATOR = "The network that learnt to tell real images from forged ones, while the generator learnt from it"
HEADING = (
    f'<h2 data-state="ready">What the <abbr title="{DISCRIMINATOR}">discriminator</abbr> of this ${{value.title}} '
    "says</h2>"
)
NOTE = (
    "<p class='quiet'>The discriminator was the forger's only teacher: it saw training images and forgeries, and said "
    "which were which. One that was told classes or attributes scores each picture as what it is meant to be: a bag as "
    "a bag.</p>"
)
COPIES = "<h2>New, or copied? Each forgery, and the nearest training image to it</h2>"
YOURS = "<h2>Ask it about another picture</h2>"


@dataclass(frozen=True, eq=False)
class Pictures:
    """images: (N, C, H, W) in [0, 1]. labels: of each the class, or all of its attributes as a model that is told some
    reads them; other words where there is neither."""

    images: Tensor
    labels: list[str]


@dataclass(frozen=True, eq=False)
class Forgeries:
    """What a link says: the seed of the first, how widely noise is spread, whether the most real come first, and the
    picture of a visitor's that is judged too."""

    seed: int
    spread: float
    ranked: bool
    of: Source | None


def attributes_of(entry: Entry) -> Attributes | None:
    """What it is told, of a model that is told attributes."""
    return next((condition for condition in entry.told if isinstance(condition, Attributes)), None)


def probabilities(verdict: Verdict) -> Tensor:
    """(N,) probabilities of being real. Raises NotSupported for a critic whose numbers are none."""
    if verdict.scale.probability is None:
        raise NotSupported(f"{verdict.scale.title} is no probability, which is what this page can show.")
    return verdict.scale.probability(verdict.score)


class CriticTool(Tool):
    """Scores on the right, renewed with every change of the seed or the spread of its noise.

    The heading says which model is on show. It asks for all the rest when it comes on show for the first time, and
    whenever another model has renewed it.
    """

    title = "Real or forged?"
    ability = "judges"
    words = ("seed", "spread", "ranked", "of")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, told=False)
            self.seed, self.dice = seed_row(prefix)
            self.spread = spread_slider(first, prefix)
            self.ranked = gr.Checkbox(label="Most real first", interactive=True, elem_id=f"{prefix}-ranked")
        with stage:
            self.heading = Heading(asked(first), classes("critic"), HEADING, elem_id=f"{prefix}-heading")
            self.rows = panel("critic", f"{prefix}-rows")
            self.verdict = panel("critic", f"{prefix}-verdict")
            panel("critic", f"{prefix}-note", NOTE)
            panel("critic", f"{prefix}-copies", COPIES)
            self.pairs = panel("critic", f"{prefix}-pairs")
            panel("critic", f"{prefix}-yours", YOURS)
            self.picker = Picker(self.engine, first, prefix)
            self.own = panel("critic", f"{prefix}-own")
            self.asked = gr.State("")  # the name of the picture there, as a link says it
            self.link = panel("critic", f"{prefix}-link")
        self._wire()

    @classmethod
    def serves(cls, entries: Sequence[Entry]) -> list[Entry]:
        """Those whose verdict is a probability: of a critic's scores only differences count."""
        return [e for e in super().serves(entries) if e.problem or e.kind_class.objective.scale.probability]

    def _wire(self) -> None:
        heading, seed, spread = self.heading, self.seed, self.spread
        drawn = [heading.input, seed.change, spread.change]  # also of what a link brings, a little late
        after_each([*drawn, self.ranked.change]).then(
            self._judge,
            [heading, seed, spread, self.ranked],
            [self.rows, self.verdict],
            trigger_mode="always_last",
            **DEVICE,
        )
        after_each(drawn).then(self._compare, [heading, seed, spread], self.pairs, trigger_mode="always_last", **QUIET)
        self.picker.on_picture(self.controls.model, self._bring, self._fail, [self.own, self.asked])
        said = [heading, seed, spread, self.ranked, self.asked]
        changed = after_each([*drawn, self.ranked.change, self.asked.change])
        changed.then(self._tell, said, self.link, trigger_mode="always_last", **QUIET)

    @property
    def outputs(self) -> list[Component]:
        return [
            *self.controls.chosen,
            *self.picker.chosen,
            self.seed,
            self.spread,
            self.ranked,
            self.heading,
            self.verdict,
            self.own,
            self.asked,
        ]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        return {
            **self.controls.choose(entry),
            **self.picker.follow(entry),
            self.spread: spread_update(entry),
            self.heading: asked(entry),
            self.own: "",
            self.asked: "",
        }

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Forgeries:
        seed, spread = seed_of(f"{SEED}{said.get('seed', 0)}") or 0, read_spread(entry, said.get("spread"))
        of = source_of(entry, said["of"]) if "of" in said else None
        if of is not None and of.picture is None:
            raise InvalidOption(f"A picture is named {EXAMPLE}CLASS/0, not {shown(said['of'])}", "of")
        return Forgeries(seed, spread, said.get("ranked") == "1", of)

    def show(self, entry: Entry, said: Forgeries) -> Updates:
        brought = {} if said.of is None else self._bring(entry, said.of.picture[None], [said.of.name])
        spread = gr.update(**spread_update(entry), value=said.spread)
        return {self.seed: said.seed, self.spread: spread, self.ranked: said.ranked, **brought}

    def fail(self, words: str) -> Updates:
        return {self.verdict: charts.problem(words)}

    def _fail(self, words: str) -> dict[Any, Any]:
        return {self.own: charts.problem(words)}

    def _judge(self, asked: Any, seed: Any, spread: Any, ranked: Any) -> dict[Any, Any]:
        try:
            entry = self._entry(asked)
            forged, real = self._forged(entry, seed, spread, MAX_SCORED), self._real(entry)
            scores = [self._scores(entry, group) for group in (real, forged)]
        except GenerativeError as e:
            return {self.rows: "", self.verdict: charts.problem(str(e))}
        first = real.images[:SHOWN], scores[0][:SHOWN], forged.images[:SHOWN], scores[1][:SHOWN]
        return {
            self.rows: critic_charts.rows(*first, int(seed), bool(ranked), attributes_of(entry) is not None),
            self.verdict: critic_charts.verdict(*scores),
        }

    def _tell(self, asked: Any, seed: Any, spread: Any, ranked: Any, of: Any) -> str:
        """The link to all that is on show, as HTML; nothing for what cannot be drawn."""
        try:
            entry = self._entry(asked)
            self.engine.request("samples", entry, seed=seed, options=spread_option(entry, spread))
        except GenerativeError:
            return ""
        more = {"spread": spread if spread != 1 else 0, "ranked": int(bool(ranked)), "of": of}
        return made(link_to(entry, {"seed": int(seed), **{name: value for name, value in more.items() if value}}))

    def _compare(self, asked: Any, seed: Any, spread: Any) -> Iterator[str]:
        """The nearest training images, after words for those who wait."""
        try:
            entry = self._entry(asked)
            forged, real = self._forged(entry, seed, spread, SHOWN).images, self._real(entry).images[:SHOWN]
            yield critic_charts.waiting(waiting_words(entry.dataset))
            reference = nearest_known(entry.dataset, real).distances
            yield critic_charts.pairs(forged, nearest_known(entry.dataset, forged), reference)
        except GenerativeError as e:
            yield charts.problem(str(e))

    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        """The scores of a picture that a visitor brings, as all that it can be, for nobody says what it is."""
        classes = self._can_be(entry)
        scores = {label: float(self._judged(entry, images, label)[0]) for label in classes}
        meant = names[0] if names[0] in classes else None if len(classes) > 1 else ""
        others = [self._scores(entry, g) for g in (self._real(entry), self._forged(entry, 0, 1, MAX_SCORED))]
        judged = critic_charts.own(images[0], names[0], scores, meant, *others)
        return {self.own: judged, self.asked: name_of(entry, Source(names[0], picture=images[0]))}

    def _real(self, entry: Entry) -> Pictures:
        """Test images, one of each class in turn. Raises GenerativeError where none are bundled."""
        images = examples(entry.dataset, entry.size)
        labels = self._shown(entry) or [*groups(entry.dataset)] * images.shape[1]
        return Pictures(images.transpose(0, 1).flatten(0, 1)[:MAX_SCORED], labels[:MAX_SCORED])

    def _forged(self, entry: Entry, seed: Any, spread: Any, count: int) -> Pictures:
        """Drawn from that seed on, in all classes in turn, or each with all attributes of a test image, as many as
        there are of these. Raises GenerativeError."""
        chosen = "candidates" in entry.kind_class.Options.fields()  # by the very discriminator that is to judge
        options = {**spread_option(entry, spread), **({"candidates": 1} if chosen else {})}
        if asked_for := self._shown(entry)[:count]:
            about = [{"seed": seed + i, "count": 1, "condition": label} for i, label in enumerate(asked_for)]
        else:
            about = [{"seed": seed, "count": count}]
        requests = [self.engine.request("samples", entry, options=options, **one) for one in about]
        images = torch.cat([self.engine.answer(request).images.cpu() for request in requests])
        return Pictures(images, [label for request in requests for label in request.captions])

    @staticmethod
    def _shown(entry: Entry) -> list[str]:
        """All attributes of each bundled test image, in the words of a model that is told some; none for another."""
        told, kind = attributes_of(entry), dataset(entry.dataset)
        if told is None or kind.rendered is None:
            return []
        rows = kind.rendered.labels("test")[: examples(entry.dataset, entry.size).shape[1]].tolist()
        values = [{name: of[k] for (name, of), k in zip(kind.attributes.items(), row, strict=True)} for row in rows]
        return [told.words(told.read(one), 0) for one in values]

    @staticmethod
    def _can_be(entry: Entry) -> list[str]:
        """All that a picture can be scored as: a class; nothing, or one value of one attribute; nothing at all."""
        told = attributes_of(entry)
        if told is None:
            return list(entry.classes) or [""]
        return ["", *(f"{name}: {value}" for name, values in told.groups for value in values)]

    def _scores(self, entry: Entry, pictures: Pictures) -> Tensor:
        """(N,) of each as its own class, or with its own attributes."""
        scores = torch.empty(len(pictures.images))
        for label in dict.fromkeys(pictures.labels):
            places = [i for i, other in enumerate(pictures.labels) if other == label]
            told = label if attributes_of(entry) or label in entry.classes else None
            scores[places] = self._judged(entry, pictures.images[places], told)
        return scores

    def _judged(self, entry: Entry, images: Tensor, told: Any) -> Tensor:
        """(N,) how real the discriminator finds pictures, told nothing, a class or attributes."""
        return probabilities(
            self.engine.answer(self.engine.request("judges", entry, condition=told or None, images=images))
        )

    def _entry(self, asked: Any) -> Entry:
        """The model that the heading names. Raises GenerativeError, for anyone can send anything."""
        return self.engine.able(asked.get("model") if isinstance(asked, dict) else None, "judges")
