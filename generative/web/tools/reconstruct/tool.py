"""Reconstructing: a picture, clean or noisy, through an autoencoder, and how far what comes back is from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.errors import GenerativeError
from generative.fields import Integer, Number
from generative.inference.latent.reconstruction import STRONGEST_NOISE, Reconstruction, reconstruct
from generative.library.entries import Entry
from generative.seeds import MAX_SEED
from generative.web.base.controls import ModelChoice
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import DEVICE, after_each
from generative.web.base.seeds import ROLL, seed_row
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.anchor import Source
from generative.web.sources.looking_tool import LookingTool
from generative.web.sources.named import told_of
from generative.web.sources.oddities import oddities
from generative.web.sources.picker import Picker, first_picture, held_picture, openings, wanted_picture
from generative.web.tools.reconstruct import charts as views
from generative.web.widgets.easel.easel import Easel, picture_message
from generative.web.widgets.plot import charts
from generative.web.widgets.widget import Widget

DRAWN = 8  # pictures of codes drawn at random
NOISE_HELP = "Standard deviation of what is added before the encoder looks. Pixel values go from 0 to 1."
HEADING = "<h2>What the ${value.title} makes of it</h2>"


class Pictures(Widget):
    """What `views.pictures` says; ``select`` when another draw is asked for."""

    files = "tools/reconstruct/pictures"


@dataclass(frozen=True, eq=False)
class Noised:
    """What a link says: a picture, how much noise is added to it, and from which seed."""

    source: Source
    noise: float
    seed: int


class ReconstructTool(LookingTool):
    """On the left the picture, to be painted on; on the right what becomes of it, redrawn at every change.

    Another model or picture only renews the heading, whose value says which model is on show; the events that it then
    fires, like those of all controls, redraw with what stands on the page by that time. The dropdown is no input of
    theirs: Gradio sets it a moment after the rest.
    """

    title = "Reconstruct"
    ability = "encodes"
    words = ("of", "noise", "seed")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix = bench.prefix
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, told=False)
            self.seed, self.dice = seed_row(prefix)
            self.rank = gr.Button("Rank it among odd pictures", elem_id=f"{prefix}-rank")
        with stage:
            self._results(prefix)
        self._wire()

    def _results(self, prefix: str) -> None:
        first = self.controls.first
        self.picker = Picker(self.engine, first, prefix, several=True)
        with gr.Row(elem_classes="pair"):
            with gr.Column(min_width=280):
                self.easel = Easel(first_picture(first, openings(first).noisy), ("draw",), elem_id=f"{prefix}-easel")
                self.facts = panel("reconstruct", f"{prefix}-facts")
            with gr.Column(min_width=280):
                self.heading = Heading(asked(first), classes("reconstruct"), HEADING, elem_id=f"{prefix}-heading")
                about = {"info": NOISE_HELP, "interactive": True, "elem_id": f"{prefix}-noise"}
                self.noise = gr.Slider(0, STRONGEST_NOISE, value=0, step=0.01, label="Noise", **about)
                self.pictures = Pictures("", classes("reconstruct"), elem_id=f"{prefix}-pictures")
        self.compared = panel("reconstruct", f"{prefix}-compared")
        self.odd = panel("reconstruct", f"{prefix}-odd")
        self.table = panel("reconstruct", f"{prefix}-table")
        self.drawn = panel("reconstruct", f"{prefix}-drawn")

    def _wire(self) -> None:
        heading, easel, seed = self.heading, self.easel, self.seed
        live = {"trigger_mode": "always_last", **DEVICE}
        shown = [easel, heading, self.facts, self.table]
        self.picker.on_picture(self.controls.model, self._bring, self.fail, shown)
        after_each([heading.input, easel.input, self.noise.input, seed.change]).then(
            self._rebuild,
            [heading, easel, self.noise, seed],
            [self.pictures, self.facts, self.compared],
            **live,
        )
        after_each([heading.input, easel.input]).then(self._measure, [heading, easel], self.odd, **live)
        after_each([heading.input, seed.change]).then(self._draw, [heading, seed], self.drawn, **live)
        self.rank.click(self._rank, [heading, easel], self.table, **DEVICE)
        self.pictures.select(None, None, seed, js=ROLL, api_visibility="private")

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    @property
    def outputs(self) -> list[Component]:
        results = [self.facts, self.table, self.pictures, self.compared, self.odd, self.drawn]
        asked = [self.easel, self.heading, self.noise, self.seed]
        return [*self.controls.chosen, *self.picker.chosen, *asked, *results]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """The model gets the picture, or, if that does not fit, its data set's first; what was made of that goes."""
        updates = {
            **self.controls.choose(entry),
            **self.picker.follow(entry),
            self.heading: asked(entry),
            self.table: "",
        }
        if held_picture(value, entry) is not None:
            return updates
        gone = dict.fromkeys([self.facts, self.pictures, self.compared, self.odd, self.drawn], "")
        return {**updates, **gone, self.easel: first_picture(entry, openings(entry).noisy)}

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Noised:
        noise = Number("noise", "Noise", NOISE_HELP, high=STRONGEST_NOISE).read(said.get("noise", 0))
        seed = Integer("seed", "Seed", "Of the noise.", high=MAX_SEED).read(said.get("seed", 0))
        return Noised(super().understood(entry, said), noise, seed)

    def show(self, entry: Entry, said: Noised) -> Updates:
        return {**super().show(entry, said.source), self.noise: said.noise, self.seed: said.seed}

    def fail(self, words: str) -> Updates:
        return {self.facts: charts.problem(words)}

    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        """The first of the pictures on the easel; several in a table."""
        table = self._ranked(entry, images, names) if len(images) > 1 else ""
        return {self.heading: asked(entry), self.easel: picture_message(images[0], names[0]), self.table: table}

    def _rebuild(self, asked: Any, value: Any, noise: Any, seed: Any) -> dict[Any, Any]:
        try:
            entry, image = self._read(asked, value)
            made = reconstruct(self.engine, entry, image[None], noise, seed)
        except GenerativeError as e:
            return {self.pictures: charts.problem(str(e)), self.facts: "", self.compared: ""}
        peers = [(e, made if e.id == entry.id else self._made(e, image, noise, seed)) for e in self._peers(entry)]
        return {
            self.pictures: views.pictures(made, int(seed)),
            self.facts: views.facts(made) + told_of(entry, image, noise=noise, seed=int(seed)),
            self.compared: views.compared(entry, [(e, m) for e, m in peers if m is not None]),
        }

    def _made(self, entry: Entry, image: Tensor, noise: Any, seed: Any) -> Reconstruction | None:
        """What a model beside the chosen one makes of it; None for one that turns out to be damaged."""
        try:
            return reconstruct(self.engine, entry, image[None], noise, seed)
        except GenerativeError:
            return None

    def _peers(self, entry: Entry) -> list[Entry]:
        """All that encode pictures like those of `entry`, of the same data set."""
        kind = (entry.dataset, entry.size, entry.channels)
        return [e for e in self.engine.usable(None, "encodes") if (e.dataset, e.size, e.channels) == kind]

    def _measure(self, asked: Any, value: Any) -> Iterator[dict[Any, Any]]:
        """The error at once, then the likelihood, which takes a while."""
        try:
            entry, image = self._read(asked, value)
            made = reconstruct(self.engine, entry, image[None])
            if "scores" not in entry.abilities:
                yield {self.odd: views.oddness(entry, made, views.NO_LIKELIHOOD)}
                return
            yield {self.odd: views.oddness(entry, made, views.MEASURING)}
            found = self.engine.answer(self.engine.request("scores", entry, images=made.images))
        except GenerativeError as e:
            yield {self.odd: charts.problem(str(e))}
            return
        words = views.likelihood(entry, made.images, found)
        yield {self.odd: views.oddness(entry, made, words)}

    def _draw(self, asked: Any, seed: Any) -> dict[Any, Any]:
        """Codes drawn at random, decoded by the model and by one that differs from it in having a posterior or not."""
        try:
            entry = self._entry(asked)
            peers = [e for e in self._peers(entry) if ("infers" in e.abilities) != ("infers" in entry.abilities)]
            other = peers[:1] if "infers" in entry.abilities else peers[-1:]
            requests = [self.engine.request("samples", e, seed=seed, count=DRAWN) for e in [entry, *other]]
            rows = [(r.entry, self.engine.answer(r).images) for r in requests]
        except GenerativeError as e:
            return {self.drawn: charts.problem(str(e))}
        return {self.drawn: views.drawn(rows)}

    def _rank(self, asked: Any, value: Any) -> dict[Any, Any]:
        try:
            entry, image = self._read(asked, value)
            return {self.table: self._ranked(entry, *oddities(image, entry.dataset))}
        except GenerativeError as e:
            return {self.table: charts.problem(str(e))}

    def _ranked(self, entry: Entry, images: Tensor, names: list[str]) -> str:
        """A table of pictures (N, C, H, W), the one that comes back best first."""
        return views.ranking(entry, names, reconstruct(self.engine, entry, images))

    def _read(self, asked: Any, value: Any) -> tuple[Entry, Tensor]:
        """The model and the picture on the easel. Raises GenerativeError when they do not go together."""
        entry = self._entry(asked)
        return entry, wanted_picture(value, entry)

    def _entry(self, asked: Any) -> Entry:
        """The model that the heading names. Raises GenerativeError, for anyone can send anything."""
        return self.engine.able(asked.get("model") if isinstance(asked, dict) else None, "encodes")
