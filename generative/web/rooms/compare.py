"""The Compare tab: two to four models, told the same, with the same seeds, side by side."""

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from generative.data.known import title
from generative.errors import GenerativeError, check_integer
from generative.families import GENERATIVE
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.card import sheet_message
from generative.web.base.face import Face
from generative.web.base.forms import Form, Forms
from generative.web.base.link import made
from generative.web.base.run import DEVICE, QUIET, Run
from generative.web.base.seeds import lockable_seed_row, pressing
from generative.web.base.together import together
from generative.web.base.visit import opening
from generative.web.rooms import compare_link
from generative.web.rooms.compare_link import MOST, MOST_IMAGES
from generative.web.rooms.comparison import Column, comparison
from generative.web.widgets.stage.stage import Stage, say, stopped_message

SHOWN = 9  # earlier samples of a model
TOLD = "Told to the models that learnt what it means; what the others draw is up to the seed."
UNTOLD = "These models can be told nothing: what they draw is up to the seed."


class CompareTab:
    def __init__(self, engine: Engine, dataset: str | None) -> None:
        self.engine = engine
        self.entries = engine.usable()
        self.dataset = gr.State(dataset, render=False)
        self.face = Face({}, sender="compare", elem_id="compare-face")
        self.stages: list[Stage] = []
        gr.Markdown(
            "The same wish and the same seeds, drawn by **up to four models**, with what each one cost.",
            elem_classes="in-short",
        )
        if len(self.entries) < 2:
            gr.Markdown("Two models are needed to compare.")
            return
        with gr.Row(elem_classes="bench"):
            with gr.Column(scale=0, min_width=320, elem_classes="controls"):
                self._controls(dataset)
            with gr.Column(scale=1, min_width=300):
                with gr.Row(elem_classes="compare-grid"):
                    self._results(dataset)
                self.table = gr.HTML(about(self._opening(dataset)), elem_id="compare-facts", padding=False)
        self._wire()

    def _controls(self, dataset: str | None) -> None:
        about = {"label": "Models", "elem_id": "compare-models", "interactive": True}
        how = "one after another" if len(self.engine.devices) == 1 else "at the same time, each on a device of its own"
        self.models = gr.CheckboxGroup(info=f"Two to four. They run {how}.", **about, **self._offer(dataset))
        self.told = Forms()
        for name in dict.fromkeys(entry.dataset for entry in self.entries):
            told = dict.fromkeys(c for entry in self.entries if entry.dataset == name for c in entry.told)
            if told:
                self.told.forms[name] = Form(told, {}, f"compare-{name}", visible=name == dataset)
        self.note = gr.Markdown(self._note(dataset), elem_classes="note")
        about = {"label": "Number of images", "elem_id": "compare-count", "interactive": True}
        self.count = gr.Slider(1, MOST_IMAGES, value=9, step=1, **about)
        self.seed, _, self.lock = lockable_seed_row("compare")
        with gr.Row(elem_classes="go"):
            self.run = gr.Button("Compare", variant="primary", scale=2, min_width=120, elem_id="compare-generate")
            self.stop = gr.Button("Stop", min_width=80, elem_id="compare-stop")
        self.problem = gr.Markdown(elem_id="compare-problem", elem_classes="problem")

    def _results(self, dataset: str | None) -> None:
        self.columns = []
        for i, entry in enumerate(self._opening(dataset)):
            with gr.Column(min_width=160, elem_classes="compare-cell", visible=entry is not None) as column:
                self.stages.append(Stage(sheet(entry), elem_id=f"compare-stage-{i}", elem_classes="compact"))
            self.columns.append(column)

    def _wire(self) -> None:
        inputs = self.inputs
        outputs = [self.problem, *self.columns, *self.stages, self.table]
        pressed = {"js": pressing("compare-stage-0"), "api_visibility": "private"}
        self.run.click(None, [self.seed, self.lock, self.face], [self.seed, self.face], **pressed)
        event = gr.on(
            [self.face.submit, self.seed.submit],
            self._compare,
            inputs,
            outputs,
            validator=self._validate,
            trigger_mode="once",
            **DEVICE,
        )
        self.stop.click(lambda: [stopped_message()] * MOST, None, self.stages, cancels=[event], queue=False, **QUIET)

    @property
    def outputs(self) -> list[Component]:
        """What `follow` and `recall` change."""
        told = [*self.told.groups, *self.told.controls]
        own = [self.dataset, self.face, self.models, self.note, self.count, self.seed, self.problem, self.table]
        return [*own, *told, *self.columns, *self.stages]

    def follow(self, dataset: str, shown: str | None) -> dict[Any, Any]:
        """The updates for another data set than is `shown`."""
        return {} if dataset == shown else {self.dataset: dataset, **self._change_dataset(dataset)}

    def recall(self, requests: Sequence[Request]) -> dict[Any, Any]:
        """The updates that make the controls say `requests`, if there are any; the face then asks for them. Not in one
        with those of `follow`: a list of models that gets other choices at the same time forgets what is chosen."""
        if not requests:
            return {}
        first, told = requests[0], {name: value for r in requests for name, value in r.told.items()}
        form = self.told.forms.get(first.entry.dataset)
        return {
            self.models: [request.entry.id for request in requests],
            self.count: len(first.seeds),
            self.seed: first.seeds.first,
            self.face: {"run": uuid.uuid4().hex},
            **(form.shown(told) if form else {}),
        }

    @property
    def inputs(self) -> list[Component]:
        return [self.models, self.count, self.seed, *self.told.controls]

    def _offer(self, dataset: str | None) -> dict[str, Any]:
        """What the list of models offers, at first with one of each family chosen."""
        there = [e for e in self.entries if e.dataset == dataset]
        families = [[e for e in there if e.family == family] for family in GENERATIVE]
        first = [opening(entries).id for entries in families if entries]
        more = [e.id for e in there if e.id not in first]
        chosen = [*first, *more][: max(2, min(MOST, len(first)))]
        return {"choices": [(e.title, e.id) for e in there], "value": chosen}

    def _note(self, dataset: str | None) -> str:
        return TOLD if dataset in self.told.forms else UNTOLD

    def _opening(self, dataset: str | None) -> list[Entry | None]:
        """The models chosen at first, as many as there are stages."""
        chosen = [self.engine.entries[id] for id in self._offer(dataset)["value"]]
        return [*chosen, *[None] * (MOST - len(chosen))]

    def _change_dataset(self, dataset: str) -> dict[Any, Any]:
        models = self._offer(dataset)
        few = f"Two models of {title(dataset)} are needed to compare; here are {len(models['choices'])}."
        updates = {
            self.models: gr.update(**models),
            self.note: self._note(dataset),
            **self.told.turn(dataset),
            self.problem: "" if len(models["choices"]) > 1 else few,
        }
        entries = self._opening(dataset)
        for entry, column, stage in zip(entries, self.columns, self.stages, strict=True):
            updates |= {column: gr.update(visible=entry is not None), stage: sheet(entry)}
        return {**updates, self.table: about(entries)}

    def _requests(self, *values: Any) -> list[Request]:
        said = dict(zip(self.inputs, values, strict=True))
        models = compare_link.check_models(said[self.models])
        count = check_integer("count", said[self.count], 1, MOST_IMAGES)
        about = {"seed": said[self.seed], "count": count}
        entries = [self.engine.entry(id) for id in models]
        return [self.engine.request("samples", e, condition=self._said(e, said), **about) for e in entries]

    def _said(self, entry: Entry, said: Mapping[Component, Any]) -> dict[str, Any]:
        """What a model is told of what the visitor wishes: what it learnt the meaning of."""
        form = self.told.forms.get(entry.dataset)
        wishes = form.said(said) if form else {}
        return {condition.name: wishes[condition.name] for condition in entry.told}

    def _validate(self, *values: Any) -> list[dict]:
        wrong, words = None, ""
        try:
            self._requests(*values)
        except GenerativeError as e:
            wrong, words = {"count": self.count, "seed": self.seed}.get(e.field, self.models), str(e)
        return [gr.validate(control is not wrong, words if control is wrong else "") for control in self.inputs]

    def _compare(self, *values: Any) -> Iterator[dict[Any, Any]]:
        try:
            requests = self._requests(*values)
        except GenerativeError as e:
            yield {self.problem: str(e)}
            return
        beside, address = [Column(request.entry) for request in requests], made(compare_link.written(requests))
        yield {
            self.problem: "",
            **{column: gr.update(visible=i < len(requests)) for i, column in enumerate(self.columns)},
            **{
                stage: {"run": f"waiting {time.time()} {i}", "title": r.entry.title, "notice": "Waiting for its turn…"}
                for i, (stage, r) in enumerate(zip(self.stages, requests, strict=False))
            },
            self.table: comparison(beside) + address,
        }
        runs = [self._draw(request, i, beside, address) for i, request in enumerate(requests)]
        yield from together(runs, len(self.engine.devices))

    def _draw(self, request: Request, place: int, beside: list[Column], address: str) -> Iterator[dict[Any, Any]]:
        """What one of the models does on its stage, and then in the table, which holds the address of it all."""
        run, stage = Run(self.engine, request), self.stages[place]
        try:
            for message in run.messages():
                yield {stage: {**message, "title": request.entry.title}}
            beside[place] = Column(request.entry, run)
            yield {self.table: comparison(beside) + address}
        except GenerativeError as e:
            yield {stage: {**say(error=str(e)), **stopped_message()}}


def sheet(entry: Entry | None) -> dict[str, Any] | None:
    """What a stage shows before anything was drawn: earlier samples."""
    return None if entry is None else {**sheet_message(entry, SHOWN), "title": entry.title}


def about(entries: Sequence[Entry | None]) -> str:
    """The comparison before anything was drawn."""
    return comparison([Column(entry) for entry in entries if entry is not None])
