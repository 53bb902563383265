"""A transformer that writes the tokens of a VQ-VAE, told a sentence: pictures from words.

The decoder of Vaswani et al., "Attention Is All You Need", 2017, with its attention to an encoded sentence, over the
codes of van den Oord et al., "Neural Discrete Representation Learning", 2017, as in Ramesh et al., "Zero-Shot
Text-to-Image Generation" (DALL·E), 2021. In training one sentence of ten is left out, so that the sentence can be made
to count for more than it does: logits = untold + scale · (told − untold), Ho & Salimans, "Classifier-Free Diffusion
Guidance", 2022.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.abilities import Attention
from generative.conditions import Caption
from generative.errors import check_integer
from generative.frame import Frame, View
from generative.models.autoencoders.vqvae import VQVAE, VQVAEConfig
from generative.models.autoregressive.completion import choose, odds
from generative.models.model import Model
from generative.models.sentences import SentenceEncoder, shortened, untold
from generative.models.transformer.decoder import Decoder
from generative.models.transformer.positions import positions, spread
from generative.options import Options, choice, integer, number
from generative.seeds import Seeds, uniform

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
class VQTransformerConfig(VQVAEConfig):
    """The VQ-VAE's, and the transformer's: width, heads and layers; text_layers of the sentence's encoder."""

    can_be_told = ("caption",)
    least: ClassVar[Mapping[str, Any]] = {
        **VQVAEConfig.least,
        "width": 8,
        "heads": 2,
        "layers": 2,
        "text_layers": 1,
    }
    width: int = 160
    heads: int = 4
    layers: int = 4
    text_layers: int = 2
    positions: str = "learnt"

    @property
    def sentence(self) -> Caption | None:
        """What it is told, if it is told something."""
        return next((condition for condition in self.told if isinstance(condition, Caption)), None)


@dataclass(frozen=True)
class TokenOptions(Options):
    guidance_scale: float = number(
        1.5,
        1.0,
        5.0,
        0.25,
        "Guidance scale",
        "How much the sentence counts: 1 as in training; above, more of what was said and less variety, for twice the "
        "work.",
    )
    temperature: float = number(
        1.0,
        0.1,
        2.0,
        0.05,
        "Temperature",
        "Below 1 the model prefers its likeliest tokens: cleaner, less varied. Above 1: bolder, and pieces that do not "
        "fit together.",
    )
    top_k: int = integer(512, 1, 512, "Top-k", "Draw each token from only the k likeliest. 512 leaves all in.")
    top_p: float = number(
        1.0,
        0.05,
        1.0,
        0.05,
        "Top-p",
        "Draw each token from only the likeliest that together have this probability: many where the choice is open, "
        "few where it is not. 1 leaves all in.",
    )
    watch: str = choice("rows", ("rows", "tokens"), "Watch", "A moment for each row of tokens, or for each token.")


class Writer(nn.Module):
    """Logits of the next token, given those before and a sentence."""

    def __init__(self, config: VQTransformerConfig) -> None:
        super().__init__()
        told = config.sentence
        self.begin = config.codes  # the token before the first
        self.embed = nn.Embedding(config.codes + 1, config.width)
        self.positions = positions(config.positions, config.grid, config.grid, config.width)
        self.decoder = Decoder(config.layers, config.width, config.heads, told is not None)
        self.encoder = (
            None
            if told is None
            else SentenceEncoder(len(told.vocabulary), told.length, config.width, config.text_layers, config.heads)
        )
        self.logits = nn.Linear(config.width, config.codes)

    def enter(self, tokens: Tensor) -> Tensor:
        """(N, T, width): what stands before each of tokens (N, T), with the place of the token that is said there."""
        return self.embed(F.pad(tokens[:, :-1], (1, 0), value=self.begin)) + self.positions()[: tokens.shape[1]]

    def forward(
        self,
        tokens: Tensor,
        words: Tensor | None,
        seen: list[Tensor] | None = None,
        heard: list[Tensor] | None = None,
    ) -> Tensor:
        """(N, T, codes) logits of tokens (N, T), each given those before it and a sentence (N, length)."""
        sentence, said = self.listen(words)
        return self.logits(self.decoder(self.enter(tokens), None, sentence, said, seen, heard))

    def listen(self, words: Tensor | None) -> tuple[Any, Tensor | None]:
        """A sentence as the decoder takes it; nothing for a model that is told none."""
        if words is None or self.encoder is None:
            return None, None
        encoded, said = self.encoder(shortened(words))
        return self.decoder.listen(encoded), said


class Writing:
    """One run: token by token, with a cache. Guidance runs every sentence beside the empty one."""

    def __init__(self, writer: Writer, words: Tensor | None, count: int, scale: float, length: int) -> None:
        self.writer, self.count = writer, count
        self.scale = scale if words is not None else 1.0
        if self.scale != 1:
            words = torch.cat([words, untold(words)])
        self.sentence, self.said = writer.listen(words)
        rows = count if self.scale == 1 else 2 * count
        self.places = writer.positions()
        self.cache = writer.decoder.cache(rows, length, self.places)

    def next(self, before: Tensor) -> Tensor:
        """(N, codes) logits of the next token, the last written being `before` (N,)."""
        token = self.writer.embed(before.repeat(len(self.cache.read[0][0]) // self.count))[:, None]
        token = token + self.places[self.cache.length]
        logits = self.writer.logits(self.writer.decoder(token, self.cache, self.sentence, self.said)[:, 0])
        if self.scale == 1:
            return logits
        told, without = logits.chunk(2)
        return without + self.scale * (told - without)


class VQTransformer(Model):
    family = "transformer"
    title = "VQ transformer"
    paper = "https://arxiv.org/abs/2102.12092"
    Config = VQTransformerConfig
    Options = TokenOptions
    weights = {"model.safetensors": "writer", "vqvae.safetensors": "vqvae"}

    def __init__(self, config: VQTransformerConfig) -> None:
        super().__init__(config)
        self.writer = Writer(config)
        own = ("size", "image_channels", "channels", "grid", "codes", "dims")
        self.vqvae = VQVAE(VQVAEConfig(**{name: getattr(config, name) for name in own})).requires_grad_(False).eval()

    def forward(self, tokens: Tensor, words: Tensor | None) -> Tensor:
        """(N, T, codes) logits of tokens (N, T), given those before and a sentence (N, length)."""
        return self.writer(tokens, words)

    def train(self, mode: bool = True) -> "VQTransformer":
        """The VQ-VAE has learnt already."""
        super().train(mode)
        self.vqvae.eval()
        return self

    def evaluations(self, options: TokenOptions) -> int:
        """One for each token, two with guidance."""
        guided = options.guidance_scale != 1 and self.config.sentence is not None
        return self.config.grid**2 * (2 if guided else 1)

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: TokenOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """A frame a row of tokens, or a token. views: "entropy" in bits and "probability" of each token.

        The last frame's figures: "bits_per_token", how surprising the model itself finds what was written.
        """
        options = options or self.default_options
        words, grid = self.told(seeds, condition), self.config.grid
        writing = Writing(self.writer, words, len(seeds), options.guidance_scale, grid**2)
        draws = uniform(seeds.generators(), grid**2).to(self.device)
        written = Written(self, len(seeds), options.watch == "tokens")
        token = torch.full((len(seeds),), self.writer.begin, device=self.device)
        for place in range(grid**2):
            logits = writing.next(token)
            token, entropy = choose(logits, draws[:, place], options)
            chance = odds(logits, options).gather(1, token[:, None])[:, 0]
            written.add(place, token, entropy, chance)
            if (frame := written.frame(place)) is not None:
                yield frame

    @torch.inference_mode()
    def attend(self, images: Tensor, row: int, column: int, condition: Any = None) -> Attention:
        """Where every head looks when the token at a pixel of images (1, C, H, W) is written."""
        grid, size = self.config.grid, self.config.size
        side = size // grid
        row, column = check_integer("row", row, 0, size - 1), check_integer("column", column, 0, size - 1)
        tokens, words = self.vqvae.tokens(images[:1]).flatten(1), self.told(Seeds(0), condition)
        seen: list[Tensor] = []
        heard: list[Tensor] = []
        logits = self.writer(tokens, words, seen, heard)
        place = row // side * grid + column // side
        shares = torch.stack(seen)[:, 0, :, place]
        bits = F.cross_entropy(logits[0], tokens[0], reduction="none") / math.log(2)
        names = self._heard(words)
        told = torch.stack(heard)[:, 0, :, place, : len(names)] if heard else shares[..., :0]
        return Attention(
            spread(F.pad(shares[..., 1:], (0, 1)), (grid, grid), (side, side)),
            shares[..., 0].cpu(),
            "start",
            told.cpu(),
            names,
            (row - row % side, column - column % side, side, side),
            spread(bits, (grid, grid), (side, side)),
            self.writer.positions().cpu(),
        )

    def _heard(self, words: Tensor | None) -> tuple[str, ...]:
        """What of a sentence (1, length) is attended to: what stands before it, then its known words."""
        caption = self.config.sentence
        if words is None or caption is None:
            return ()
        return ("(no word)", *(caption.vocabulary[number - 1] for number in words[0].tolist() if number))


class Written:
    """What has been written so far, and the frames of it."""

    def __init__(self, model: VQTransformer, count: int, each: bool) -> None:
        self.model, self.grid, self.each = model, model.config.grid, each
        shape = (count, self.grid**2)
        self.tokens = torch.zeros(shape, dtype=torch.long, device=model.device)
        self.entropy = torch.zeros(shape, device=model.device)
        self.chance = torch.zeros(shape, device=model.device)

    def add(self, place: int, token: Tensor, entropy: Tensor, chance: Tensor) -> None:
        """The token (N,) of a place, the entropy of its table in bits, and how probable it was."""
        self.tokens[:, place], self.entropy[:, place], self.chance[:, place] = token, entropy, chance

    def frame(self, place: int) -> Frame | None:
        """The moment after this place was written, if one is due."""
        if not self.each and (place + 1) % self.grid:
            return None
        step, total = (place + 1, self.grid**2) if self.each else ((place + 1) // self.grid, self.grid)
        views = {
            "entropy": ENTROPY(self._spread(self.entropy)),
            "probability": CHANCE(self._spread(self.chance)),
        }
        label = f"token {step} of {total}" if self.each else f"row {step} of {total}"
        figures = {}
        if step == total:
            figures["bits_per_token"] = -self.chance.clamp_min(1e-12).log2().mean(1)
        return Frame(self._image(place), step, total, label, views, figures)

    def _image(self, place: int) -> Tensor:
        """The tokens up to this place decoded; what is not written yet is blank, and decoded as the first code."""
        image = self.model.vqvae.from_tokens(self.tokens.unflatten(1, (self.grid, self.grid)))
        there = (torch.arange(self.grid**2, device=image.device) <= place).float().expand(len(image), -1)
        shown = self._spread(there)
        return image * shown + BLANK * (1 - shown)

    def _spread(self, values: Tensor) -> Tensor:
        """(N, grid²) → (N, C, H, W), the same over all pixels of a token."""
        side = self.model.config.size // self.grid
        whole = spread(values.float(), (self.grid, self.grid), (side, side)).to(values.device)
        return whole[:, None].expand(-1, self.model.config.image_channels, -1, -1)
