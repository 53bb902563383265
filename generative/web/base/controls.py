"""The controls that stand in the same place in every tab, and what a visitor's choices mean."""

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.abilities import ABILITIES
from generative.conditions import Caption
from generative.errors import GenerativeError, InvalidOption
from generative.families import FAMILIES
from generative.fields import Option
from generative.inference.engine.limits import MAX_COUNT
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.forms import Form, Forms
from generative.web.base.seeds import lockable_seed_row
from generative.web.base.tool import Bench
from generative.web.base.visit import first_dataset, is_brought

LARGE = 256  # pixels along a side, of which one picture takes as long as many small ones
Given = Callable[..., dict[str, Any]]  # values of other components → what an ability is given besides


class ModelChoice:
    """The model and what it is told, at the top of every column of controls. Build it inside the column.

    `told`: whether it is told anything here. `untold`: what a list calls the choice of nothing in particular.
    `example`: whether sentences begin with one.
    """

    def __init__(self, bench: Bench, told: bool = True, untold: str | None = None, example: bool = False) -> None:
        self.engine, self.entries, self.first = bench.engine, list(bench.entries), bench.first
        about = {"label": "Model", "elem_id": f"{bench.prefix}-model", "interactive": True}
        dataset = self.first.dataset or first_dataset(self.entries)
        self.model = gr.Dropdown(self._offer(dataset), value=self.first.id, **about)
        self.told = Forms()
        for conditions in dict.fromkeys(e.told for e in self.entries if told and e.told):
            shown = {"visible": conditions == self.first.told, "untold": untold}
            first = {c.name: c.examples[0] for c in conditions if example and isinstance(c, Caption) and c.examples}
            self.told.forms[conditions] = Form(conditions, first, bench.prefix, **shown)

    def _offer(self, dataset: str) -> list[tuple[str, str]]:
        """What the model's list offers: the models that learnt from one data set, and those that were brought."""
        there = [e for e in self.entries if e.dataset == dataset or is_brought(e.id)]
        return [(e.title if not e.problem else f"{e.title} (unavailable)", e.id) for e in there]

    @property
    def chosen(self) -> list[Component]:
        """What `choose` and `tell` change."""
        return [self.model, *self.told.groups, *self.told.controls]

    def choose(self, entry: Entry) -> dict[Any, Any]:
        """The updates that follow the choice of a model: its list, and what it can be told."""
        offer = {} if is_brought(entry.id) else {"choices": self._offer(entry.dataset)}
        return {self.model: gr.update(value=entry.id, **offer), **self.told.turn(entry.told)}

    def said(self, entry: Entry, values: Mapping[Component, Any]) -> dict[str, Any]:
        """What a model is told, by the name of each condition, not yet checked."""
        return self.told[entry.told].said(values) if entry.told in self.told.forms else {}

    def tell(self, entry: Entry, words: str = "") -> dict[Any, Any]:
        """The updates that tell a model `words` if a condition of it can be that, and nothing otherwise."""
        plain = {}
        for condition in entry.told:
            try:
                plain[condition.name] = condition.plain(condition.read(words))
                break
            except InvalidOption:
                continue
        return self.told[entry.told].shown(plain) if entry.told in self.told.forms else {}


class Controls(ModelChoice):
    """Model, what it is told, count, seed, a button that starts and one that stops, then the options of the models.

    `inputs` go to an event; `request` reads their values.
    """

    def __init__(self, bench: Bench, ability: str = "samples", most: int = MAX_COUNT) -> None:
        given = "images" in ABILITIES[ability].inputs
        super().__init__(bench, untold=(given and FAMILIES[bench.first.family].untold) or None)
        self.ability, prefix = ability, bench.prefix
        verb, what = ABILITIES[ability].button, ABILITIES[ability].noun
        about = {"label": f"Number of {what}", "elem_id": f"{prefix}-count", "interactive": True}
        self.count = gr.Slider(1, max(2, most), value=usual(self.first, most), step=1, visible=most > 1, **about)
        self.seed, self.dice, self.lock = lockable_seed_row(prefix)
        with gr.Row(elem_classes="go"):
            self.generate = gr.Button(verb, variant="primary", scale=2, min_width=120, elem_id=f"{prefix}-generate")
            self.stop = gr.Button("Stop", min_width=80, elem_id=f"{prefix}-stop")
        self.options = Forms()
        for entry in self.entries:
            if entry.kind and manner(entry) not in self.options.forms:
                self.options.forms[manner(entry)] = self._options(entry, f"{prefix}-{entry.kind}")

    def _options(self, entry: Entry, elem_id: str) -> Form:
        kind = entry.kind_class.Options
        defaults = kind.parse({**kind.defaults(), **entry.options}).plain()
        idle = (*entry.kind_class.ignores.get(self.ability, ()), *entry.idle)
        own = [field for field in kind.fields().values() if self._concerns(field) and field.name not in idle]
        return Form(own, defaults, elem_id, visible=manner(entry) == manner(self.first))

    def _concerns(self, option: Option) -> bool:
        return option.ability == self.ability or (option.ability == "samples" and self.ability != "projects")

    @property
    def inputs(self) -> list[Component]:
        return [self.model, self.count, self.seed, *self.told.controls, *self.options.controls]

    def request(self, *values: Any, **given: Any) -> Request:
        """What the values of `inputs` ask for, with what else the ability is given. Raises GenerativeError."""
        said = dict(zip(self.inputs, values, strict=True))
        entry = self.engine.entry(said[self.model])
        options = self.options[manner(entry)].said(said) if manner(entry) in self.options.forms else {}
        return self.engine.request(
            self.ability,
            entry,
            seed=said[self.seed],
            count=said[self.count],
            condition=self.said(entry, said),
            options=options,
            **given,
        )

    def validator(self, given: Given | None = None, more: int = 0) -> Callable[..., list[dict]]:
        """Shows what is wrong at the control where it is wrong, before the event is queued; of `inputs` and `more`,
        which `given` makes into what else the ability is given."""

        def validate(*values: Any) -> list[dict]:
            own, wrong, words = values[: len(self.inputs)], None, ""
            try:
                self.request(*own, **(given(*values[len(self.inputs) :]) if given else {}))
            except GenerativeError as e:
                if e.field not in ABILITIES[self.ability].inputs:  # what those are is told on the stage
                    wrong, words = self._place(own[0], e.field), str(e)
            at = [gr.validate(control is not wrong, words if control is wrong else "") for control in self.inputs]
            return at + [gr.validate(True, "")] * more

        return validate

    def _place(self, model: Any, name: str | None) -> Component:
        """The control that a field's name belongs to."""
        entry = next((e for e in self.entries if e.id == model), None)
        forms = [self.told.forms.get(entry.told), self.options.forms.get(manner(entry))] if entry else []
        for form in filter(None, forms):
            if name in form.asked:
                return next(iter(form.asked[name].controls.values()))
        return {"count": self.count, "seed": self.seed}.get(name, self.model)

    def show(self, request: Request) -> dict[Any, Any]:
        """The updates that set every control to what `request` says."""
        entry = request.entry
        told = self.told[entry.told].shown(request.told) if entry.told in self.told.forms else {}
        return {
            **self.choose(entry),
            **told,
            self.count: min(len(request.seeds), int(self.count.maximum)),  # Gradio carries no more
            self.seed: request.seeds.first,
            **self.options[manner(entry)].shown(request.options.plain()),
        }

    @property
    def chosen(self) -> list[Component]:
        return [*super().chosen, *self.options.groups, *self.options.controls, self.count, self.seed]

    def choose(self, entry: Entry) -> dict[Any, Any]:
        """The updates that follow the choice of a model: its list, what it can be told and its own options."""
        count = {self.count: usual(entry, 1)} if entry.size >= LARGE else {}
        return {**super().choose(entry), **self.options.turn(manner(entry)), **count}


def usual(entry: Entry, most: int) -> int:
    """How many are asked for at first: of large pictures one."""
    return 1 if entry.size >= LARGE else min(16, most)


def manner(entry: Entry) -> tuple[Any, ...]:
    """What models share that have the same options and the same defaults of them."""
    return entry.kind, entry.idle if entry.kind else (), *sorted(entry.options.items())
