"""The Compare tab: two to four models, the same class, the same seeds, side by side."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from generative.data.known import title
from generative.errors import GenerativeError, InvalidOption
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.web.base.card import sheet_message
from generative.web.base.controls import ANY, Wish, seed_row
from generative.web.base.run import DEVICE, QUIET, Run
from generative.web.base.visit import opening
from generative.web.rooms.comparison import Column, comparison
from generative.web.widgets.stage.stage import Stage, say, stopped_message

MOST, MOST_IMAGES = 4, 16
SHOWN = 9  # earlier samples of a model
TOLD = "For the models that were told classes; what the others draw is up to the seed."
UNTOLD = "These models learnt without classes: what they draw is up to the seed."


class CompareTab:
    def __init__(self, engine: Engine, dataset: str | None) -> None:
        self.engine = engine
        self.entries = engine.usable()
        self.dataset = gr.State(dataset, render=False)
        self.stages: list[Stage] = []
        gr.Markdown(
            "The same class and the same seeds, drawn by **up to four models**, with what each one cost.",
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
        models, classes = self._offer(dataset)
        about = {"label": "Models", "elem_id": "compare-models", "interactive": True}
        self.models = gr.CheckboxGroup(info="Two to four. They run one after another.", **about, **models)
        self.label = gr.Dropdown(label="Class", elem_id="compare-class", **classes)
        about = {"label": "Number of images", "elem_id": "compare-count", "interactive": True}
        self.count = gr.Slider(1, MOST_IMAGES, value=9, step=1, **about)
        self.seed, _ = seed_row("compare")
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
        inputs = [self.models, self.label, self.count, self.seed]
        outputs = [self.problem, *self.columns, *self.stages, self.table]
        event = gr.on(
            [self.run.click, self.seed.submit],
            self._compare,
            inputs,
            outputs,
            validator=self._validate,
            trigger_mode="once",
            **DEVICE,
        )
        changed = [self.models, self.label, *outputs]
        self.dataset.change(self._change_dataset, self.dataset, changed, **QUIET)
        self.stop.click(lambda: [stopped_message()] * MOST, None, self.stages, cancels=[event], queue=False, **QUIET)

    def _offer(self, dataset: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the lists of models, at first with one of each family chosen, and of classes offer."""
        there = [e for e in self.entries if e.dataset == dataset]
        of = {family: [e for e in there if e.family == family] for family in dict.fromkeys(e.family for e in there)}
        first = [opening(entries).id for entries in of.values()]
        more = [e.id for e in there if e.id not in first]
        classes = list(dict.fromkeys(c for e in there for c in e.classes))
        chosen = [*first, *more][: max(2, min(MOST, len(first)))]
        models = {"choices": [(e.title, e.id) for e in there], "value": chosen}
        info = TOLD if classes else UNTOLD
        return models, {"choices": [ANY, *classes], "value": ANY, "interactive": bool(classes), "info": info}

    def _opening(self, dataset: str | None) -> list[Entry | None]:
        """The models chosen at first, as many as there are stages."""
        chosen = [self.engine.entries[id] for id in self._offer(dataset)[0]["value"]]
        return [*chosen, *[None] * (MOST - len(chosen))]

    def _change_dataset(self, dataset: str) -> dict[Any, Any]:
        models, classes = self._offer(dataset)
        few = f"Two models of {title(dataset)} are needed to compare; here are {len(models['choices'])}."
        updates = {
            self.models: gr.update(**models),
            self.label: gr.update(**classes),
            self.problem: "" if len(models["choices"]) > 1 else few,
        }
        entries = self._opening(dataset)
        for entry, column, stage in zip(entries, self.columns, self.stages, strict=True):
            updates |= {column: gr.update(visible=entry is not None), stage: sheet(entry)}
        return {**updates, self.table: about(entries)}

    def _requests(self, models: Any, label: Any, count: Any, seed: Any) -> list[Request]:
        if not isinstance(models, list) or not 2 <= len(set(map(str, models))) == len(models) <= MOST:
            raise InvalidOption(f"Choose two to {MOST} models", "models")
        requests = [Wish(id, label, count, seed, {}).request(self.engine) for id in models]
        if len(requests[0].seeds) > MOST_IMAGES:
            raise InvalidOption(f"count must be a whole number from 1 to {MOST_IMAGES}", "count")
        return requests

    def _validate(self, *values: Any) -> list[dict]:
        names = ["models", "label", "count", "seed"]
        try:
            self._requests(*values)
        except GenerativeError as e:
            at = e.field if e.field in names else "models"
            return [gr.validate(name != at, str(e) if name == at else "") for name in names]
        return [gr.validate(True, "") for _ in names]

    def _compare(self, *values: Any) -> Iterator[dict[Any, Any]]:
        try:
            requests = self._requests(*values)
        except GenerativeError as e:
            yield {self.problem: str(e)}
            return
        beside = [Column(request.entry) for request in requests]
        yield {
            self.problem: "",
            **{column: gr.update(visible=i < len(requests)) for i, column in enumerate(self.columns)},
            **{
                stage: {"run": f"waiting {time.time()} {i}", "title": r.entry.title, "notice": "Waiting for its turn…"}
                for i, (stage, r) in enumerate(zip(self.stages, requests, strict=False))
            },
            self.table: comparison(beside),
        }
        for i, (request, stage) in enumerate(zip(requests, self.stages, strict=False)):
            run = Run(self.engine, request)
            try:
                for message in run.messages():
                    yield {stage: {**message, "title": request.entry.title}}
                beside[i] = Column(request.entry, run)
                yield {self.table: comparison(beside)}
            except GenerativeError as e:
                yield {stage: {**say(error=str(e)), **stopped_message()}}


def sheet(entry: Entry | None) -> dict[str, Any] | None:
    """What a stage shows before anything was drawn: earlier samples."""
    return None if entry is None else {**sheet_message(entry, SHOWN), "title": entry.title}


def about(entries: Sequence[Entry | None]) -> str:
    """The comparison before anything was drawn."""
    return comparison([Column(entry) for entry in entries if entry is not None])
