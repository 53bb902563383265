"""A picture with attributes added and taken away: the formula bar, the equation, and how well its directions work."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from generative.data.known import DATASETS
from generative.errors import BadCheckpoint, GenerativeError, InvalidOption
from generative.inference.engine.engine import Engine
from generative.inference.latent.arithmetic import Edit
from generative.inference.latent.atlas import METHODS, Atlas, atlas_of
from generative.inference.latent.formula import Term, parse, written
from generative.inference.sources import decoded
from generative.library.entries import Entry
from generative.web.base.run import DEVICE, QUIET
from generative.web.sources.picker import Picker
from generative.web.tools.arithmetic.direction_table import best_method, direction_table
from generative.web.tools.arithmetic.equation import AMOUNTS, Equation, result_message, strip_message
from generative.web.tools.arithmetic.formula_bar import (
    BarState,
    FormulaBar,
    bar_state,
    directions_message,
    missing_message,
    start_message,
    terms_message,
)
from generative.web.tools.arithmetic.formula_start import (
    SEARCHING,
    Beginning,
    Sum,
    from_before,
    from_picture,
    from_seed,
    from_source,
    from_the_first,
    sum_link,
)
from generative.web.widgets.widget import event_data

UNKNOWN = (
    "It has not been measured in which directions this model's attributes lie, so there is nothing to add yet: "
    "“python -m generative evaluate {id}” finds them. A − B + C, to be chosen at the side, works all the same."
)


class AttributeSum:
    """Built where it is to stand."""

    def __init__(self, engine: Engine, first: Entry, prefix: str) -> None:
        self.engine = engine
        self.bar = FormulaBar({"model": first.id}, elem_id=f"{prefix}-bar")
        self.equation = Equation({"model": first.id}, elem_id=f"{prefix}-equation")
        self.table = gr.HTML(elem_id=f"{prefix}-table", padding=False)

    def wire(self, model: gr.Dropdown, picker: Picker, seed: gr.Number, spread: gr.Slider) -> None:
        """Pictures come from `picker` or are made from `seed`, its noise as wide as `spread` says."""
        live = {"trigger_mode": "always_last", **DEVICE}
        self.bar.expand(self._expand, self.bar, self.outputs, **QUIET)
        self.bar.input(self._redraw, self.bar, self.outputs, **live)
        self.bar.select(self._surround, self.bar, self.outputs, **live)
        self.equation.select(self._take, self.bar, self.outputs, **DEVICE)
        picker.on_picture(model, self._bring, self.fail, self.outputs, {self.equation: {"busy": ""}})
        for brought in (picker.gallery.select, picker.upload.upload):
            brought(self._announce_search, model, self.equation, **QUIET)
        gr.on([seed.change, spread.input], self._seed, [self.bar, seed, spread], self.outputs, **live)

    @property
    def outputs(self) -> list[gr.components.Component]:
        return [self.bar, self.equation, self.table]

    def follow(self, entry: Entry, bar: Any, equation: Any, spread: Any = 1.0) -> dict[Any, Any]:
        """The updates for another model: picture or seed stay if they fit it, and so does the formula."""
        formula = bar.get("formula") if isinstance(bar, dict) else None
        updates = self._begun(from_before(self.engine, entry, equation, spread), formula or "")
        return {component: {"model": entry.id, **message} for component, message in updates.items()}

    def show(self, entry: Entry, said: Sum) -> dict[Any, Any]:
        """The updates for what a link says. Raises GenerativeError."""
        start = (
            from_the_first(self.engine, entry) if said.start is None else from_source(self.engine, entry, said.start)
        )
        updates = self._begun(start, written(said.terms))
        if said.method is not None:
            updates[self.bar]["method"] = said.method
        return {component: {"model": entry.id, **message} for component, message in updates.items()}

    def fail(self, words: str) -> dict[Any, Any]:
        return {self.bar: {"error": words}, self.equation: {"busy": ""}}

    # ── where the formula starts ─────────────────────────────────────────────────────────────────────────────────────

    def _expand(self, value: Any) -> dict[Any, Any]:
        try:
            updates = self._begun(from_the_first(self.engine, self.engine.entry(bar_state(value).model)), "")
            return {component: {**message, "opening": True} for component, message in updates.items()}
        except GenerativeError as e:
            return self.fail(str(e))

    def _bring(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        return self._begun(from_picture(self.engine, entry, images[0], names[0]))

    def _seed(self, value: Any, seed: Any, spread: Any) -> dict[Any, Any]:
        try:
            return self._begun(from_seed(self.engine, self.engine.entry(bar_state(value).model), seed, spread))
        except GenerativeError as e:
            return self.fail(str(e))

    def _begun(self, beginning: Beginning, formula: Any = None) -> dict[Any, Any]:
        """The bar then asks for the result and the strip. With `formula`, one that may be of another model, the bar
        is also told what can be added; without, it keeps its own."""
        start = beginning.start
        offer = {} if formula is None else self._offer(self.engine.entry(start.model), formula)
        return {self.bar: {**start_message(start), **offer}, self.equation: {"of": start.model, **beginning.shown}}

    def _offer(self, entry: Entry, formula: Any) -> dict[str, Any]:
        """What can be added to a picture of this model; the formula stays if all of it can."""
        atlas = self._atlas(entry)
        if atlas is None:
            return missing_message(UNKNOWN.format(id=entry.id))
        terms = opening(entry.dataset, formula, atlas.directions)
        method = best_method(entry, atlas.directions) or METHODS[0]
        return {**directions_message(atlas.directions, method), **terms_message(terms)}

    def _announce_search(self, id: Any) -> Any:
        entry = self.engine.entries.get(id) if isinstance(id, str) else None
        if entry is None or "encodes" in entry.abilities:
            return gr.skip()
        return {"of": entry.id, "busy": SEARCHING.format(title=entry.title)}

    # ── what comes of it ─────────────────────────────────────────────────────────────────────────────────────────────

    def _redraw(self, value: Any) -> dict[Any, Any]:
        """The result of the formula."""
        answer = {"formula": value["formula"]} if isinstance(value, dict) and value.get("typed") is True else {}
        try:
            state, atlas = self._read(value)
            if atlas is None:
                return {self.equation: {"result": None, "formula": "", "at": None, "strip": None}, self.table: ""}
            terms = parse(state.formula, atlas.directions)
            updates = {self.equation: self._result(atlas, state, terms)}
            return {**updates, self.bar: terms_message(terms, state.formula)} if state.typed else updates
        except GenerativeError as e:
            return {self.bar: {"error": str(e), **answer}}

    def _surround(self, value: Any) -> dict[Any, Any]:
        """What other amounts of the chip that was moved last would give, and how well the directions work."""
        try:
            state, atlas = self._read(value)
            if atlas is None:
                return {self.equation: {"strip": None}, self.table: ""}
            terms = parse(state.formula, atlas.directions)
            names = [term.name for term in terms]
            table = direction_table(self.engine.entry(state.model), names, state.method, atlas.directions)
            if state.moved not in names:
                return {self.equation: {"strip": None}, self.table: table}
            others = [term for term in terms if term.name != state.moved]
            latents = [total(atlas, [*others, Term(state.moved, amount)], state) for amount in AMOUNTS]
            images = decoded(self.engine, state.model, torch.stack(latents))
            return {self.equation: {"of": state.model, **strip_message(images, state.moved)}, self.table: table}
        except GenerativeError as e:
            return {self.bar: {"error": str(e)}, self.equation: {"strip": None}}

    def _take(self, value: Any, event: gr.EventData) -> dict[Any, Any]:
        """The amount of a picture of the strip that was clicked."""
        wanted = event_data(event)
        try:
            state, atlas = self._read(value)
            if atlas is None or wanted.get("amount") not in AMOUNTS:
                raise InvalidOption("That picture is no longer on show. Move a slider.", "formula")
            known = parse(state.formula, atlas.directions)
            terms = [Term(t.name, wanted["amount"]) if t.name == wanted.get("name") else t for t in known]
            return {self.bar: terms_message(terms), self.equation: self._result(atlas, state, terms)}
        except GenerativeError as e:
            return {self.bar: {"error": str(e)}}

    def _read(self, value: Any) -> tuple[BarState, Atlas | None]:
        """What the bar says, which has a start, and the atlas of its model, if there is one. Raises GenerativeError."""
        state = bar_state(value)
        entry = self.engine.entry(state.model)
        if state.start is None or state.start.model != entry.id:
            raise InvalidOption("There is nothing yet to add to. Choose a picture or a seed.", "start")
        return state, self._atlas(entry)

    def _result(self, atlas: Atlas, state: BarState, terms: Sequence[Term]) -> dict[str, Any]:
        image = decoded(self.engine, state.start.model, total(atlas, terms, state)[None])[0]
        at = sum_link(self.engine.entry(state.model), state.start, terms, state.method)
        return {"of": state.model, "link": at, **result_message(image, terms, state.moved)}

    def _atlas(self, entry: Entry) -> Atlas | None:
        try:
            return atlas_of(entry)
        except BadCheckpoint:
            return None


def total(atlas: Atlas, terms: Sequence[Term], state: BarState) -> Tensor:
    """(D,) start and formula together. Raises GenerativeError."""
    return Edit(atlas, terms, state.method).of(state.start.latent).latent


def opening(dataset: str, formula: Any, directions: Sequence[str]) -> Sequence[Term]:
    """The terms of `formula`, if there are any and all are known; else those that the page opens with."""
    known = DATASETS[dataset].openings.formula if dataset in DATASETS else ""
    for wish in (formula, known):
        try:
            if wish and (terms := parse(wish, directions)):
                return terms
        except InvalidOption:
            continue
    return [Term(name, 1.0) for name in directions[:1]]
