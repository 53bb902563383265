"""The same noise under several settings, one run after another: samplers by steps, or scales of guidance."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.errors import InvalidOption, shown
from generative.fields import as_number
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.models.classifier import grouped, likeliest
from generative.models.diffusion.by_another import helper
from generative.models.model import drain

MOST_SAMPLERS, MOST_COUNTS, MOST_SCALES, MOST_KINDS, MOST_IMAGES = 4, 5, 6, 3, 8


@dataclass(frozen=True, eq=False)
class Trial:
    """A run in a table. row, column: where it stands there, from 0."""

    row: int
    column: int
    request: Request


@dataclass(frozen=True, eq=False)
class Tried:
    """images: (N, C, H, W) in [0, 1]. seconds: of the whole run, from its request on. evaluations: passes of the
    network for one image, as they were made; helped: those of another network that guides it."""

    trial: Trial
    images: Tensor
    seconds: float
    evaluations: int
    helped: int = 0

    @property
    def helper(self) -> str:
        """What that network is called."""
        return helper(self.trial.request.options)

    def figures(self) -> dict[str, Any]:
        """All of it that is a number, with what was asked."""
        asked = self.trial.request.options.plain()
        return {
            "sampler": asked["sampler"],
            "steps": asked["num_inference_steps"],
            "guidance_scale": asked["guidance_scale"],
            "seconds": round(self.seconds, 3),
            "evaluations": self.evaluations,
            "helper_passes": self.helped,
        }


def sampler_trials(
    engine: Engine, entry: Entry, samplers: Any, counts: Any, options: dict[str, Any] | None = None, **about: Any
) -> list[Trial]:
    """A run for each sampler, a row each, and each number of steps. about: as `Engine.request` takes it.

    Raises InvalidOption for too many of either, or none.
    """
    rows = several("samplers", samplers, MOST_SAMPLERS)
    columns = several("steps", counts, MOST_COUNTS)
    return [
        Trial(
            i,
            k,
            engine.request(
                "samples", entry, options={**(options or {}), "sampler": name, "num_inference_steps": count}, **about
            ),
        )
        for i, name in enumerate(rows)
        for k, count in enumerate(columns)
    ]


def guidance_trials(
    engine: Engine,
    entry: Entry,
    scales: Any,
    against: Any,
    options: dict[str, Any],
    kinds: Any = None,
    **about: Any,
) -> list[Trial]:
    """A run for each scale, a column each, of each kind of guidance, a row each; with `against`, led away from that.

    kinds: None where the model has but one. Raises InvalidOption as above.
    """
    columns = several("scales", scales, MOST_SCALES)
    rows = [{}] if kinds is None else [{"guided_by": kind} for kind in several("kinds", kinds, MOST_KINDS)]
    ability, given = ("guides", {"against": against}) if against else ("samples", {})
    return [
        Trial(
            i, k, engine.request(ability, entry, options={**options, **row, "guidance_scale": scale}, **about, **given)
        )
        for i, row in enumerate(rows)
        for k, scale in enumerate(columns)
    ]


def several(field: str, said: Any, most: int) -> list[Any]:
    """Different ones out of a list or text with commas, numbers in rising order. Raises InvalidOption."""
    parts = [part.strip() for part in said.split(",")] if isinstance(said, str) else said
    if (
        not isinstance(parts, Sequence)
        or not 1 <= len(parts) <= most
        or not all(isinstance(p, str | int | float) for p in parts)
    ):
        raise InvalidOption(f"{field} must be from 1 to {most} of them, not {shown(said)}", field)
    values = [as_number(part) for part in parts]
    if None not in values:
        parts = sorted(value for value in values if value is not None)
    return list(dict.fromkeys(parts))


def tried(engine: Engine, trials: Sequence[Trial]) -> Iterator[Tried]:
    """What comes of each, one after another; the device is free for others in between. Raises GenerativeError."""
    for trial in trials:
        model, began = engine.model(trial.request.entry), time.monotonic()
        frame = drain(engine.run(trial.request))
        seconds = time.monotonic() - began
        asked = trial.request.options
        yield Tried(trial, frame.images.cpu(), seconds, model.evaluations(asked), model.helper_passes(asked))


@dataclass(frozen=True)
class Judgement:
    """variety: how different the pictures of a run are (`variety`), in the logits of a classifier where one knows such
    pictures, since scales change contrast, which pixels take for a difference; else in pixels. seen: in how many the
    class, or all the attributes, are seen that were asked for, and of how many; None where none can tell. certainty:
    the probability that it gives what was asked for, a mean over pictures.
    """

    variety: float
    by_classifier: bool = False
    seen: tuple[int, int] | None = None
    certainty: float | None = None


def judgement(engine: Engine, done: Tried) -> Judgement:
    """How varied and how clear the pictures of a run are. Raises GenerativeError."""
    entry = done.trial.request.entry
    judge = engine.judge(entry)
    if judge is None:
        return Judgement(variety(done.images))
    logits = engine.answer(engine.request("classifies", judge, images=done.images))
    captions = done.trial.request.captions
    if not all(captions):
        return Judgement(variety(logits), True)
    right = sum(
        set(words.split(", ")) <= seen for words, seen in zip(captions, names(logits, judge.labels), strict=True)
    )
    return Judgement(variety(logits), True, (right, len(logits)), certainty(logits, captions, judge.labels))


def certainty(logits: Tensor, captions: Sequence[str], labels: Sequence[str]) -> float:
    """The mean probability, by (N, K) logits of labels, of the class or the attributes that a caption asks for."""
    shares = torch.cat([logits[:, place].softmax(1) for place in grouped(labels).values()], 1)
    asked = [[labels.index(word) for word in words.split(", ") if word in labels] for words in captions]
    return float(
        torch.stack([row[columns].mean() for row, columns in zip(shares, asked, strict=True)]).nan_to_num().mean()
    )


def names(logits: Tensor, labels: Sequence[str]) -> list[set[str]]:
    """(N, K) logits of labels → of each image its class, or the likeliest value of each attribute."""
    places = grouped(labels).values()
    rows = likeliest(logits, labels).tolist()
    return [{labels[int(place.start + k)] for place, k in zip(places, row, strict=True)} for row in rows]


def variety(values: Tensor) -> float:
    """Root mean square of all differences between two of (N, …), over their values too; 0 for one."""
    if len(values) < 2:
        return 0.0
    differences = torch.cdist(values.flatten(1), values.flatten(1)).square() / values[0].numel()
    return float((differences.sum() / (len(values) * (len(values) - 1))).sqrt())
