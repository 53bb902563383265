"""Drawing and completing with tokens: the one loop, over all places in reading order.

A picture of which nothing is known is a completion of everything. Tokens that are kept after the hole weigh candidates,
as known pixels do for pixel models (autoregressive/candidates.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from generative.frame import Frame, View
from generative.models.autoregressive.candidates import Candidates
from generative.models.autoregressive.completion import choose, known_after_hole, odds, temperature, top_p
from generative.models.transformer.positions import spread
from generative.models.transformer.writer import Writing
from generative.options import Options, choice, integer, number
from generative.seeds import Seeds, uniform

if TYPE_CHECKING:
    from generative.models.transformer.vq_transformer import VQTransformer

BLANK = 0.93  # what is not yet written is shown as this grey
ENTROPY = partial(
    View,
    "Entropy of the next token",
    "How open the choice was when a token was written: at 0 bits it was certain, at 9 all 512 codes were equally "
    "likely",
    high=9.0,
    unit="bits",
)
CHANCE = partial(
    View,
    "Probability of the token",
    "How probable the token was that was drawn: white is certain, black was one of many",
)


@dataclass(frozen=True)
class ChoiceOptions(Options):
    """How each token is chosen."""

    guidance_scale: float = number(
        1.5,
        1.0,
        5.0,
        0.25,
        "Guidance scale",
        "How much the sentence counts: 1 as in training; above, more of what was said and less variety, for twice the "
        "work.",
    )
    temperature: float = temperature(
        "tokens: cleaner, less varied. Above 1: bolder, and pieces that do not fit together."
    )
    top_k: int = integer(512, 1, 512, "Top-k", "Draw each token from only the k likeliest. 512 leaves all in.")
    top_p: float = top_p("token")


@dataclass(frozen=True)
class TokenOptions(ChoiceOptions):
    candidates: int = integer(
        8,
        1,
        32,
        "Candidates for each completion",
        "Reading order cannot look ahead. So several completions are begun, and those that fit the tokens kept after "
        "the hole survive (importance weighting). 1 turns it off.",
        ability="completes",
    )
    watch: str = choice("rows", ("rows", "tokens"), "Watch", "A moment for each row of tokens, or for each token.")


@dataclass(frozen=True, eq=False)
class Kept:
    """What a completion keeps. images: (N, C, H, W), N images or one for all. mask: (H, W) bool, pixels to be invented.
    tokens: (N, T) of the images. wanted: (T,) bool, the tokens to be invented: those that the mask touches."""

    images: Tensor
    mask: Tensor
    tokens: Tensor
    wanted: Tensor


class TokenRun:
    """One run: `count` candidates for each seed, candidate m of image n being row n · count + m of every tensor.

    words: (N, length) the sentence of each image, or None. kept: None where nothing is known.
    """

    def __init__(
        self,
        model: "VQTransformer",
        seeds: Seeds,
        words: Tensor | None,
        options: TokenOptions,
        kept: Kept | None = None,
    ) -> None:
        self.model, self.options, self.kept, self.grid = model, options, kept, model.config.grid
        total, device = self.grid**2, model.device
        wanted = torch.ones(total, dtype=torch.bool) if kept is None else kept.wanted.cpu()
        after = known_after_hole(wanted)
        self.count = options.candidates if after.any() else 1
        self.words = None if words is None else words.repeat_interleave(self.count, 0)
        self.candidates = Candidates(seeds, self.count, self.grid, device)
        rows = len(seeds) * self.count
        self.writing = Writing(model.writer, self.words, rows, options.guidance_scale, total)
        self.draws = uniform(self.candidates.generators, self.count, total).flatten(0, 1).to(device)
        self.tokens = torch.zeros(rows, total, dtype=torch.long, device=device)
        if kept is not None:
            self.tokens[:] = kept.tokens.expand(len(seeds), -1).repeat_interleave(self.count, 0)
        self.entropy, self.chance = torch.zeros(rows, total, device=device), torch.zeros(rows, total, device=device)
        self.wanted, self.weighed = wanted.tolist(), (after & (self.count > 1)).tolist()

    def frames(self) -> Iterator[Frame]:
        """One at each of `moments`; the last one shows the candidates that were chosen in the end."""
        moments = self._moments()
        last = max(moments) if self.count == 1 else len(self.wanted) - 1
        token = torch.full((len(self.tokens),), self.model.writer.begin, device=self.tokens.device)
        for place in range(last + 1):
            token = self._visit(place, token)
            step = moments.get(place, 0)
            if 0 < step < len(moments):
                yield self._frame(self.candidates.best(), step, len(moments), place)
        chosen = self.candidates.chosen()
        yield self._frame(chosen, len(moments), len(moments), max(moments), self._figures(chosen))

    def _moments(self) -> dict[int, int]:
        """The places after which a frame is due, numbered from 1: each that is written, or the last of their rows."""
        written = [place for place, wanted in enumerate(self.wanted) if wanted]
        if self.options.watch == "rows":
            written = list(dict.fromkeys(place - place % self.grid + self.grid - 1 for place in written))
        return {place: step for step, place in enumerate(written, start=1)}

    def _visit(self, place: int, before: Tensor) -> Tensor:
        """Write the token of a place, or weigh the candidates by it; at a row's end, resample them. Gives the token."""
        logits = self.writing.next(before)
        if self.wanted[place]:
            token, self.entropy[:, place] = choose(logits, self.draws[:, place], self.options)
            self.tokens[:, place] = token
            self.chance[:, place] = odds(logits, self.options).gather(1, token[:, None])[:, 0]
        elif self.weighed[place]:
            self.candidates.weigh(self.writing.told, self.tokens[:, place])
        row, column = divmod(place, self.grid)
        if self.count > 1 and column == self.grid - 1 and (survivors := self.candidates.resampled(row)) is not None:
            self.writing.reorder(survivors)
            for table in (self.tokens, self.entropy, self.chance):
                table.copy_(table[survivors])
        return self.tokens[:, place]

    def _figures(self, chosen: Tensor) -> dict[str, Tensor]:
        """Of a completion, how probable the whole is, and what its candidates were worth; of a drawing that was told
        something, how much of it the sentence explains."""
        tokens = self.tokens[chosen]
        if self.kept is not None:
            told = None if self.words is None else self.words[chosen]
            return {**self.candidates.figures(), "bits_per_token": self.model.surprise(tokens, told).mean(1)}
        figures = {"bits_per_token": -self.chance[chosen].clamp_min(1e-12).log2().mean(1)}
        if self.words is not None and bool(self.words.any()):
            figures["bits_from_sentence"] = self.model.explained(tokens, self.words[chosen])
        return figures

    def _frame(
        self, shown: Tensor, step: int, total: int, place: int, figures: dict[str, Tensor] | None = None
    ) -> Frame:
        views = {
            "entropy": ENTROPY(self._spread(self.entropy[shown])),
            "probability": CHANCE(self._spread(self.chance[shown])),
        }
        label = f"row {place // self.grid + 1} of {self.grid}"
        if self.options.watch == "tokens":
            label = f"token {place + 1} of {self.grid**2}"
        return Frame(self._image(shown, place), step, total, label, views, figures or {})

    def _image(self, shown: Tensor, place: int) -> Tensor:
        """What is written up to this place, decoded, in what is kept; what is not written yet is blank, and decoded as
        the first code."""
        there = torch.arange(self.grid**2) <= place
        if self.kept is not None:
            there |= ~self.kept.wanted.cpu()
        there = there.to(self.tokens.device)
        tokens = torch.where(there, self.tokens[shown], 0)
        image = self.model.vqvae.from_tokens(tokens.unflatten(1, (self.grid, self.grid)))
        image = torch.where(self._spread(there[None].float()) > 0, image, BLANK)
        if self.kept is None:
            return image
        return torch.where(self.kept.mask.to(image.device), image, self.kept.images.to(image))

    def _spread(self, values: Tensor) -> Tensor:
        """(N, grid²) → (N, C, H, W), the same over all pixels of a token."""
        side = self.model.config.size // self.grid
        whole = spread(values.float(), (self.grid, self.grid), (side, side)).to(values.device)
        return whole[:, None].expand(-1, self.model.config.image_channels, -1, -1)
