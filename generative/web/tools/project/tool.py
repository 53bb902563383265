"""Finding a picture: how near a generator without an encoder comes to it, watched while it looks for the latent."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import torch
from gradio.components import Component
from torch import Tensor

from generative.frame import Frame
from generative.inference.engine.limits import MAX_PROJECTIONS
from generative.library.entries import Entry
from generative.web.base.controls import Controls
from generative.web.base.panel import panel
from generative.web.base.run import NO_FACTS, Run, cells, duration, runs, seed_range, told_on_stage
from generative.web.base.tool import Bench, two_columns
from generative.web.sources.picker import Picker
from generative.web.sources.picture_tool import PictureTool
from generative.web.widgets.easel.easel import easel_state, picture_message
from generative.web.widgets.plot.plot import Axis, Chart, one_of_many

LATENT = "The numbers that a generator makes a picture from"
NOTE = (
    f'<p class="note">There is <b>no encoder</b> here that could say which <abbr title="{LATENT}">latent</abbr> makes '
    "a picture, so it has to be looked for. Each search starts at the best of some random draws. Then the network "
    "stays as it is, and its <i>input</i> is moved, step by step, so that what it draws comes nearer. <b>What it "
    "cannot draw, it cannot find</b>: try a scribble of your own.</p>"
)
INVITATION = {"run": "invitation", "notice": "Choose a picture or draw one, then press Search."}
RMSE = "Root mean square error: the root of the mean squared difference between pixel values, which go from 0 to 1"


@dataclass
class Trace:
    """How far each search has come: `errors`, (N,) root mean square errors, at each of `steps`, of which there will be
    `total`."""

    total: int = 1
    steps: list[int] = field(default_factory=list)
    errors: list[Tensor] = field(default_factory=list)

    def of(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The frames of a search, remembered as they pass."""
        with closing(frames):
            for frame in frames:
                self.total = frame.total
                self.steps.append(frame.step)
                self.errors.append(frame.figures["loss"].sqrt().cpu())
                yield frame


class ProjectTool(PictureTool):
    """The picture to be found on an easel, beside it a stage with what each search has found so far."""

    title = "Find a picture"
    ability = "projects"
    invitation = INVITATION

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        prefix, first = bench.prefix, bench.first
        controls, stage = two_columns()
        with controls:
            self.controls = Controls(bench, "projects", MAX_PROJECTIONS)
        with stage:
            self.picker = Picker(self.engine, first, prefix)
            self.build_pair()
            self.report = panel("project", f"{prefix}-report")
            panel("project", f"{prefix}-note", NOTE)
        bench.restores(self.stage)
        self.picker.on_picture(self.controls.model, self._show, self.fail, [self.easel, *self._results])
        runs(self.controls, self._search, [self.easel], self.stage, self._results, self.face, given)

    @property
    def _results(self) -> list[Component]:
        return [self.stage, self.report]

    @property
    def outputs(self) -> list[Component]:
        return [*self.controls.chosen, *self.picker.chosen, self.easel, *self._results]

    def cleared(self, entry: Entry) -> dict[Any, Any]:
        """What was found before is taken away, since it was about something else."""
        return {self.stage: INVITATION, self.report: ""}

    def _show(self, entry: Entry, images: Tensor, names: list[str]) -> dict[Any, Any]:
        return {self.easel: picture_message(images[0], names[0]), **self.cleared(entry)}

    @told_on_stage(1)
    def _search(self, *values: Any) -> Iterator[tuple[Any, Any]]:
        trace = Trace()
        run = Run(self.engine, self.controls.request(*values[:-1], **given(values[-1])), trace.of)
        for message in run.messages():
            yield message, (facts(run) if message["done"] else NO_FACTS) + curve(trace)


def given(value: Any) -> dict[str, Tensor]:
    """What the easel gives a request."""
    return {"images": easel_state(value).image}


def facts(run: Run) -> str:
    """What the searches took and which of them came nearest."""
    errors = run.figures["loss"].sqrt()
    asked = ", ".join(f"{name}: {value}" for name, value in run.request.told.items())
    items = [
        (
            "Time",
            f"{duration(run.seconds)} ({duration(run.seconds / len(errors))} a search)",
            "From the request to the last step",
        ),
        ("Nearest", f"seed {run.request.seeds.first + int(errors.argmin())}, error {float(errors.min()):.3f}", RMSE),
        ("Seeds", seed_range(run.request.seeds), "The same seed begins at the same draws and finds the same picture"),
    ]
    if run.request.entry.told:
        items.append(
            (
                "Start",
                asked or "all classes were tried",
                "The class of the draws that a search begins with; it moves along with the rest",
            )
        )
    return f'<dl class="facts">{cells(items)}</dl>'


def curve(trace: Trace) -> str:
    """The error of each search over its steps, the nearest one on top, as a chart that grows towards its right edge."""
    errors = torch.stack(trace.errors)
    top = float(errors.max()) or 1.0
    best = int(errors[-1].argmin())
    lines = one_of_many(trace.steps, errors, best)
    words = f"Error of each search: the nearest is at {float(errors[-1, best]):.3f} after {trace.steps[-1]} steps"
    steps = Axis(0, trace.total, [(trace.total, f"{trace.total} steps")])
    chart = Chart(words, lines, steps, Axis(0, top, [(0, "0"), (top, f"{top:.2g}")]))
    caption = f'<abbr title="{RMSE}">Error</abbr> of each search, the nearest one in colour'
    return f"<figure>{chart.to_html()}<figcaption>{caption}</figcaption></figure>"
