"""Paths from noise to picture: of several models and samplers on the same noise, and what few steps lose of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.errors import GenerativeError
from generative.inference.denoising.paths import MOST_COUNTS, MOST_SEEDS, MOST_WAYS, Walked, walked, ways
from generative.inference.denoising.trials import several
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.base.trials import counts
from generative.web.base.trials_tool import TrialsTool
from generative.web.tools.paths.views import shown, state

COUNTS = (1, 2, 3, 4, 5, 8, 10, 16, 20, 50)
OPENING_COUNTS = (1, 2, 5, 10, 20)
USUAL = ("ddim", "euler", "ddpm")  # samplers that a path opens with, the first that a model has
NOTE = (
    "<p>A picture is a point among hundreds of dimensions, and drawing walks from a point of noise to it. Each chart "
    "lays the straight line between the two flat and shows how far the way <b>bends</b> from it, in the direction in "
    "which it does so most. A step goes straight on, so where the way bends, few steps miss: that is what the table "
    "shows. DDPM's mixing of noise and picture is an arc in itself; flow matching was made for straight ways. Fresh "
    "noise at every step is no way at all, but a walk at random. Nothing is guided here: guidance bends.</p>"
)
INVITATION = "<p>Press Compare: the ways are drawn one after another.</p>"


class PathsTool(TrialsTool):
    """Ways and numbers of steps on the left, charts and a table on the right."""

    title = "Paths"
    ability = "noises"
    lists = ("ways", "steps")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix = bench.prefix
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench)
            about = {"multiselect": True, "interactive": True}
            words = {"label": "Ways", "max_choices": MOST_WAYS, "info": f"Up to {MOST_WAYS}: a model and its sampler."}
            self.ways = gr.Dropdown(**self._offer(bench.first), **words, **about, elem_id=f"{prefix}-ways")
            steps = {"label": "Few steps", "max_choices": MOST_COUNTS, "info": f"Up to {MOST_COUNTS}, a column each."}
            self.steps = gr.Dropdown(
                list(COUNTS), value=list(OPENING_COUNTS), **steps, **about, elem_id=f"{prefix}-steps"
            )
            more = {"label": "Noises", "interactive": True, "elem_id": f"{prefix}-count"}
            self.count = gr.Slider(1, MOST_SEEDS, value=2, step=1, **more)
            self.seed, self.dice = seed_row(prefix)
            self.add_buttons()
        with stage:
            self.add_table(NOTE, INVITATION)
        self._wire()

    def _wire(self) -> None:
        inputs = [self.ways, self.steps, self.count, self.seed, self.controls.model, *self.controls.told.controls]
        self.wire_run(self._compare, inputs)

    def _offer(self, entry: Entry) -> dict[str, Any]:
        """Choices and value of the list of ways: those of all models of such pictures, told the same."""
        alike = [e for e in self.bench.entries if not e.problem and of(e) == of(entry)]
        alike.sort(key=lambda e: e.id != entry.id)
        choices = [(f"{e.title}, {name}", f"{e.id}={name}") for e in alike for name in samplers(e)]
        opening = [f"{e.id}={next((n for n in USUAL if n in samplers(e)), samplers(e)[0])}" for e in alike]
        if len(alike) == 1 and "ddpm" in samplers(entry):
            opening.append(f"{entry.id}=ddpm")
        return {"choices": choices, "value": opening[:MOST_WAYS]}

    @property
    def outputs(self) -> list[Component]:
        own = [self.ways, self.steps, self.count, self.seed, self.table, self.state]
        return [*self.controls.chosen, *own]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        nothing = {self.table: INVITATION, self.state: ""}
        return {**self.controls.choose(entry), self.ways: gr.update(**self._offer(entry)), **nothing}

    def recall(self, request: Request, *held: Any) -> Updates:
        """What the runs of the table have in common; `lay` says the rest."""
        entry = request.entry
        told = self.controls.told[entry.told].shown(request.told) if entry.told in self.controls.told.forms else {}
        own = {self.count: min(len(request.seeds), MOST_SEEDS), self.seed: request.seeds.first}
        return {**self.follow(entry), **told, **own}

    def lay(self, table: Mapping[str, Any]) -> Updates:
        """Both lists. Raises GenerativeError."""
        names, steps = several("ways", table.get("ways"), MOST_WAYS), counts(table.get("steps"))
        found = [way.name for way in ways(self.engine, names, steps)]
        return {
            self.ways: gr.update(**self._offer(self.engine.entry(found[0].partition("=")[0])) | {"value": found}),
            self.steps: gr.update(choices=sorted({*COUNTS, *steps}), value=steps),
        }

    def _compare(self, names: Any, steps: Any, count: Any, seed: Any, id: Any, *told: Any) -> Iterator[dict[Any, Any]]:
        try:
            entry = self.engine.able(id, self.ability)
            said = self.controls.said(entry, dict(zip(self.controls.told.controls, told, strict=True)))
            asked = ways(self.engine, names, steps, seed=seed, count=count, condition=said)
            done: dict[str, Walked] = {}
            yield {self.table: "", self.state: state(asked, [])}
            for one in walked(self.engine, asked):
                done[one.way.name] = one
                yield {self.table: shown(asked, [*done.values()]), self.state: state(asked, [*done.values()])}
        except GenerativeError as e:
            yield self.fail(str(e))


def of(entry: Entry) -> tuple[Any, ...]:
    """What models have in common whose ways can be compared."""
    return entry.dataset, entry.size, entry.channels, entry.told


def samplers(entry: Entry) -> list[str]:
    """Those of a model."""
    return list(entry.kind_class.Options.fields()["sampler"].choices)
