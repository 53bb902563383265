"""The controls that stand in the same place in every tab, and what a visitor's choices mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from generative.data.known import DATASETS
from generative.errors import GenerativeError
from generative.families import FAMILIES
from generative.fields import Menu, Option
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_COUNT
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.models.registry import MODELS

ANY = "Any (all classes in turn)"
ROLL = "() => Math.floor(Math.random() * 1e6)"
WORDS = {  # by ability: what the button says, and what is counted
    "samples": ("Generate", "Number of images"),
    "completes": ("Complete", "Number of completions"),
    "projects": ("Search", "Number of searches"),
}
SEED_HELP = "The number that the noise is made from. The same seed draws the same image, in any batch, on any device."


def class_choice(entry: Entry, free: str) -> dict[str, Any]:
    """What the list of classes offers for a model; `free` is the choice of none of them."""
    told = "This model was told the class of every image that it learnt from."
    untold = "This model learnt without classes, so there is none to choose."
    return {
        "choices": [free, *entry.classes],
        "value": free,
        "interactive": bool(entry.classes),
        "info": told if entry.classes else untold,
    }


def seed_row(elem_id: str) -> tuple[gr.Number, gr.Button]:
    """A seed field with a die beside it, which rolls in the browser."""
    with gr.Row(elem_classes="seed-row"):
        seed = gr.Number(0, label="Seed", precision=None, elem_id=f"{elem_id}-seed", info=SEED_HELP, min_width=120)
        dice = gr.Button("Roll", elem_id=f"{elem_id}-dice", min_width=76, scale=0, elem_classes="dice roll")
    dice.click(None, None, seed, js=ROLL, api_visibility="private")
    return seed, dice


def option_control(option: Option, default: Any, elem_id: str) -> gr.components.Component:
    """The control of one sampling option, with its default in words."""
    info, control = f"{option.help} Default: {default}.", option.control
    about = {"label": option.title, "info": info, "elem_id": f"{elem_id}-{option.name}"}
    if isinstance(control, Menu):
        return gr.Radio(list(control.choices), value=default, **about)
    return gr.Slider(control.low, control.high, value=default, step=control.step, **about)


@dataclass(frozen=True)
class Wish:
    """What the controls of a tab say, before anything is checked."""

    model: Any
    label: Any
    count: Any
    seed: Any
    options: dict[str, Any]
    ability: str = "samples"

    def request(self, engine: Engine) -> Request:
        """The checked request. Raises GenerativeError."""
        options = dict(self.options)
        if engine.entry(self.model).classes:
            options["class"] = None if self.label == ANY else self.label
        return engine.request(self.model, self.seed, self.count, options, self.ability)


class ModelChoice:
    """The model and the class, at the top of every column of controls. Build it inside the column.

    `free` is the choice of no class in particular; with None there is no class to choose at all.
    """

    def __init__(self, engine: Engine, entries: list[Entry], prefix: str, free: str | None = ANY) -> None:
        self.engine, self.entries, self.free = engine, entries, free
        first = self.first = opening([e for e in entries if e.dataset == first_dataset(entries)])
        self.model = gr.Dropdown(self._offer(first.dataset), value=first.id, label="Model", elem_id=f"{prefix}-model")
        self.label = None
        if free is not None:
            self.label = gr.Dropdown(label="Class", elem_id=f"{prefix}-class", **class_choice(first, free))

    def _offer(self, dataset: str) -> list[tuple[str, str]]:
        """What the model's list offers: the models that learnt from one data set."""
        there = [e for e in self.entries if e.dataset == dataset]
        return [(e.title if not e.problem else f"{e.title} (unavailable)", e.id) for e in there]

    @property
    def chosen(self) -> list[gr.components.Component]:
        """What `choose` changes."""
        return [self.model] if self.label is None else [self.model, self.label]

    def choose(self, entry: Entry) -> dict[gr.components.Component, Any]:
        """The updates that follow the choice of a model: its list and its classes."""
        updates = {self.model: gr.update(choices=self._offer(entry.dataset), value=entry.id)}
        if self.label is not None:
            updates[self.label] = gr.update(**class_choice(entry, self.free))
        return updates


class Controls(ModelChoice):
    """Model, class, count, seed, a button that starts and one that stops, then the options of the family's models.

    `inputs` go to an event; `wish` reads their values.
    """

    def __init__(
        self, engine: Engine, entries: list[Entry], prefix: str, ability: str = "samples", most: int = MAX_COUNT
    ) -> None:
        super().__init__(engine, entries, prefix)
        self.ability = ability
        verb, what = WORDS[ability]
        self.count = gr.Slider(1, most, value=min(16, most), step=1, label=what, elem_id=f"{prefix}-count")
        self.seed, self.dice = seed_row(prefix)
        with gr.Row(elem_classes="go"):
            self.generate = gr.Button(verb, variant="primary", scale=2, min_width=120, elem_id=f"{prefix}-generate")
            self.stop = gr.Button("Stop", min_width=80, elem_id=f"{prefix}-stop")
        self.options: dict[str, dict[str, gr.components.Component]] = {}
        self.groups: dict[str, gr.Group] = {}
        for kind in dict.fromkeys(e.kind for e in entries if e.kind):
            options = MODELS[kind].Options
            with gr.Group(visible=kind == self.first.kind) as self.groups[kind]:
                self.options[kind] = {
                    name: option_control(option, options.defaults()[name], f"{prefix}-{kind}")
                    for name, option in options.fields().items()
                    if option.ability == ability or (option.ability == "samples" and ability != "projects")
                }

    @property
    def inputs(self) -> list[gr.components.Component]:
        own = [control for group in self.options.values() for control in group.values()]
        return [self.model, self.label, self.count, self.seed, *own]

    @property
    def names(self) -> list[str]:
        """The field of an error that belongs to each input."""
        own = [f"{kind}.{name}" for kind, group in self.options.items() for name in group]
        return ["model", "label", "count", "seed", *own]

    def wish(self, model: Any, label: Any, count: Any, seed: Any, *own: Any) -> Wish:
        values = dict(zip(self.names[4:], own, strict=True))
        kind = self.engine.entry(model).kind
        options = {name: values[f"{kind}.{name}"] for name in self.options[kind]}
        return Wish(model, label, count, seed, options, self.ability)

    def validator(self) -> Callable[..., list[dict]]:
        """Shows what is wrong at the control where it is wrong, before the event is queued."""

        def validate(*values: Any) -> list[dict]:
            try:
                self.wish(*values).request(self.engine)
            except GenerativeError as e:
                kind = getattr(self.engine.entries.get(values[0] if isinstance(values[0], str) else ""), "kind", "")
                at = e.field if e.field in self.names else f"{kind}.{e.field}"
                at = at if at in self.names else "model"
                return [gr.validate(name != at, str(e) if name == at else "") for name in self.names]
            return [gr.validate(True, "") for _ in self.names]

        return validate

    def show(self, request: Request) -> dict[gr.components.Component, Any]:
        """The updates that set every control to what `request` says."""
        values = {name: getattr(request.options, name) for name in self.options[request.entry.kind]}
        return {
            **self.choose(request.entry),
            self.label: gr.update(
                **class_choice(request.entry, ANY) | {"value": request.condition.get("class") or ANY}
            ),
            self.count: len(request.seeds),
            self.seed: request.seeds.first,
            **{self.options[request.entry.kind][name]: value for name, value in values.items()},
        }

    @property
    def chosen(self) -> list[gr.components.Component]:
        return [*super().chosen, *self.groups.values()]

    def choose(self, entry: Entry) -> dict[gr.components.Component, Any]:
        """The updates that follow the choice of a model: its list, its classes and its own options."""
        return {
            **super().choose(entry),
            **{g: gr.update(visible=kind == entry.kind) for kind, g in self.groups.items()},
        }


def first_dataset(entries: list[Entry]) -> str:
    """The data set that a page opens with: the first that the project knows."""
    there = [e.dataset for e in entries]
    return next((known for known in DATASETS if known in there), there[0])


def opening(entries: list[Entry]) -> Entry:
    """Of a family's models of one data set, that to begin with: as its record says, or the first that can be used."""
    usable = [e for e in entries if not e.problem] or entries
    family = FAMILIES.get(usable[0].family)
    wanted = family.opens.get(usable[0].dataset) if family else None
    return next((e for e in usable if e.folder.name == wanted), usable[0])
