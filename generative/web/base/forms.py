"""The controls of fields: whatever can be asked is drawn from what its field says, and nothing is known by name."""

import html
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.conditions import Condition
from generative.fields import Field, Line, Menu, Menus, Option, Slider
from generative.web.base.run import QUIET

FEW = 4  # choices that stand side by side; more go into a list
UNTOLD = "Any"  # of a group of attributes


@dataclass(frozen=True)
class Asked:
    """A field and its controls: one, or with several names one for each."""

    field: Field
    controls: Mapping[str, Component]  # by name, "" where there is one

    def said(self, values: Mapping[Component, Any]) -> Any:
        """What the controls say, for the field to read."""
        told = {name: values.get(control) for name, control in self.controls.items()}
        return told[""] if "" in told else {name: value for name, value in told.items() if value}

    def shown(self, plain: Any) -> dict[Component, Any]:
        """The updates that make the controls say `plain`, which may be None for any."""
        if "" in self.controls:
            return {self.controls[""]: "" if plain is None else plain}
        return {control: (plain or {}).get(name, "") for name, control in self.controls.items()}


def ask(field: Field, plain: Any, elem_id: str, untold: str | None = None) -> Asked:
    """The controls of a field, which say `plain`. `untold`: what a list calls the choice of nothing in particular."""
    shape, own = field.control, f"{elem_id}-{field.name}"
    about = {"label": field.title, "info": field.help, "elem_id": own, "interactive": True}
    if isinstance(field, Option):
        about["info"] += f" Default: {plain}."
    if isinstance(shape, Slider):
        one = gr.Slider(shape.low, shape.high, value=plain, step=shape.step, **about)
    elif isinstance(shape, Menu):
        one = menu(shape, "" if plain is None else plain, untold, about)
    elif isinstance(shape, Line):
        one = gr.Textbox(plain or "", max_length=shape.longest, placeholder=shape.example, **about)
        line(one, field, shape, own)
    else:
        return Asked(field, menus(shape, plain or {}, field, own))
    return Asked(field, {"": one})


def line(box: gr.Textbox, field: Field, shape: Line, elem_id: str) -> None:
    """Under a line of text what of it counts, of a condition, and texts to take, where there are some."""
    if isinstance(field, Condition):
        about = {"elem_id": f"{elem_id}-hint", "elem_classes": "note hint", "padding": False}
        hint = gr.HTML(html.escape(field.hint(box.value)), **about)
        told = {"queue": False, "trigger_mode": "always_last", **QUIET}
        box.change(lambda said: html.escape(field.hint(said)), box, hint, **told)
    if shape.examples:
        texts = [[text] for text in shape.examples]
        named = {"elem_id": f"{elem_id}-examples", "elem_classes": "for-example"}
        offer = gr.Dataset(components=[box], samples=texts, label="For example", **named)
        offer.click(lambda sample: sample[0] if sample else gr.skip(), offer, box, queue=False, **QUIET)


def menu(shape: Menu, value: str, untold: str | None, about: dict[str, Any]) -> Component:
    choices = [(untold if untold and not meant else words, meant) for words, meant in shape.choices]
    return (gr.Radio if len(choices) <= FEW else gr.Dropdown)(choices, value=value, **about)


def menus(shape: Menus, plain: Mapping[str, str], field: Field, elem_id: str) -> dict[str, Component]:
    """A list for each group, under the field's title."""
    with gr.Accordion(field.title, open=True, elem_id=elem_id):
        gr.Markdown(field.help, elem_classes="note")
        return {
            name: gr.Dropdown(
                [(UNTOLD, ""), *((value, value) for value in values)],
                value=plain.get(name, ""),
                label=name,
                elem_id=f"{elem_id}-{name.replace(' ', '-')}",
                interactive=True,
            )
            for name, values in shape.groups.items()
        }


class Form:
    """The controls of some fields in a group, those that are `more` folded away."""

    def __init__(self, fields: Iterable[Field], plain: Mapping[str, Any], elem_id: str, **about: Any) -> None:
        visible, untold = about.get("visible", True), about.get("untold")
        fields = list(fields)
        self.asked: dict[str, Asked] = {}
        with gr.Group(visible=visible) as self.group:
            folded = [f for f in fields if isinstance(f, Option) and f.more]
            for field in fields:
                if field not in folded:
                    self.asked[field.name] = ask(field, plain.get(field.name), elem_id, untold)
            if folded:
                with gr.Accordion("More", open=False, elem_id=f"{elem_id}-more"):
                    for field in folded:
                        self.asked[field.name] = ask(field, plain.get(field.name), elem_id, untold)
        for field in fields:
            if isinstance(field, Option) and field.when:
                self._hide(field, plain)

    def _hide(self, field: Option, plain: Mapping[str, Any]) -> None:
        """Shows the field only while another one has a value."""
        name, value = field.when
        (own,), (other,) = self.asked[field.name].controls.values(), self.asked[name].controls.values()
        own.visible = plain.get(name) == value
        other.change(partial(visible_with, value), other, own, queue=False, **QUIET)

    @property
    def controls(self) -> list[Component]:
        return [control for asked in self.asked.values() for control in asked.controls.values()]

    def said(self, values: Mapping[Component, Any]) -> dict[str, Any]:
        return {name: asked.said(values) for name, asked in self.asked.items()}

    def shown(self, plain: Mapping[str, Any]) -> dict[Component, Any]:
        """The updates that make all controls say `plain`; what is left out is any."""
        return {c: u for name, asked in self.asked.items() for c, u in asked.shown(plain.get(name)).items()}


def visible_with(wanted: str, value: Any) -> Any:
    return gr.update(visible=value == wanted)


class Forms:
    """A form for each kind of model, of which that of the model in use is on show."""

    def __init__(self) -> None:
        self.forms: dict[Hashable, Form] = {}

    def __getitem__(self, kind: Hashable) -> Form:
        return self.forms[kind]

    @property
    def controls(self) -> list[Component]:
        return [control for form in self.forms.values() for control in form.controls]

    @property
    def groups(self) -> list[gr.Group]:
        return [form.group for form in self.forms.values()]

    def turn(self, kind: Hashable) -> dict[Any, Any]:
        """The updates that show the form of a kind of model and hide the others."""
        return {form.group: gr.update(visible=other == kind) for other, form in self.forms.items()}
