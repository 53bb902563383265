"""Samplers beside each other: the same noise, each with several numbers of steps, and what every cell cost."""

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.errors import GenerativeError, check_choice
from generative.inference.denoising.trials import (
    MOST_COUNTS,
    MOST_SAMPLERS,
    Trial,
    Tried,
    sampler_trials,
    several,
    tried,
)
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.models.diffusion.samplers import FLOW_SAMPLERS, SAMPLERS
from generative.web.base.controls import ModelChoice
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.base.trials import counts, kept, paid, pictures, table
from generative.web.base.trials_tool import TrialsTool

COUNTS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 100, 250, 1000)
OPENING_COUNTS = (3, 5, 10, 20)
OPENING_SAMPLERS = ("dpm-solver++", "ddim", "ddpm", "heun", "euler")
MOST_PICTURES = 4
NOTE = (
    "<p>All cells begin with the <b>same noise</b>. What differs is only how it is removed, and in how many steps. "
    "DDPM adds fresh noise at every step, so its pictures wander and want hundreds of steps; the others follow one "
    "path, and the better a sampler follows it, the earlier its pictures stop changing along a row. Heun looks twice "
    "a step. A cell is a link to its run.</p>"
)
INVITATION = "<p>Press Compare: the cells come one by one.</p>"


class SamplersTool(TrialsTool):
    """What is compared on the left, the table on the right."""

    title = "Samplers"
    ability = "noises"
    lists = ("samplers", "steps")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench)
            about = {"multiselect": True, "interactive": True}
            names = {"label": "Samplers", "max_choices": MOST_SAMPLERS, "info": f"Up to {MOST_SAMPLERS}, a row each."}
            self.samplers = gr.Dropdown(**offer(first), **names, **about, elem_id=f"{prefix}-samplers")
            steps = {"label": "Steps", "max_choices": MOST_COUNTS, "info": f"Up to {MOST_COUNTS}, a column each."}
            self.steps = gr.Dropdown(
                list(COUNTS), value=list(OPENING_COUNTS), **steps, **about, elem_id=f"{prefix}-steps"
            )
            more = {"label": "Pictures in a cell", "interactive": True, "elem_id": f"{prefix}-count"}
            self.count = gr.Slider(1, MOST_PICTURES, value=1, step=1, **more)
            self.seed, self.dice = seed_row(prefix)
            self.add_buttons()
        with stage:
            self.add_table(NOTE, INVITATION)
        self._wire()

    def _wire(self) -> None:
        inputs = [self.controls.model, self.samplers, self.steps, self.count, self.seed, *self.controls.told.controls]
        self.wire_run(self._compare, inputs)

    @property
    def outputs(self) -> list[Component]:
        own = [self.samplers, self.steps, self.count, self.seed, self.table, self.state]
        return [*self.controls.chosen, *own]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        nothing = {self.table: INVITATION, self.state: ""}
        return {**self.controls.choose(entry), self.samplers: gr.update(**offer(entry)), **nothing}

    def recall(self, request: Request, *held: Any) -> Updates:
        """What the runs of the table have in common; `lay` says the rest."""
        entry = request.entry
        told = self.controls.told[entry.told].shown(request.told) if entry.told in self.controls.told.forms else {}
        own = {self.count: few(len(request.seeds)), self.seed: request.seeds.first}
        return {**self.follow(entry), **told, **own}

    def lay(self, table: Mapping[str, Any]) -> Updates:
        """Both lists. Raises GenerativeError."""
        names = several("samplers", table.get("samplers"), MOST_SAMPLERS)
        known = list({**SAMPLERS, **FLOW_SAMPLERS})
        steps = counts(table.get("steps"))
        return {
            self.samplers: [check_choice("samplers", name, known) for name in names],
            self.steps: gr.update(choices=sorted({*COUNTS, *steps}), value=steps),
        }

    def _compare(
        self, id: Any, samplers: Any, steps: Any, count: Any, seed: Any, *told: Any
    ) -> Iterator[dict[Any, Any]]:
        try:
            entry = self.engine.able(id, self.ability)
            said = self.controls.said(entry, dict(zip(self.controls.told.controls, told, strict=True)))
            about = {"seed": seed, "count": few(count), "condition": said}
            trials = sampler_trials(self.engine, entry, samplers, steps, **about)
            done: list[Tried] = []
            yield {self.table: shown(trials, done), self.state: waiting(trials, done)}
            for one in tried(self.engine, trials):
                done.append(one)
                yield {self.table: shown(trials, done), self.state: waiting(trials, done)}
        except GenerativeError as e:
            yield self.fail(str(e))


def few(count: Any) -> Any:
    """A count that fits into a cell, as far as it is one; the engine refuses any other."""
    return min(count, MOST_PICTURES) if isinstance(count, (int, float)) else count


def offer(entry: Entry) -> dict[str, Any]:
    """Choices and value of the list of samplers that a model has."""
    known = list(entry.kind_class.Options.fields()["sampler"].choices) if entry.kind else []
    usual = [name for name in OPENING_SAMPLERS if name in known][:MOST_SAMPLERS]
    return {"choices": known, "value": usual}


def shown(trials: list[Trial], done: list[Tried]) -> str:
    """The table as far as it is filled."""
    rows = list(dict.fromkeys(trial.request.options.sampler for trial in trials))
    counts = list(dict.fromkeys(trial.request.options.num_inference_steps for trial in trials))
    cells = {(one.trial.row, one.trial.column): cell(one) for one in done}
    columns = [f"{count} step{'' if count == 1 else 's'}" for count in counts]
    return table(rows, columns, cells, "The same noise under several samplers", {})


def cell(one: Tried) -> str:
    """Its pictures, and what they cost."""
    request = one.trial.request
    alt = f"Drawn by {request.options.sampler} in {request.options.num_inference_steps} steps"
    return pictures(one.images, alt, request.link()) + paid(one)


def waiting(trials: list[Trial], done: list[Tried]) -> str:
    """How far the table is; of one that is whole, how to keep it."""
    if len(done) < len(trials):
        return f'<p role="status">{len(done)} of {len(trials)} cells</p>'
    options = [trial.request.options for trial in trials]
    lists = {
        "samplers": list(dict.fromkeys(each.sampler for each in options)),
        "steps": list(dict.fromkeys(each.num_inference_steps for each in options)),
    }
    images: dict[str, list[Tensor]] = {f"{count} steps": [] for count in lists["steps"]}
    for one in done:
        images[f"{one.trial.request.options.num_inference_steps} steps"].append(one.images)
    return kept("samplers", trials[0].request, lists, lists["samplers"], images)
