"""The network that writes a scale of tokens at a time, and one run of it: VAR, Tian et al. 2024, section 3.2.

What stands for a scale when it is written is the sum of all codes so far, shrunk to it: the coarser picture. A token
sees those of its own scale and of all before:

    1×1      2×2          4×4              enter: a beginning; the sum of 1×1, as 2×2; the sum of 1×1 and 2×2, as 4×4
     ↓     ↓ ↓ ↓ ↓    ↓ ↓ ↓ … ↓            layers of attention, masked in blocks of 1, 4 and 16
     1     2 3 4 5    6 7 8 … 21           are said, all of a scale at once
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from generative.frame import Frame
from generative.models.autoencoders.multiscale_vqvae import scales, shrunk
from generative.models.autoregressive.completion import choose, odds
from generative.models.sentences import untold
from generative.models.transformer.positions import positions, spread
from generative.models.transformer.token_run import CHANCE, ENTROPY, ChoiceOptions
from generative.models.transformer.writer import ToldDecoder
from generative.seeds import Seeds, uniform

if TYPE_CHECKING:
    from generative.models.transformer.var import VAR, VARConfig


class ScaleWriter(ToldDecoder):
    """Logits of all tokens of a scale, given those of coarser scales and a sentence."""

    def __init__(self, config: "VARConfig") -> None:
        super().__init__(config)
        self.sides = scales(config.grid)
        self.blocks = tuple(side**2 for side in self.sides)
        self.begin = nn.Parameter(0.3 * torch.randn(1, 1, config.width))
        self.embed = nn.Linear(config.dims, config.width)
        self.places = nn.ModuleList(positions(config.positions, side, side, config.width) for side in self.sides)

    def enter(self, whole: Tensor | None, count: int, number: int) -> Tensor:
        """(N, k², width): what stands for a scale, of the sum of codes so far, (N, grid, grid, dims); None at first."""
        entering = self.begin if whole is None else self.embed(shrunk(whole, self.sides[number]).flatten(1, 2))
        return entering.expand(count, -1, -1) + self.places[number]()

    def forward(self, sums: list[Tensor], words: Tensor | None) -> Tensor:
        """(N, T, codes) logits of all tokens of all scales, of the sums of codes after each scale but the last, (N,
        grid, grid, dims), and a sentence (N, length)."""
        count = len(sums[0]) if sums else 1
        entering = [self.enter(whole, count, number) for number, whole in enumerate([None, *sums])]
        sentence, said = self.listen(words)
        return self.logits(self.decoder(torch.cat(entering, 1), None, sentence, said, blocks=self.blocks))


class ScaleRun:
    """One run: a pass for each scale, with a cache. Guidance runs every sentence beside the empty one."""

    def __init__(self, model: "VAR", seeds: Seeds, words: Tensor | None, options: ChoiceOptions) -> None:
        self.model, self.writer, self.words, self.options = model, model.writer, words, options
        self.count, total, device = len(seeds), sum(model.writer.blocks), model.device
        self.draws = uniform(seeds.generators(), total).to(device)
        self.tokens = torch.zeros(self.count, total, dtype=torch.long, device=device)
        self.entropy, self.chance = (torch.zeros(self.count, total, device=device) for _ in range(2))
        self.scale = options.guidance_scale if words is not None and bool(words.any()) else 1.0
        if self.scale != 1 and words is not None:
            words = torch.cat([words, untold(words)])
        self.sentence, self.said = self.writer.listen(words)
        self.rows = self.count if self.scale == 1 else 2 * self.count
        self.cache = self.writer.decoder.cache(self.rows, total, self.writer.begin)

    def frames(self) -> Iterator[Frame]:
        """One for each scale: what all codes so far show."""
        whole: Tensor | None = None
        for number, side in enumerate(self.writer.sides):
            place = slice(self.cache.length, self.cache.length + side**2)
            self._write(whole, number, place)
            added = self.model.vqvae.enlarged(self.tokens[:, place].unflatten(1, (side, side)), number)
            whole = added if whole is None else whole + added
            yield self._frame(whole, number, place)

    def _write(self, whole: Tensor | None, number: int, place: slice) -> None:
        """Draw all tokens of a scale, each by itself given what is coarser."""
        together = None if whole is None else whole.repeat(self.rows // self.count, 1, 1, 1)
        entering = self.writer.enter(together, self.rows, number)
        said = self.writer.decoder(entering, self.cache, self.sentence, self.said, blocks=(entering.shape[1],))
        logits = self.writer.logits(said)
        if self.scale != 1:
            told, without = logits.chunk(2)
            logits = without + self.scale * (told - without)
        flat = logits.flatten(0, 1)
        token, entropy = choose(flat, self.draws[:, place].flatten(), self.options)
        chance = odds(flat, self.options).gather(1, token[:, None])[:, 0]
        for table, values in ((self.tokens, token), (self.entropy, entropy), (self.chance, chance)):
            table[:, place] = values.view(self.count, -1).to(table.dtype)

    def _frame(self, whole: Tensor, number: int, place: slice) -> Frame:
        sides, side = self.writer.sides, self.writer.sides[number]
        views = {
            "entropy": ENTROPY(self._spread(self.entropy[:, place], side)),
            "probability": CHANCE(self._spread(self.chance[:, place], side)),
        }
        figures = self._figures() if number == len(sides) - 1 else {}
        picture = self.model.vqvae.draw(whole)
        return Frame(picture, number + 1, len(sides), f"{side}×{side} tokens", views, figures)

    def _figures(self) -> dict[str, Tensor]:
        """How surprising what was written was, and how much of it a sentence explains."""
        figures = {"bits_per_token": -self.chance.clamp_min(1e-12).log2().mean(1)}
        if self.words is not None and bool(self.words.any()):
            told, alone = (self.model.nats(self.tokens, words) for words in (self.words, untold(self.words)))
            figures["bits_from_sentence"] = (alone - told).sum(1) / math.log(2)
        return figures

    def _spread(self, values: Tensor, side: int) -> Tensor:
        """(N, k²) of a scale → (N, C, H, W), each over its part of the picture."""
        config = self.model.config
        there = torch.arange(config.size) * side // config.size
        found = spread(values.float(), (side, side), (1, 1))[:, there][:, :, there].to(values.device)
        return found[:, None].expand(-1, config.image_channels, -1, -1)
