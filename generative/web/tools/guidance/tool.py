"""Guidance: the same noises under several scales, towards one thing and away from another, on a part of the way."""

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.conditions import Attributes, Class
from generative.errors import GenerativeError, check_choice, check_number
from generative.inference.denoising.trials import (
    MOST_IMAGES,
    MOST_KINDS,
    MOST_SCALES,
    Trial,
    guidance_trials,
    several,
    tried,
)
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.models.diffusion.by_another import FREE, KINDS, kinds
from generative.web.base.controls import ModelChoice
from generative.web.base.forms import Form, Forms
from generative.web.base.seeds import seed_row
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.base.trials import kept
from generative.web.base.trials_tool import TrialsTool
from generative.web.tools.guidance.strip import TITLES, Judged, judged, kind, shown

SCALES = (0, 1, 1.5, 2, 3, 4, 5, 7, 10)
OPENING_SCALES = (1, 2, 4, 7)
NOTHING = "Nothing told, as in training"
AGAINST_HELP = "What guidance leads away from: as a rule what the network draws when it is told nothing."
NOTE = (
    "<p>Guidance asks the network twice, once told and once not, and goes on <b>beyond</b> the first answer, away from "
    "the second. Along a row the noise is the same: pictures become clearer, and those of one class more and more "
    "<b>alike</b>. Guidance that acts on a part of the way only costs less, and often takes less variety away.</p>"
)
SCALES_HELP = f"Up to {MOST_SCALES}. Classifier-free, 1 is no guidance; at 0 nothing is heard of what is told."
KINDS_HELP = (
    "Others lie beside this model. Where a classifier that knows noise guides, the network is told nothing, and "
    "follows the way on which, the classifier says, a noisy picture becomes more like what is asked. A worse model is "
    "told the same, and the network goes on away from it: away from errors, not from variety."
)
INVITATION = "<p>Press Compare: the scales come one by one.</p>"


class GuidanceTool(TrialsTool):
    """Towards what and away from what on the left, a column for each scale on the right."""

    title = "Guidance"
    ability = "guides"
    lists = ("scales", "kinds")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix = bench.prefix
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench)
            tell_something(self.controls.told)
            self.against = Forms()
            with gr.Accordion("Away from", open=True, elem_id=f"{prefix}-away"):
                gr.Markdown(AGAINST_HELP, elem_classes="note")
                for told in dict.fromkeys(e.told for e in bench.entries if e.told):
                    about = {"visible": told == bench.first.told, "untold": NOTHING}
                    self.against.forms[told] = Form(told, {}, f"{prefix}-against", **about)
            self._settings(prefix)
        with stage:
            self.add_table(NOTE, INVITATION)
        self._wire()

    def _settings(self, prefix: str) -> None:
        scales = {"label": "Scales", "max_choices": MOST_SCALES, "info": SCALES_HELP}
        about = {"multiselect": True, "interactive": True, "elem_id": f"{prefix}-scales"}
        self.scales = gr.Dropdown(list(SCALES), value=list(OPENING_SCALES), **scales, **about)
        offered = {"info": KINDS_HELP, "interactive": True, "elem_id": f"{prefix}-kinds"}
        first = kinds_of(self.bench.first)
        named = [(TITLES[name], name) for name in first]
        self.kinds = gr.CheckboxGroup(named, value=list(first), label="Guided", visible=bool(first), **offered)
        part = "Guidance acts only on this part of the way from 1, pure noise, to 0, the picture."
        interactive = {"step": 0.05, "interactive": True}
        self.end = gr.Slider(0, 1, value=1, label="Guidance up to", info=part, elem_id=f"{prefix}-end", **interactive)
        self.start = gr.Slider(0, 1, value=0, label="Guidance from", elem_id=f"{prefix}-start", **interactive)
        count = {"label": "Seeds", "info": "A row each.", "interactive": True, "elem_id": f"{prefix}-count"}
        self.count = gr.Slider(2, MOST_IMAGES, value=4, step=1, **count)
        self.seed, self.dice = seed_row(prefix)
        self.add_buttons()

    def _wire(self) -> None:
        settings = [self.scales, self.kinds, self.start, self.end, self.count, self.seed]
        inputs = [self.controls.model, *settings, *self.controls.told.controls, *self.against.controls]
        self.wire_run(self._compare, inputs)

    @property
    def outputs(self) -> list[Component]:
        own = [self.scales, self.kinds, self.start, self.end, self.count, self.seed, self.table, self.state]
        return [*self.controls.chosen, *self.against.groups, *self.against.controls, *own]

    def follow(self, entry: Entry, *held: Any) -> Updates:
        nothing = {self.table: INVITATION, self.state: ""}
        guided = {self.kinds: self.offered(entry)}
        return {**self.controls.choose(entry), **self.against.turn(entry.told), **guided, **nothing}

    def offered(self, entry: Entry) -> dict[str, Any]:
        """The kinds of guidance that a model has, where there is a choice."""
        found = kinds_of(entry)
        named = [(TITLES[name], name) for name in found]
        return gr.update(choices=named, value=list(found), visible=bool(found))

    def recall(self, request: Request, *held: Any) -> Updates:
        """The one scale of the run, with all that it was told."""
        entry, options = request.entry, request.options.plain()
        against = request.plain()["inputs"].get("against", {})
        return {
            **self.follow(entry),
            **self.controls.told[entry.told].shown(request.told),
            **self.against[entry.told].shown(against),
            self.scales: [options["guidance_scale"]],
            self.kinds: self.offered(entry) | {"value": [options.get("guided_by", FREE)]},
            self.start: options["guidance_start"],
            self.end: options["guidance_end"],
            self.count: min(len(request.seeds), MOST_IMAGES),
            self.seed: request.seeds.first,
        }

    def lay(self, table: Mapping[str, Any]) -> Updates:
        """The scales, and the kinds where the table tells them. Raises GenerativeError."""
        scales = [check_number("scales", scale, 0, 10) for scale in several("scales", table.get("scales"), MOST_SCALES)]
        updates = {self.scales: gr.update(choices=sorted({*SCALES, *scales}), value=scales)}
        if "kinds" in table:
            kinds = several("kinds", table["kinds"], MOST_KINDS)
            updates[self.kinds] = gr.update(value=[check_choice("kinds", kind, list(KINDS)) for kind in kinds])
        return updates

    def _compare(
        self, id: Any, scales: Any, kinds: Any, start: Any, end: Any, count: Any, seed: Any, *told: Any
    ) -> Iterator[dict[Any, Any]]:
        try:
            part = {"guidance_start": start, "guidance_end": end}
            trials = self._trials(id, scales, kinds, part, count, seed, told)
            done: list[Judged] = []
            yield {self.table: shown(trials, done), self.state: waiting(trials, done)}
            for one in tried(self.engine, trials):
                done.append(judged(self.engine, one))
                yield {self.table: shown(trials, done), self.state: waiting(trials, done)}
        except GenerativeError as e:
            yield self.fail(str(e))

    def _trials(
        self, id: Any, scales: Any, kinds: Any, part: dict[str, Any], count: Any, seed: Any, told: tuple[Any, ...]
    ) -> list[Trial]:
        """The runs that the controls ask for. Raises GenerativeError."""
        entry = self.engine.able(id, self.ability)
        values = dict(zip([*self.controls.told.controls, *self.against.controls], told, strict=True))
        away = self.against[entry.told].said(values) if entry.told in self.against.forms else {}
        wanted = {name: said for name, said in away.items() if said}
        count = min(count, MOST_IMAGES) if isinstance(count, (int, float)) else count
        about = {"seed": seed, "count": count, "condition": self.controls.said(entry, values)}
        chosen = kinds if kinds_of(entry) else None
        return guidance_trials(self.engine, entry, scales, wanted, part, chosen, **about)


def kinds_of(entry: Entry) -> tuple[str, ...]:
    """What can guide a model, where there is a choice."""
    known = entry.kind_class.Options.fields() if entry.kind else {}
    found = kinds(entry.helpers) if "guided_by" in known else ()
    return found if len(found) > 1 else ()


def tell_something(forms: Forms) -> None:
    """Begins with the first class, as variety is seen within one, or with the last value of the first attribute:
    towards nothing guidance leads nowhere."""
    for conditions, form in forms.forms.items():
        for condition in conditions if isinstance(conditions, tuple) else ():
            controls = form.asked[condition.name].controls
            if isinstance(condition, Class):
                controls[""].value = condition.names[0]
            if isinstance(condition, Attributes):
                name, values = condition.groups[0]
                controls[name].value = values[-1]


def waiting(trials: list[Trial], done: list[Judged]) -> str:
    """How far the table is; of one that is whole, how to keep it."""
    if len(done) < len(trials):
        return f'<p role="status">{len(done)} of {len(trials)} runs</p>'
    kinds = list(dict.fromkeys(kind(trial) for trial in trials))
    images = {
        (f"{TITLES[kind(one.tried.trial)]}, " if len(kinds) > 1 else "") + f"scale {one.scale:g}": [
            image[None] for image in one.tried.images
        ]
        for one in done
    }
    rows = [f"seed {seed}" for seed in trials[0].request.seeds]
    lists = {"scales": list(dict.fromkeys(one.scale for one in done)), "kinds": kinds}
    return kept("guidance", trials[0].request, lists, rows, images)
