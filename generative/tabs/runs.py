"""From a checked request to what the page shows: stage messages at a steady pace, and the facts of the run."""

import html
import math
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from generative.frame import Frame
from generative.inference.engine import Engine, Request
from generative.tabs.stage import frame_message

PACE = 1 / 13  # seconds between messages: faster ones would replace one another before they are drawn
MOST_MOMENTS = 100  # of one run that the browser is sent and keeps


@dataclass
class Run:
    """One run on the page: `messages` yields what the stage is sent; then `seconds` is what it took."""

    engine: Engine
    request: Request
    seconds: float = 0.0

    @property
    def time(self) -> str:
        return f"{duration(self.seconds)} ({duration(self.seconds / len(self.request.seeds))} an image)"

    @property
    def evaluations(self) -> str:
        number = self.engine.model(self.request.entry.id).evaluations(self.request.options)
        return f"{number} an image"

    def messages(self) -> Iterator[dict]:
        """Stage messages, each with the frames since the one before; the last one is done."""
        run, request = uuid.uuid4().hex, self.request
        alt = f"{request.label or 'image'} drawn by {request.entry.title}"
        moments: list[Frame] = []
        began, start, sent = time.monotonic(), None, None
        for frame in self.engine.sample(request):
            now = time.monotonic()
            start = start or now  # the first frame comes when the device is free and the model is loaded
            last = frame.step == frame.total
            if last or frame.step * MOST_MOMENTS // frame.total > (frame.step - 1) * MOST_MOMENTS // frame.total:
                moments.append(frame)
            if not last and (not moments or (sent is not None and now - sent < PACE)):
                continue
            left = (now - start) / max(1, frame.step - 1) * (frame.total - frame.step) if frame.step > 1 else None
            self.seconds = now - began
            yield frame_message(
                run,
                moments,
                list(request.seeds),
                request.captions,
                alt,
                seconds_left=left,
                done=last,
                duration=self.seconds if last else None,
                recipes=[request.provenance(i).to_json() for i in range(len(request.seeds))] if last else None,
                grid_recipe=request.provenance().to_json() if last else None,
            )
            sent, moments = time.monotonic(), []


def facts(run: Run) -> str:
    """What a run took and how to come back to it, as HTML."""
    request, seeds = run.request, run.request.seeds
    last = seeds.first + len(seeds) - 1
    items = [
        ("Time", run.time, "From the request to the last picture"),
        ("Network evaluations", run.evaluations, "How many times the network runs to draw one image"),
        (
            "Seeds",
            f"{seeds.first} – {last}" if last > seeds.first else str(seeds.first),
            "The same seed draws the same image",
        ),
    ]
    cells = "".join(
        f'<div title="{html.escape(why)}"><dt>{name}</dt><dd>{html.escape(value)}</dd></div>'
        for name, value, why in items
    )
    address = f'<a href="{html.escape(link(request))}">This very run</a>'
    return f'<dl class="facts">{cells}<div><dt>Link</dt><dd>{address}</dd></div></dl>'


def link(request: Request) -> str:
    """The query string that opens the page with this run; options at their defaults are left out."""
    made = request.provenance()
    defaults = type(request.options).defaults()
    options = {k: v for k, v in made.options.items() if v != defaults[k]}
    return "?" + urlencode({"model": made.model, "seed": made.seed, "count": made.count, **options})


def duration(seconds: float) -> str:
    """ "420 ms", "3.2 s" or "2 min 5 s"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{math.floor(seconds / 60)} min {seconds % 60:.0f} s"
