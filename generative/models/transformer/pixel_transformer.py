"""A decoder-only transformer over the pixels of a picture, told the class as its first token.

Radford et al., "Improving Language Understanding by Generative Pre-Training", 2018, is the network; Chen et al.,
"Generative Pretraining from Pixels" (iGPT), 2020, gave it pictures. A token is a run of neighbouring pixels of a row,
since attention's cost is the square of the number of tokens; within a run, a small network says each value given those
before it, so that the likelihood is exact (Yu et al., "MEGABYTE", 2023, section 2):

    class  run 1  run 2  …  run 195          enter
      ↓      ↓      ↓         ↓              layers of masked attention
    run 1  run 2  run 3  …  run 196          are said, value by value

Values enter as sines and cosines too (autoregressive/encoding.py).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.answers import Attention, Cost
from generative.conditions import read_told
from generative.errors import InvalidOption, check_choice
from generative.models.autoregressive.completion import PixelOptions
from generative.models.autoregressive.encoding import Encoding, PixelConfig
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.transformer.cost import cost
from generative.models.transformer.decoder import Decoder
from generative.models.transformer.positions import KINDS, positions, spread


@dataclass(frozen=True)
class TransformerConfig(PixelConfig):
    """run: pixels of a token. positions: one of positions.KINDS."""

    can_be_told = ("class",)
    least: ClassVar[Mapping[str, Any]] = {"width": 8, "heads": 2, "layers": 2, "hidden": 8, "run": 2}
    width: int = 128
    heads: int = 4
    layers: int = 4
    hidden: int = 96
    run: int = 4
    positions: str = "learnt"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice("positions", self.positions, list(KINDS))
        if self.size % self.run or self.width % self.heads:
            raise InvalidOption(
                f"size must be a multiple of run, and width of heads, not {self.size} of {self.run} and {self.width} "
                f"of {self.heads}"
            )

    @property
    def columns(self) -> int:
        """Tokens of a row."""
        return self.size // self.run

    @property
    def tokens(self) -> int:
        """Of a picture."""
        return self.size * self.columns


class RunHead(nn.Module):
    """What follows a run of values: from what the decoder says of the run and from the values before in it."""

    def __init__(self, width: int, hidden: int, values: int, features: int, levels: int) -> None:
        super().__init__()
        self.values, self.hidden = values, hidden
        self.context = nn.Linear(width, values * hidden)
        self.earlier = nn.Parameter(torch.randn(values, hidden, values, features) / (values * features) ** 0.5)
        self.inner = nn.Linear(hidden, hidden)
        self.logits = nn.Linear(hidden, levels)
        mask = torch.ones(values, values).tril(-1)[:, None, :, None]
        self.register_buffer("mask", mask, persistent=False)

    @property
    def weight(self) -> Tensor:
        """(values, hidden, values, features): of the values before in the run, zero for the others."""
        return self.earlier * self.mask

    def forward(self, context: Tensor, entered: Tensor) -> Tensor:
        """(N, T, values, L) logits of contexts (N, T, width) and of the values, (N, T, values, features)."""
        hidden = self.context(context) + F.linear(entered.flatten(2), self.weight.flatten(2).flatten(0, 1))
        return self.finish(hidden.unflatten(2, (self.values, self.hidden)))

    def finish(self, hidden: Tensor) -> Tensor:
        """(…, L) logits of what has been added up, (…, hidden)."""
        return self.logits(F.gelu(self.inner(F.gelu(hidden))))


class PixelTransformer(PixelModel):
    family = "transformer"
    title = "Transformer"
    paper = "https://arxiv.org/abs/1706.03762"
    Config = TransformerConfig
    Options = PixelOptions

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        channels = config.image_channels
        self.enter = Encoding(channels, config.frequencies)
        self.per_value = self.enter.features // channels
        self.first = nn.Embedding(max(1, len(config.classes)), config.width)
        self.embed = nn.Linear(config.run * self.enter.features, config.width)
        self.positions = positions(config.positions, config.size, config.columns, config.width)
        self.decoder = Decoder(config.layers, config.width, config.heads)
        self.head = RunHead(config.width, config.hidden, config.run * channels, self.per_value, config.levels)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Logits (N, C · L, H, W) of every value of images (N, C, H, W) in [0, 1]."""
        entered = self.runs(images)
        logits = self.head(self.decoder(self.sequence(entered, labels)), entered)
        size, run, channels = self.config.size, self.config.run, self.config.image_channels
        levels = self.config.levels
        logits = logits.view(len(images), size, -1, run, channels, levels)
        return logits.permute(0, 4, 5, 1, 2, 3).reshape(len(images), channels * levels, size, size)

    def runs(self, images: Tensor) -> Tensor:
        """(N, T, values, features): the values of each run, the channels of a pixel after one another."""
        entered = self.enter(images).unflatten(1, (-1, self.per_value))
        ordered = entered.permute(0, 3, 4, 1, 2).flatten(1, 2)  # (N, H · W, C, features)
        return ordered.unflatten(1, (-1, self.config.run)).flatten(2, 3)

    def sequence(self, entered: Tensor, labels: Tensor | None) -> Tensor:
        """(N, T, width): the class, then all runs but the last, each with the place of the run that is said of it."""
        tokens = torch.cat([self.begin(len(entered), labels), self.embed(entered[:, :-1].flatten(2))], 1)
        return tokens + self.positions()

    def begin(self, count: int, labels: Tensor | None) -> Tensor:
        """(N, 1, width): the class as a token, or the same one for all where there are no classes."""
        first = labels if labels is not None else torch.zeros(count, dtype=torch.long, device=self.device)
        return self.first(first)[:, None].expand(count, -1, -1)

    @torch.inference_mode()
    def attend(self, images: Tensor, row: int, column: int, condition: Any = None) -> Attention:
        """Where every head looks when the run at a pixel of images (1, C, H, W) is written.

        Without a class, as one of the class that the picture is likeliest of.
        """
        self._check_pixel(row, column)
        images, run = self._rounded(self.check_images(images))[:1], self.config.run
        labels, before = self._class_of(images, condition)
        seen: list[Tensor] = []
        self.decoder(self.sequence(self.runs(images), labels), seen=seen)
        shares = torch.stack(seen)[:, 0, :, row * self.config.columns + column // run]
        bits = self.nats(self(images, labels), images)[0].sum(0).unflatten(1, (-1, run)).sum(2) / math.log(2)
        return Attention(
            spread(F.pad(shares[..., 1:], (0, 1)), (self.config.size, self.config.columns), (1, run)),
            shares[..., 0].cpu(),
            before,
            shares.new_zeros(*shares.shape[:2], 0).cpu(),
            (),
            (row, column - column % run, 1, run),
            spread(bits.flatten(), (self.config.size, self.config.columns), (1, run)),
            self.positions().cpu(),
            shares.new_zeros(0, self.config.size, self.config.size).cpu(),
        )

    @torch.inference_mode()
    def cost(self) -> Cost:
        """What one more token takes, the longer the sequence is."""
        return cost(self.decoder)

    def _class_of(self, images: Tensor, condition: Any) -> tuple[Tensor | None, str]:
        """(1,) the class that was told, or the likeliest one, and its name."""
        if not self.config.told:
            return None, "start"
        told = read_told(self.config.told, condition, self.title)[self.config.told[0].name]
        label = self.config.classes.index(told) if told else int(self.score(images).posterior.argmax())
        return torch.tensor([label], device=self.device), self.config.classes[label]

    def sweep(self, canvas: Tensor, labels: Tensor | None) -> "TransformerSweep":
        """The network value by value over `canvas`, which the caller fills."""
        return TransformerSweep(self, canvas, labels)


class TransformerSweep:
    """Drawing without repeating work: a run's token passes the layers once, and what it is read as stays cached."""

    def __init__(self, model: PixelTransformer, canvas: Tensor, labels: Tensor | None) -> None:
        self.model, self.canvas = model, canvas
        self.run, self.channels = model.config.run, canvas.shape[1]
        self.places = model.positions()
        self.token = model.begin(len(canvas), labels)
        self.cache = model.decoder.cache(len(canvas), model.config.tokens, canvas)
        self.weight = model.head.weight.flatten(2)  # (values, hidden, values · features)
        self.context = self.entered = canvas.new_zeros(0)

    def logits(self, row: int, column: int, channel: int, needed: bool = True) -> Tensor | None:
        """Logits (N, 256) of a value, given all that stands before it; None where they are not needed."""
        within = column % self.run
        if (within, channel) == (0, 0):
            self._step(row, column)
        if not needed:
            return None
        value, start = within * self.channels + channel, column - within
        hidden = self.context[:, value]
        if value:
            run = self.canvas[:, :, row, start : start + self.run].transpose(1, 2).flatten(1)[:, :value]
            entered = self._features(run).flatten(1)
            hidden = hidden + F.linear(entered, self.weight[value, :, : entered.shape[1]])
        return self.model.head.finish(hidden)

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        self.cache.reorder(index)

    def _features(self, values: Tensor) -> Tensor:
        """(N, V) values → (N, V, features)."""
        return self.model.enter(values[:, None]).transpose(1, 2)

    def _step(self, row: int, column: int) -> None:
        """Let the run before pass the layers; it says the run that begins here."""
        place = row * self.model.config.columns + column // self.run
        if place:
            self.token = self.model.embed(self._before(row, column).flatten(1))[:, None]
        said = self.model.decoder(self.token + self.places[place], self.cache)[:, 0]
        self.context = self.model.head.context(said).unflatten(1, (-1, self.model.head.hidden))

    def _before(self, row: int, column: int) -> Tensor:
        """(N, values, features) of the run that ends before this place."""
        if column == 0:
            row, column = row - 1, self.model.config.size
        run = self.canvas[:, :, row, column - self.run : column].transpose(1, 2).flatten(1)
        return self._features(run)
