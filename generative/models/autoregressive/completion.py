"""Drawing and completing: the one loop, over all values in raster order, that every pixel model runs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from generative.errors import InvalidOption
from generative.frame import Frame, View
from generative.models.autoregressive.candidates import Candidates
from generative.models.autoregressive.encoding import LEVELS
from generative.options import Options, choice, integer, number
from generative.seeds import Seeds, uniform

if TYPE_CHECKING:
    from generative.models.autoregressive.pixel_model import PixelModel


def entropy_view(entropy: Tensor, levels: int) -> View:
    """How open the choice of each value was, in bits, of images (N, C, H, W) whose values have so many levels."""
    most = math.log2(levels)
    words = (
        f"How open the choice was when a pixel was drawn: at 0 bits it was certain, at {most:g} all {levels} values "
        "were equally likely. In a colour picture, the mean over its channels"
    )
    return View("Entropy of the next pixel", words, entropy, high=most, unit="bits")


def temperature(prefers: str) -> float:
    """The option that makes bold or careful; prefers: what of the likeliest below 1, and what comes above."""
    return number(1.0, 0.1, 2.0, 0.05, "Temperature", f"Below 1 the model prefers its likeliest {prefers}")


def top_p(each: str, values: str = "") -> float:
    """The option that leaves out what is unlikely: draw `each`, from its likeliest `values`."""
    words = (
        f"Draw each {each} from only the likeliest {values}that together have this probability: many where the choice "
        "is open, few where it is not. 1 leaves all in."
    )
    return number(1.0, 0.05, 1.0, 0.05, "Top-p", words)


@dataclass(frozen=True)
class PixelOptions(Options):
    temperature: float = temperature("pixel values: cleaner, less varied. Above 1: bolder, noisier.")
    top_k: int = integer(
        LEVELS,
        1,
        LEVELS,
        "Top-k",
        "Draw each pixel from only the k likeliest of its values: of 256, or 2 in black and white. 256 leaves all in. "
        "At 1 every seed draws the likeliest values: a picture that is typical of nothing, and often blank.",
    )
    top_p: float = top_p("pixel", "values ")
    candidates: int = integer(
        8,
        1,
        32,
        "Candidates for each completion",
        "Raster order cannot look ahead. So several completions are begun, and those that fit the known pixels after "
        "the hole survive (importance weighting). 1 turns it off.",
        ability="completes",
    )
    watch: str = choice(
        "rows", ("rows", "pixels"), "Watch", "A moment for each row, or, for few images, for each single pixel."
    )


class Completion:
    """One run: `count` candidates for each seed on one canvas (N · count, C, H, W), filled in behind a sweep.

    images: (N, C, H, W) or (1, C, H, W). mask: (H, W) bool, true where to draw. labels: (N,) or None.
    """

    def __init__(
        self,
        model: "PixelModel",
        images: Tensor,
        mask: Tensor,
        seeds: Seeds,
        labels: Tensor | None,
        options: PixelOptions,
    ) -> None:
        self.model, self.labels, self.options = model, labels, options
        self.height, self.width = mask.shape
        known_after = known_after_hole(mask)
        self.count = options.candidates if known_after.any() else 1
        self.candidates = Candidates(seeds, self.count, self.height, model.device)
        shape = (self.count, self.height, self.width, images.shape[1])
        self.draws = uniform(self.candidates.generators, *shape).flatten(0, 1).to(model.device)
        canvas = images.to(model.device, model.dtype).expand(len(seeds), -1, -1, -1)
        self.canvas = canvas.repeat_interleave(self.count, 0)
        self.canvas[..., mask.to(model.device)] = 0
        self.entropy = torch.zeros_like(self.canvas)
        self.sweep = model.sweep(self.canvas, None if labels is None else labels.repeat_interleave(self.count, 0))
        self.wanted, self.weighed = mask.tolist(), (known_after & (self.count > 1)).tolist()

    def frames(self) -> Iterator[Frame]:
        """One at each of `moments`; the last one shows the candidates that were chosen in the end."""
        moments = self._moments()
        last = max(moments) if self.count == 1 else (self.height - 1, self.width - 1)
        for row in range(last[0] + 1):
            for column in range(self.width):
                self._visit(row, column)
                step = moments.get((row, column), 0)
                if 0 < step < len(moments):
                    yield self._frame(self.candidates.best(), step, len(moments), row, column)
        chosen, figures = self.candidates.chosen(), self.candidates.figures()
        if not all(map(all, self.wanted)) or self.options.top_k == 1:
            figures["bits_per_dim"] = self.model.score(self.canvas[chosen], self.labels).bits_per_dim
        yield self._frame(chosen, len(moments), len(moments), *max(moments), figures)

    def _moments(self) -> dict[tuple[int, int], int]:
        """The pixels after which a frame is due, numbered from 1: each that is drawn, or the last of their rows."""
        drawn = [(r, c) for r in range(self.height) for c in range(self.width) if self.wanted[r][c]]
        if self.options.watch == "rows":
            drawn = list(dict.fromkeys((row, self.width - 1) for row, _ in drawn))
        return {place: step for step, place in enumerate(drawn, start=1)}

    def _visit(self, row: int, column: int) -> None:
        """Draw this pixel, or weigh the candidates by what it turns out to be; at a row's end, resample them."""
        draw, weigh = self.wanted[row][column], self.weighed[row][column]
        for channel in range(self.canvas.shape[1]):
            logits = self.sweep.logits(row, column, channel, needed=draw or weigh)
            if draw:
                value, entropy = choose(logits, self.draws[:, row, column, channel], self.options)
                self.canvas[:, channel, row, column] = value / (self.model.config.levels - 1)
                self.entropy[:, channel, row, column] = entropy
            elif weigh:
                self.candidates.weigh(logits, self.model.values(self.canvas[:, channel, row, column]))
        if self.count > 1 and column == self.width - 1 and (survivors := self.candidates.resampled(row)) is not None:
            self.sweep.reorder(survivors)
            self.canvas.copy_(self.canvas[survivors])
            self.entropy.copy_(self.entropy[survivors])

    def _frame(
        self, shown: Tensor, step: int, total: int, row: int, column: int, figures: dict[str, Tensor] | None = None
    ) -> Frame:
        canvas, entropy = self.canvas[shown].float(), self.entropy[shown]  # indexing copies
        label = f"row {row + 1} of {self.height}"
        if self.options.watch == "pixels":
            label = f"pixel {row * self.width + column + 1} of {self.height * self.width}"
        entropy = entropy.mean(1, keepdim=True).expand_as(canvas).float()
        views = {"entropy": entropy_view(entropy, self.model.config.levels)}
        return Frame(canvas, step, total, label, views, figures or {})


def check_completion(images: Tensor, mask: Tensor, count: int, size: int) -> None:
    """That `count` completions of images (N, C, size, size) can be made under a mask. Raises InvalidOption."""
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool or tuple(mask.shape) != (size, size):
        found = f"{mask.dtype} {tuple(mask.shape)}" if isinstance(mask, Tensor) else type(mask).__name__
        raise InvalidOption(f"mask must be a bool tensor of shape ({size}, {size}), not {found}", "mask")
    if len(images) not in (1, count):
        raise InvalidOption(f"{count} completions start from 1 image or from {count}, not from {len(images)}", "images")
    if not mask.any():
        raise InvalidOption(
            "The mask is empty, so there is nothing to invent. Paint over what is to be drawn anew.", "mask"
        )


def known_after_hole(mask: Tensor) -> Tensor:
    """(H, W) bool: the known pixels that come, in raster order, after the first one that is to be invented."""
    flat = mask.flatten()
    return ((flat.cumsum(0) > 0) & ~flat).view_as(mask)


class Bent(Protocol):
    """What of a model's options bends its tables."""

    @property
    def temperature(self) -> float: ...

    @property
    def top_k(self) -> int: ...

    @property
    def top_p(self) -> float: ...


def odds(logits: Tensor, options: Bent) -> Tensor:
    """(N, K) probabilities that values are drawn with, of (N, K) logits.

    top_p: only the likeliest values are left that together have this probability (Holtzman et al., "The Curious Case
    of Neural Text Degeneration", 2020, section 3.1); the likeliest of all always is.
    """
    logits = logits / options.temperature
    if options.top_k < logits.shape[1]:
        top = logits.topk(options.top_k, 1)
        logits = torch.full_like(logits, -torch.inf).scatter(1, top.indices, top.values)
    p = logits.softmax(1)
    if options.top_p < 1:
        ordered = p.sort(1, descending=True)
        above = ordered.values.cumsum(1) - ordered.values  # of those that are likelier
        p = p * torch.zeros_like(p).scatter(1, ordered.indices, (above < options.top_p).to(p))
        p = p / p.sum(1, keepdim=True)
    return p


def choose(logits: Tensor, draws: Tensor, options: Bent) -> tuple[Tensor, Tensor]:
    """(N,) values drawn from (N, K) logits by (N,) uniform numbers, and the tables' (N,) entropies in bits."""
    p = odds(logits, options)
    cumulative = p.cumsum(1)
    # From the right, so that a draw of exactly 0 does not land on a value of probability 0.
    value = torch.searchsorted(cumulative, draws[:, None].to(p.dtype) * cumulative[:, -1:], right=True)[:, 0]
    return value, torch.special.entr(p).sum(1) / math.log(2)
