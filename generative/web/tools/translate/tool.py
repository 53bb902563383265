"""Translating: a picture becomes one of another kind and comes back, and what is hidden on the way is made visible."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import gradio as gr
from gradio.components import Component
from torch import Tensor

from generative.errors import GenerativeError
from generative.frame import Frame
from generative.inference.engine.request import Request
from generative.inference.translation import Translations, pictures_of
from generative.library.entries import Entry
from generative.models.gans.domains import Pair
from generative.web.base.controls import Controls
from generative.web.base.panel import Heading, asked, classes, panel
from generative.web.base.run import DEVICE, NO_FACTS, QUIET, Run, runs, told_on_stage
from generative.web.base.tool import Bench, Updates, two_columns
from generative.web.sources.picker import Picker
from generative.web.sources.picture_tool import PictureTool
from generative.web.tools.translate.views import facts, gallery, journey
from generative.web.widgets.easel.easel import easel_state, picture_message
from generative.web.widgets.plot.charts import problem

SHOWN = 6  # pictures of the gallery, each way
HEADING = '<h2 data-state="ready">Pictures that it never saw, there and back, in both directions</h2>'
NOTE = (
    "Two generators, each to the other kind of picture, and a critic for each kind; **no two training pictures belong "
    "together**. What makes them agree is the way back: a picture that goes there and returns is to be what it was "
    "(*cycle consistency*). But a drawing cannot tell every colour. So that all can come back, the generators learn to "
    "**hide** it in the drawing, as a pattern too faint to see (Chu et al. 2017)."
)
INVITATION = {"run": "invitation", "notice": "Choose a picture, then press Translate."}


class TranslateTool(PictureTool):
    """The picture on an easel, beside it the translation, under them the whole way; at the end the gallery, which is
    asked for when the heading comes on show for the first time, and whenever another model has renewed it."""

    title = "Translate"
    ability = "translates"
    invitation = INVITATION

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "translates", 1)
            self.draw = gr.Button("Have the seed's picture drawn", size="sm", elem_id=f"{prefix}-draw")
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            self._kinds(prefix, first)
            self.build_pair()
            self.facts = gr.HTML(NO_FACTS, elem_id=f"{prefix}-facts", padding=False)
            self.way = panel("translate", f"{prefix}-way")
            gr.Markdown(NOTE, elem_classes="note")
            self.heading = Heading(asked(first), classes("translate"), HEADING, elem_id=f"{prefix}-heading")
            self.gallery = panel("trials results-translate", f"{prefix}-gallery")
        self._wire()

    def _kinds(self, prefix: str, first: Entry) -> None:
        about = {"interactive": True, "min_width": 260}
        with gr.Row(elem_classes="asks"):
            self.to = gr.Radio(**offer(first), label="Into a", elem_id=f"{prefix}-to", **about)
            self.prepared = gr.Checkbox(
                True,
                label="Draw it in pencil first",
                info="By the rule that made the training drawings. Not for a drawing of yours.",
                visible=pair(first).prepares(1),
                elem_id=f"{prefix}-prepared",
                **about,
            )

    def _wire(self) -> None:
        model, given_by = self.controls.model, [self.easel, self.to, self.prepared]
        self.bench.restores(self.stage)
        self.picker.on_picture(model, self._show, self.fail, [self.easel, self.stage, self.facts, self.way])
        self.draw.click(self._draw, [model, self.controls.seed], [self.easel, *self._results], **DEVICE)
        self.to.change(self._turn, [model, self.to], self.prepared, **QUIET)
        self.heading.input(self._gallery, self.heading, self.gallery, trigger_mode="always_last", **DEVICE)
        runs(self.controls, self._translate, given_by, self.stage, self._results, self.face, given)

    @property
    def _results(self) -> list[Component]:
        return [self.stage, self.facts, self.way]

    @property
    def outputs(self) -> list[Component]:
        own = [self.easel, self.to, self.prepared, self.heading, *self._results]
        return [*self.controls.chosen, *self.picker.chosen, *own]

    def cleared(self, entry: Entry) -> dict[Any, Any]:
        shown = {self.to: gr.update(**offer(entry)), self.prepared: self._prepared(entry, 1)}
        return {**shown, **self._nothing, self.heading: asked(entry)}

    @property
    def _nothing(self) -> dict[Any, Any]:
        return {self.stage: dict(INVITATION), self.facts: NO_FACTS, self.way: ""}

    def recall(self, request: Request, *held: Any) -> Updates:
        """The picture comes back with the kind that it became."""
        entry, place = request.entry, pair(request.entry).place(request.inputs["to"])
        return {
            **super().recall(request),
            self.to: gr.update(**{**offer(entry), "value": request.inputs["to"]}),
            self.prepared: self._prepared(entry, place, request.inputs.get("prepared", False)),
            self.way: "",
        }

    def _prepared(self, entry: Entry, place: int, value: bool = True) -> Any:
        return gr.update(visible=pair(entry).prepares(place), value=value)

    def _turn(self, model: Any, to: Any) -> Any:
        """Whether there is something to make of the picture first depends on where it goes."""
        try:
            entry = self.engine.able(model, self.ability)
            return gr.update(visible=pair(entry).prepares(pair(entry).place(to)))
        except GenerativeError:
            return gr.skip()

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        return {self.easel: picture_message(images[0], names[0]), **self._nothing}

    def _draw(self, model: Any, seed: Any) -> dict[Any, Any]:
        """A picture that another model of this family draws of the seed."""
        try:
            entry = self.engine.able(model, self.ability)
            kind = entry.dataset, entry.size, entry.channels
            able = [e for e in self.engine.usable(entry.family) if (e.dataset, e.size, e.channels) == kind]
            if not able:
                return self.fail("There is no model here that draws such pictures. Choose one from the gallery.")
            image = self.engine.answer(self.engine.request("samples", able[0], seed=seed)).images[0].cpu()
            return {self.easel: picture_message(image, f"Seed {seed}, {able[0].title}"), **self._nothing}
        except GenerativeError as e:
            return self.fail(str(e))

    @told_on_stage(2)
    def _translate(self, *values: Any) -> Iterator[tuple[Any, Any, Any]]:
        request = self.controls.request(*values[:-3], **given(*values[-3:]))
        last: list[Frame] = []
        run = Run(self.engine, request, lambda frames: kept(frames, last.append))
        for message in run.messages():
            if not message["done"]:
                yield message, gr.skip(), gr.skip()
                continue
            done, kinds = Translations(last[0], request.seeds), pair(request.entry)
            noise = request.options.plain()["disturbed"]
            yield message, facts(run, done), journey(done, kinds, kinds.place(request.inputs["to"]), noise)

    def _gallery(self, asked: Any) -> str:
        try:
            entry = self.engine.able(asked.get("model") if isinstance(asked, dict) else None, self.ability)
            return "".join(self._each_way(entry, place) for place in (1, 0))
        except GenerativeError as e:
            return problem(str(e))

    def _each_way(self, entry: Entry, place: int) -> str:
        """Test pictures translated to the kind `place` and back; nothing where none are bundled."""
        images = pictures_of(entry, 1 - place, SHOWN)
        if not len(images):
            return ""
        given = {"images": images, "to": pair(entry).names[place], "prepared": True}
        request = self.engine.request("translates", entry, count=len(images), **given)
        return gallery(Translations(self.engine.answer(request), request.seeds), pair(entry), place)


def pair(entry: Entry) -> Pair:
    """The two kinds of pictures of a translator."""
    return entry.kind_class.pair


def offer(entry: Entry) -> dict[str, Any]:
    """The kinds that a picture can become, and the one to begin with."""
    kinds = pair(entry).domains
    return {"choices": [(kind.title, kind.name) for kind in reversed(kinds)], "value": kinds[1].name}


def given(value: Any, to: Any, prepared: Any) -> dict[str, Any]:
    """What easel and controls give a request."""
    return {"images": easel_state(value).image, "to": to, "prepared": prepared}


def kept(frames: Iterator[Frame], end: Callable[[Frame], None]) -> Iterator[Frame]:
    """The frames, of which `end` is given the last."""
    with closing(frames):
        for frame in frames:
            if frame.step == frame.total:
                end(frame)
            yield frame
