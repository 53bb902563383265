"""From a checked request to what the page shows: stage messages at a steady pace, and the facts of the run."""

import html
import math
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import Dependency
from torch import Tensor

from generative.errors import GenerativeError
from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures.provenance import to_note
from generative.models.diffusion.by_another import helper
from generative.seeds import Seeds
from generative.web.base.face import Face
from generative.web.base.seeds import pressing
from generative.web.widgets.stage.stage import Stage, frame_message, reused_seed, say, stopped_message, waiting_message

if TYPE_CHECKING:
    from generative.web.base.controls import Controls

Acting = Callable[..., Iterator[tuple[Any, ...]]]
QUIET = {  # at every event Gradio tells all that showed one before, and looks through all that stands in it
    "api_visibility": "private",
    "show_progress": "hidden",
    "show_progress_on": [],
}
NO_FACTS = '<dl class="facts"></dl>'  # keeps their place, so that nothing moves when they come
DEVICE = {"concurrency_id": "device", "concurrency_limit": 1, **QUIET}
NOT_TYPICAL = (
    "With top-k 1 each value is the likeliest one, so all seeds of a class draw the same. Such a picture costs far "
    "fewer bits than a real one and looks like none: what is typical is spread over very many, each improbable"
)
LONGEST_CODE = 4000  # characters; with a picture in it, it is longer
FITS = (
    "How much less surprising the sentence makes a drawing, log₂ p(tokens | sentence) − log₂ p(tokens), by the model "
    "itself. The more, the more of what was said is in it"
)
PACE = 1 / 13  # seconds between messages: faster ones would replace one another before they are drawn
DIGITS = {"loss": 3, "bits_per_dim": 2, "bits_per_token": 2, "energy": 0}  # of a figure in a caption, behind the point
RANKING = {"bits_per_dim": "bits/dim", "bits_per_token": "bits/token", "energy": "energy"}  # the lowest is the best
LEAST_MOMENTS, MOST_BYTES = 100, 6_000_000  # of one run that the browser is sent and keeps


def after_each(events: Sequence[Any]) -> Dependency:
    """What any of `events` sets going: ``after_each(events).then(f, …, trigger_mode="always_last")``.

    Gradio repeats an event that came while such a listener was busy for *all* who listen to it. Where two of them do
    so at first hand, each has the other repeated, and the page never comes to rest.
    """
    return gr.on(events, None, js="() => []", **QUIET)


def once_there(face: Face) -> Callable[..., Dependency]:
    """`then` of the moment when the controls say what an errand to a tool brought: lists do so a little late."""
    return face.submit(lambda: None, None, None, queue=False, **QUIET).then


def _reused(event: gr.EventData) -> Any:
    """The seed of a picture; for none the field is left alone, and not sent back whatever a stranger wrote into it."""
    return reused_seed(gr.skip(), event)


def runs(
    controls: "Controls",
    act: Callable[..., Iterator[Any]],
    more: list[Any],
    stage: Stage,
    outputs: list[Any],
    face: Face,
    given: Callable[..., dict[str, Any]] | None = None,
) -> None:
    """Wires a tool that runs: what is asked is checked, waits in line, and is done by `act`; *Stop* says what it ended.

    act: gets the values of the controls' inputs and of `more`, yields those of `outputs`. given: what the values of
    `more` give a request. face: its ``submit`` asks for a run; the button makes it do so, with the next seed.
    """
    inputs = [*controls.inputs, *more]
    pressed = {"js": pressing(stage.elem_id or ""), "api_visibility": "private"}
    controls.generate.click(None, [controls.seed, controls.lock, face], [controls.seed, face], **pressed)
    check = {"validator": controls.validator(given, len(more)), "trigger_mode": "once"}
    asked = gr.on(
        [controls.seed.submit, face.submit],
        lambda *_: waiting_message(),
        inputs,
        stage,
        **check,
        **QUIET,
    )
    run = asked.success(act, inputs, outputs, trigger_mode="once", **DEVICE)
    controls.stop.click(stopped_message, None, stage, cancels=[asked, run], queue=False, **QUIET)
    stage.select(_reused, None, controls.seed, **QUIET)


def told_on_stage(others: int) -> Callable[[Acting], Acting]:
    """Of a method that a tool runs and that yields a message for the stage and updates of `others` besides: what is
    wrong is told on the stage, and the others are left as they are."""

    def decorate(act: Acting) -> Acting:
        @wraps(act)
        def told(*values: Any) -> Iterator[tuple[Any, ...]]:
            try:
                yield from act(*values)
            except GenerativeError as e:
                yield {**say(error=str(e)), **stopped_message()}, *[gr.skip()] * others

        return told

    return decorate


@dataclass
class Run:
    """One run on the page: `messages` yields what the stage is sent; then `seconds` is what it took."""

    engine: Engine
    request: Request
    watch: Callable[[Iterator[Frame]], Iterator[Frame]] = iter  # sees every frame, also those that are not sent
    seconds: float = 0.0
    figures: Mapping[str, Tensor] = field(default_factory=dict)  # of each image, when the run is done

    @property
    def time(self) -> str:
        return f"{duration(self.seconds)} ({duration(self.seconds / len(self.request.seeds))} an image)"

    @property
    def passes(self) -> int:
        """How many times the network runs for one image."""
        return self.engine.model(self.request.entry.id).evaluations(self.request.options)

    @property
    def evaluations(self) -> str:
        helped = self.engine.model(self.request.entry.id).helper_passes(self.request.options)
        return f"{self.passes} an image" + (f", and {helped} of {helper(self.request.options)}" if helped else "")

    def messages(self) -> Iterator[dict]:
        """Stage messages, each with the frames since the one before; the last one is done."""
        run, request = uuid.uuid4().hex, self.request
        link = request.link()  # in each message, of which a browser may pass over all but the last
        drawn = "images" not in request.ability.inputs  # what comes of a picture is ranked instead
        deed = "drawn" if drawn else request.ability.deed
        alt = f"{', '.join(map(str, request.told.values())) or 'image'} {deed} by {request.entry.title}"
        moments: list[Frame] = []
        began, start, sent = time.monotonic(), None, None
        for frame in self.watch(self.engine.run(request, shown=sent_to_browsers)):
            now = time.monotonic()
            start = start or now  # the first frame comes when the device is free and the model is loaded
            last = frame.step == frame.total
            if sent_to_browsers(frame):
                moments.append(frame)
            if not last and (not moments or (sent is not None and now - sent < PACE)):
                continue
            left = (now - start) / max(1, frame.step - 1) * (frame.total - frame.step) if frame.step > 1 else None
            self.seconds, self.figures = now - began, frame.figures
            yield frame_message(
                run,
                moments,
                list(request.seeds),
                self._captions(frame, drawn, last),
                alt,
                seconds_left=left,
                done=last,
                duration=self.seconds if last else None,
                order=places(measures(frame.figures)) if last and not drawn else None,
                link=link,
                **(self._recipes() if last else {}),
            )
            sent, moments = time.monotonic(), []

    def _captions(self, frame: Frame, drawn: bool, last: bool) -> list[str]:
        """What each image was told, with its energy of now where it has one, or, of what is ranked, its place."""
        if not drawn and (last or frame.figures):
            return ranks(frame.figures)
        told = self.request.captions if drawn or self.request.told else []
        if "bits_from_sentence" in frame.figures:
            return [f"{round(bits)} bits" for bits in frame.figures["bits_from_sentence"].tolist()]
        if "energy" not in frame.figures:
            return told
        heights = [f"{height:,.0f}" for height in frame.figures["energy"].tolist()]  # first, for captions are cut
        return [" · ".join(filter(None, words)) for words in zip(heights, told, strict=True)]

    def _recipes(self) -> dict[str, Any]:
        """What the PNG of each image, and of the grid, will know of its making."""
        request = self.request
        return {
            "recipes": [to_note(request.image(i).plain()) for i in range(len(request.seeds))],
            "grid_recipe": to_note(request.plain()),
        }


def sent_to_browsers(frame: Frame) -> bool:
    """Whether it belongs to what a browser is sent and keeps of a run; the last does."""
    most = max(LEAST_MOMENTS, MOST_BYTES // (frame.images.numel() * (1 + len(frame.views))))
    return frame.step == frame.total or frame.step * most // frame.total > (frame.step - 1) * most // frame.total


def ranks(figures: Mapping[str, Tensor]) -> list[str]:
    """The caption of each completion, its place by likelihood and its bits/dim or energy, of each search, its place
    and its root mean square error, or how near each restoration comes. None where nothing was measured."""
    if "psnr" in figures:
        return [f"{decibels:.1f} dB" for decibels in figures["psnr"].tolist()]
    values, digits = measures(figures), next((n for name, n in DIGITS.items() if name in figures), 2)
    return [f"#{i} · {value:.{digits}f}" for i, value in zip(places(values), values, strict=True)]


def measures(figures: Mapping[str, Tensor]) -> list[float]:
    """What results are ranked by, the best lowest."""
    if "loss" in figures:
        return figures["loss"].sqrt().tolist()
    return next((figures[name].tolist() for name in RANKING if name in figures), [])


def places(values: list[float]) -> list[int]:
    """Of each value its place among all, the lowest first, from 1."""
    ordered = sorted(range(len(values)), key=values.__getitem__)
    place = {index: i for i, index in enumerate(ordered, start=1)}
    return [place[i] for i in range(len(values))]


def facts(run: Run) -> str:
    """What a run took and how to come back to it, as HTML."""
    items = [
        ("Time", run.time, "From the request to the last picture"),
        ("Network evaluations", run.evaluations, "How many times the network runs to draw one image"),
        ("Seeds", seed_range(run.request.seeds), "The same seed draws the same image"),
        *energy_facts(run),
        *sentence_facts(run),
    ]
    if "bits_per_dim" in run.figures:  # of one value after the other, each the likeliest
        bits = f"{float(run.figures['bits_per_dim'].min()):.2f} bits/dim"
        items.append(("Likeliest, not typical", bits, NOT_TYPICAL))
    address = f'<a href="{html.escape(run.request.link())}">This very run</a>'
    return f'<dl class="facts">{cells(items)}<div><dt>Link</dt><dd>{address}</dd></div></dl>{as_code(run.request)}'


def energy_facts(run: Run) -> list[tuple[str, str, str]]:
    """Where the chains of a descent ended, and how many were stopped; nothing of other runs."""
    if "energy" not in run.figures:
        return []
    energy, lost = run.figures["energy"], int(run.figures["exploded"].sum())
    lowest = f"{float(energy.min()):,.0f}, seed {run.request.seeds.first + int(energy.argmin())}"
    highest = f"{float(energy.max()):,.0f}, seed {run.request.seeds.first + int(energy.argmax())}"
    told = [
        ("Lowest energy", lowest, "The picture that the model finds best; up to a constant, −ln p"),
        ("Highest energy", highest, "Far above the others it may be stuck in a poor valley; noise may shake it free"),
    ]
    words = f"{lost} of {len(energy)}, stopped at their last sound picture"
    return [*told, ("Exploded", words, "Steps were too large for the slope. Take smaller ones")] if lost else told


def sentence_facts(run: Run) -> list[tuple[str, str, str]]:
    """Which drawings a sentence explains best and least; nothing of runs that were told none."""
    if "bits_from_sentence" not in run.figures:
        return []
    bits, first = run.figures["bits_from_sentence"], run.request.seeds.first
    best, worst = int(bits.argmax()), int(bits.argmin())
    facts = [("Fits the sentence best", f"seed {first + best}, {float(bits[best]):.0f} bits", FITS)]
    return facts + [("Fits it least", f"seed {first + worst}, {float(bits[worst]):.0f} bits", FITS)] * (len(bits) > 1)


def completion_facts(run: Run) -> str:
    """What completing took, which completion the model finds likeliest, and how far its candidates could be trusted."""
    items = [("Time", run.time, "From the request to the last picture")]
    for name, unit in RANKING.items():
        if name in run.figures and name != "energy":  # of which `energy_facts` tells more
            bits = run.figures[name]
            best = f"seed {run.request.seeds.first + int(bits.argmin())}, {float(bits.min()):.2f} {unit}"
            items.append(("Likeliest", best, f"Of the whole image. Under each one stand its rank and its {unit}"))
    items += energy_facts(run)
    if "effective_candidates" in run.figures:
        items += weighing_facts(run)
    items.append(("Seeds", seed_range(run.request.seeds), "The same seed completes in the same way"))
    return f'<dl class="facts">{cells(items)}</dl>{as_code(run.request)}'


def as_code(request: Request) -> str:
    """What makes the same elsewhere, folded away, as HTML; nothing where a picture in it would fill the page."""
    codes = [(title, request.code(door)) for title, door in request.doors().items()]
    if any(len(code) > LONGEST_CODE for _, code in codes):
        return ""
    copy = '<button type="button" data-copy="code">Copy</button>'
    told = "".join(f"<h3>{title}</h3>{copy}<pre>{html.escape(code.strip())}</pre>" for title, code in codes)
    return f'<details class="as-code"><summary>The same as code</summary>{told}</details>'


def weighing_facts(run: Run) -> list[tuple[str, str, str]]:
    """What candidates that were weighed by known pixels were worth, and what the completions are distributed as."""
    options = run.request.options
    least = float(run.figures["effective_candidates"].min())
    survived = sorted({int(count) for count in run.figures["ancestors"].tolist()})
    plain = options.temperature == 1 and options.top_k == type(options)().top_k
    return [
        (
            "Effective sample size",
            f"{least:.1f} of {options.candidates} candidates, at the least",
            "How many candidates the weight was spread over, 1 / Σ w², in the row and the completion where it was "
            "spread least. Near 1: one candidate decided, and more would help. Near all: known pixels said little.",
        ),
        (
            "Surviving beginnings",
            f"{' to '.join(map(str, dict.fromkeys((survived[0], survived[-1]))))} of {options.candidates}",
            "Candidates that do not fit the known pixels are replaced by copies of those that do. So many of the "
            "candidates that were begun have descendants at the end; 1: all are variants of one.",
        ),
        (
            "Distributed as",
            "the model's own p(hole | known)" if plain else "bent by temperature or top-k",
            "The better the more candidates, and only at temperature 1 with all values left in",
        ),
    ]


def cells(items: list[tuple[str, str, str]]) -> str:
    """Name, value and explanation of each fact."""
    return "".join(
        f'<div title="{html.escape(why)}"><dt>{name}</dt><dd>{html.escape(value)}</dd></div>'
        for name, value, why in items
    )


def seed_range(seeds: Seeds) -> str:
    return f"{seeds.first} – {seeds.first + len(seeds) - 1}" if len(seeds) > 1 else str(seeds.first)


def duration(seconds: float) -> str:
    """ "420 ms", "3.2 s" or "2 min 5 s"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{math.floor(seconds / 60)} min {seconds % 60:.0f} s"
