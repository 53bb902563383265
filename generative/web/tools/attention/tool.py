"""Attention: what every layer and head of a transformer looks at when it writes a part of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.answers import Attention
from generative.conditions import read_told
from generative.errors import GenerativeError, InvalidOption
from generative.fields import Integer
from generative.inference.pictures.attention import head_look, mean_look
from generative.library.entries import Entry
from generative.web.base.controls import ModelChoice
from generative.web.base.panel import classes, panel
from generative.web.base.run import DEVICE, once_there
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.anchor import Source
from generative.web.sources.looking_tool import LookingTool
from generative.web.sources.named import told_of
from generative.web.sources.picker import Picker, first_picture, gallery, held_picture, wanted_picture
from generative.web.tools.attention import charts as views
from generative.web.widgets.easel.easel import Easel, easel_state, overlay_message, picture_message, unmarked_message
from generative.web.widgets.plot import charts
from generative.web.widgets.widget import Widget

NOTE = (
    "**Click a place in the picture** to see what was looked at when it was written: everything before it, in reading "
    "order, and nothing after. Over the picture lies the mean of all heads; on the right is each of them: **click "
    "one** to see where it alone looked."
)
LIKELIEST = "The likeliest for the picture"
MEAN = "Attention, mean of all heads"
MOST = 1000  # layers or heads, pixels along a side: more than any model has
Head = tuple[int, int]  # a layer and one of its heads, counted from 1 as people do


class Heads(Widget):
    """What `views.heads` says; ``select`` when one of them is chosen, or the chosen one again: `CHOSEN` says which."""

    files = "tools/attention/heads"


CHOSEN = "() => document.querySelector('#{0}[data-chosen], #{0} [data-chosen]').dataset.chosen"


@dataclass(frozen=True, eq=False)
class Looking:
    """What a link says: a picture, a place in it, whose look lies over it, None for the mean; and what the model is
    told. Without a place only the picture."""

    source: Source
    place: tuple[int, int] | None
    head: Head | None
    told: Mapping[str, Any]


class AttentionTool(LookingTool):
    """On the left the picture, to be pointed at; on the right every head of every layer; below, words, mask, places."""

    title = "Attention"
    ability = "attends"
    words = ("of", "row", "column", "layer", "head", "class", "caption")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix = bench.prefix
        controls, stage = two_columns()
        with controls:
            self.controls = ModelChoice(bench, untold=LIKELIEST)
            about = {"label": "Over the picture", "elem_id": f"{prefix}-head", "interactive": True}
            self.head = gr.Dropdown([(MEAN, "")], value="", **about)
            self.measure = gr.Button("Measure the cost", elem_id=f"{prefix}-measure")
        with stage:
            self.picker = Picker(self.engine, self.controls.first, prefix)
            with gr.Row(elem_classes="pair"):
                with gr.Column(min_width=280):
                    picture = first_picture(self.controls.first)
                    self.easel = Easel(picture, ("point", "draw"), elem_id=f"{prefix}-easel")
                    gr.Markdown(NOTE, elem_classes="note")
                    self.facts = panel("attention", f"{prefix}-facts")
                with gr.Column(min_width=280):
                    self.heads = Heads("", classes("attention"), elem_id=f"{prefix}-heads")
            self.below = panel("attention", f"{prefix}-below")
            self.cost = panel("attention", f"{prefix}-cost")
        self._wire()

    def _wire(self) -> None:
        model, told = self.controls.model, self.controls.told.controls
        shown = [self.easel, self.head, self.facts, self.heads, self.below]
        self.picker.on_picture(model, self._bring, self.fail, [*shown, *told])
        asked = [model, self.easel, self.head, *told]
        look = {"inputs": asked, "outputs": shown, "trigger_mode": "always_last", **DEVICE}
        easel = [self.easel.input, self.easel.expand, self.easel.select]
        gr.on([*(control.input for control in told), *easel, self.head.input], self._look, **look)
        once_there(self.face)(self._look, **look)  # an answer to what was asked before that may come after it
        pressed = {"js": CHOSEN.format(self.heads.elem_id), "api_visibility": "private"}
        self.heads.select(None, None, self.head, **pressed).then(self._look, **look)
        self.measure.click(self._measure, model, self.cost, **DEVICE)

    @property
    def held(self) -> list[Component]:
        return [self.easel]

    @property
    def outputs(self) -> list[Component]:
        seen = [self.easel, self.head, self.facts, self.heads, self.below]
        return [*self.controls.chosen, *self.picker.chosen, *seen, self.cost]

    def follow(self, entry: Entry, value: Any) -> Updates:
        """The model looks at the picture, or, if that does not fit, at its data set's first."""
        updates = {**self.controls.choose(entry), **self.picker.follow(entry), self.cost: ""}
        if (image := held_picture(value, entry)) is not None:
            return {**updates, **self._seen(entry, image, easel_state(value).marked, None, None)}
        images, names = gallery(entry.dataset, entry.size)
        if len(images):
            return {**updates, **self._bring(entry, images[:1], [names[0]])}
        return {**updates, self.easel: first_picture(entry), **self._nothing("")}

    @classmethod
    def understood(cls, entry: Entry, said: Mapping[str, str]) -> Looking:
        source = super().understood(entry, said)

        def whole(name: str, low: int, high: int) -> int | None:
            field = Integer(name, name.capitalize(), "Of what is looked at.", low=low, high=high)
            return field.read(said[name]) if name in said else None

        row, column = (whole(name, 0, entry.size - 1) for name in ("row", "column"))
        layer, head = (whole(name, 1, MOST) for name in ("layer", "head"))
        if (row is None) != (column is None) or (layer is None) != (head is None):
            raise InvalidOption("A place is a row and a column, and a head stands in a layer", "row")
        told = read_told(entry.told, {c.name: said[c.name] for c in entry.told if c.name in said}, entry.title)
        place = None if row is None or column is None else (row, column)
        return Looking(source, place, None if layer is None or head is None else (layer, head), told)

    def show(self, entry: Entry, said: Looking) -> Updates:
        if said.place is None:
            return super().show(entry, said.source)
        plain = {c.name: c.plain(said.told[c.name]) for c in entry.told if said.told[c.name] is not None}
        told = self.controls.told[entry.told].shown(plain) if entry.told in self.controls.told.forms else {}
        seen = self._seen(entry, said.source.picture, said.place, said.told, said.head)
        picture = picture_message(said.source.picture, said.source.name)
        easel = {**unmarked_message(), **picture, **seen.get(self.easel, {}), "marked": list(said.place)}
        return {**told, **seen, self.easel: easel}

    def fail(self, words: str) -> Updates:
        return self._nothing(charts.problem(words))

    def _nothing(self, words: str) -> dict[Any, Any]:
        return {self.facts: words, self.heads: "", self.below: ""}

    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        """Another picture, told as what it shows where that is known."""
        known = names[0] if names[0] in gallery(entry.dataset, entry.size)[1] else ""
        told = self.controls.tell(entry, known)
        said = known if told else None
        seen = self._seen(entry, images[0], None, said, None)
        easel = {**unmarked_message(), **picture_message(images[0], names[0]), **seen.get(self.easel, {})}
        return {**told, **seen, self.easel: easel}

    def _measure(self, id: Any) -> str:
        """What one more token takes the chosen model, as a chart."""
        try:
            return views.cost(self.engine.answer(self.engine.request("costs", id)))
        except GenerativeError as e:
            return charts.problem(str(e))

    def _look(self, id: Any, value: Any, head: Any, *told: Any) -> dict[Any, Any]:
        """At the place that is marked, or at the middle."""
        try:
            entry = self.engine.able(id, "attends")
            image, marked = wanted_picture(value, entry), easel_state(value).marked
        except GenerativeError as e:
            return self.fail(str(e))
        said = self.controls.said(entry, dict(zip(self.controls.told.controls, told, strict=True)))
        seen = self._seen(entry, image, marked, said, read_head(head))
        seen.get(self.head, {}).pop("value", None)  # by now another may be chosen: an answer changes nothing asked
        return seen

    def _seen(
        self, entry: Entry, image: Tensor, marked: tuple[int, int] | None, said: Any, head: Head | None
    ) -> dict[Any, Any]:
        """Everything that is shown of a picture (C, H, W), or why there is nothing; of a head that the model does not
        have, the mean."""
        row, column = marked or (entry.size // 2, entry.size // 2)
        try:
            request = self.engine.request("attends", entry, condition=said, images=image, row=row, column=column)
            seen = self.engine.answer(request)
        except GenerativeError as e:
            return self.fail(str(e))
        layers, heads = seen.shares.shape[:2]
        wrong = "" if head is None or (head[0] <= layers and head[1] <= heads) else no_head(entry, layers, heads)
        head = None if wrong else head
        notes = [c.notes(request.condition[c.name]) for c in entry.told]
        where = {"row": str(row), "column": str(column)}  # as words: a 0 is said too
        of_head = {"layer": head[0], "head": head[1]} if head else {}
        link = told_of(entry, image, **where, **of_head, **request.said())
        return {
            self.easel: {**overlay(seen, head), "unless_marked": [row, column]},
            self.head: gr.update(choices=offer(layers, heads), value=written(head)),
            self.facts: wrong + views.facts(seen, [note for note in notes if note]) + link,
            self.heads: views.heads(image, seen, head),
            self.below: views.below(seen),
        }


def overlay(seen: Attention, head: Head | None) -> dict[str, Any]:
    """What lies over the picture: what one head looks at, or the mean of all."""
    if head is None:
        return overlay_message(mean_look(seen), MEAN)
    return overlay_message(head_look(seen, *head), f"Attention, {named(head)}")


def offer(layers: int, heads: int) -> list[tuple[str, str]]:
    """What the list of heads has, by name and value."""
    there = [(layer, head) for layer in range(1, layers + 1) for head in range(1, heads + 1)]
    return [(MEAN, ""), *((named(head).capitalize(), written(head)) for head in there)]


def named(head: Head) -> str:
    return f"layer {head[0]}, head {head[1]}"


def written(head: Head | None) -> str:
    """A head as the list says it."""
    return f"{head[0]}.{head[1]}" if head else ""


def read_head(said: Any) -> Head | None:
    """A head of the list; None for the mean, and for what is none."""
    layer, _, head = said.partition(".") if isinstance(said, str) else ("", "", "")
    known = all(part.isdecimal() and 0 < len(part) < 4 and int(part) for part in (layer, head))
    return (int(layer), int(head)) if known else None


def no_head(entry: Entry, layers: int, heads: int) -> str:
    """That a link names a head which is not there, as HTML."""
    return charts.problem(f"{entry.title} has {layers} layers with {heads} heads each; this is the mean of all.")
