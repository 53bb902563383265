"""A decoder-only transformer over the characters of a text: the network that writes pictures here, writing sentences.

Radford et al., "Improving Language Understanding by Generative Pre-Training" (GPT), 2018, with characters for tokens,
as in Al-Rfou et al., "Character-Level Language Modeling with Deeper Self-Attention", 2019. One more token, the end of
the line, stands before the first character and after the last:

    ↵ a   b e a          enter
    ↓ ↓ ↓ ↓ ↓ ↓          layers of masked attention
    a   b e a r          are said
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.answers import Cost, Written
from generative.errors import InvalidOption, shown
from generative.models.autoregressive.completion import choose, odds, temperature, top_p
from generative.models.model import ImageConfig, Model
from generative.models.precision import whole_float32
from generative.models.transformer.cost import cost
from generative.models.transformer.decoder import Decoder
from generative.models.transformer.positions import positions
from generative.options import Options, integer
from generative.seeds import Seeds, uniform

END = 0  # the token before the first character and after the last
LETTERS = " ,-abcdefghijklmnopqrstuvwxyz"
LOOKS = 16  # characters after which it is asked whether all texts have ended, for which a device has to be waited for
LINE = "↵"  # how the end is shown


@dataclass(frozen=True)
class LanguageOptions(Options):
    temperature: float = temperature("characters: what most sentences say. Above 1: bolder, and soon no words.")
    top_k: int = integer(
        30,
        1,
        30,
        "Top-k",
        "Draw each character from only the k likeliest. 30 leaves all in, 1 is always the likeliest.",
    )
    top_p: float = top_p("character")


@dataclass(frozen=True)
class LanguageConfig(ImageConfig):
    """alphabet: its characters. length: the most of a text. size, image_channels: of the pictures that the texts are
    about; it sees none of them."""

    least: ClassVar[Mapping[str, Any]] = {"length": 12, "width": 8, "heads": 2, "layers": 2}
    alphabet: str = LETTERS
    length: int = 160
    width: int = 96
    heads: int = 4
    layers: int = 4
    positions: str = "learnt"

    def __post_init__(self) -> None:
        if not self.alphabet or len(set(self.alphabet)) < len(self.alphabet) or self.width % self.heads:
            raise InvalidOption(
                f"alphabet must be different characters, and width a multiple of heads, not {shown(self.alphabet)} and "
                f"{self.width} of {self.heads}"
            )


class Language(Model):
    family = "transformer"
    title = "Character transformer"
    paper = "https://arxiv.org/abs/1808.04444"
    Config = LanguageConfig
    Options = LanguageOptions

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__(config)
        tokens = len(config.alphabet) + 1
        self.embed = nn.Embedding(tokens, config.width)
        self.positions = positions(config.positions, 1, config.length + 1, config.width)
        self.decoder = Decoder(config.layers, config.width, config.heads)
        self.logits = nn.Linear(config.width, tokens)

    def forward(self, tokens: Tensor, seen: list[Tensor] | None = None) -> Tensor:
        """(N, T, tokens) logits of tokens (N, T), each given those before it."""
        before = F.pad(tokens[:, :-1], (1, 0), value=END)
        return self.logits(self.decoder(self.embed(before) + self.positions()[: tokens.shape[1]], seen=seen))

    def numbers(self, texts: list[str]) -> Tensor:
        """(N, T) int64 tokens of texts, each with an end and filled up with more of them; T is the longest and its end.

        Raises InvalidOption for a text that is too long, or has a character that the model never saw.
        """
        alphabet, most = self.config.alphabet, self.config.length
        for text in texts:
            if strange := [character for character in text if character not in alphabet]:
                known = "a to z, space, comma and hyphen" if alphabet == LETTERS else " ".join(alphabet)
                raise InvalidOption(
                    f"{self.title} writes {known}; it never saw {shown(strange[0])}. Leave it out.", "text"
                )
            if len(text) > most:
                raise InvalidOption(
                    f"{self.title} writes texts of up to {most} characters; this has {len(text):,}. Shorten it.", "text"
                )
        rows = [[alphabet.index(character) + 1 for character in text] for text in texts]
        longest = max(map(len, rows)) + 1
        return torch.tensor([row + [END] * (longest - len(row)) for row in rows], device=self.device)

    def spelt(self, text: str) -> str:
        """A text in the characters that it has, in small letters; others are left out."""
        return "".join(character for character in text.lower() if character in self.config.alphabet)

    @torch.inference_mode()
    def write(self, text: str, seeds: Seeds, options: LanguageOptions | None = None) -> Written:
        """Go on with a text, in any case, once for each seed. Raises InvalidOption as `numbers`."""
        options, begun = options or self.default_options, self.numbers([text.lower()])[:, :-1]
        tokens, ended = self._continued(begun, seeds, options)
        seen: list[Tensor] = []
        logits = self(tokens, seen)
        bits = F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="none").view_as(tokens) / math.log(2)
        after = self(F.pad(begun, (0, 1)))[:, -1]
        return Written(
            tuple(self._text(row) for row in tokens.tolist()),
            begun.shape[1],
            tuple(row[: end + 1].cpu() for row, end in zip(bits, ended, strict=True)),
            (LINE, *self.config.alphabet),
            after.softmax(1)[0].cpu(),
            odds(after, options)[0].cpu(),
            torch.stack(seen)[:, 0, :, : ended[0] + 1, : ended[0] + 1].cpu(),
        )

    def _continued(self, begun: Tensor, seeds: Seeds, options: LanguageOptions) -> tuple[Tensor, list[int]]:
        """(N, T) tokens, a text (1, B) and what follows it, and where each ends: at its END, or where it is full."""
        length, before = self.config.length, begun.shape[1]
        draws = uniform(seeds.generators(), length).to(self.device)
        places = self.positions()
        cache = self.decoder.cache(len(seeds), length + 1, places)
        tokens = F.pad(begun, (1, 0), value=END).expand(len(seeds), -1)
        said = self.decoder(self.embed(tokens) + places[: before + 1], cache)[:, -1]
        done = torch.zeros(len(seeds), dtype=torch.bool, device=self.device)
        for place in range(before, length):
            token = choose(self.logits(said), draws[:, place], options)[0].masked_fill(done, END)
            tokens, done = torch.cat([tokens, token[:, None]], 1), done | (token == END)
            if place == length - 1 or (place % LOOKS == LOOKS - 1 and bool(done.all())):
                break
            said = self.decoder(self.embed(token)[:, None] + places[place + 1], cache)[:, -1]
        written = tokens[:, 1:]
        last = written.shape[1] - 1
        ends = [next((i for i in range(before, last) if row[i] == END), last) for row in written.tolist()]
        return written, ends

    def _text(self, tokens: list[int]) -> str:
        """What tokens say up to their end."""
        ended = tokens[: tokens.index(END)] if END in tokens else tokens
        return "".join(self.config.alphabet[token - 1] for token in ended)

    @whole_float32
    @torch.inference_mode()
    def surprise(self, texts: list[str]) -> list[Tensor]:
        """−log₂ p of every character of each text, and of its end."""
        tokens = self.numbers(texts)
        bits = F.cross_entropy(self(tokens).flatten(0, 1), tokens.flatten(), reduction="none").view_as(tokens)
        return [row[: len(text) + 1].cpu() / math.log(2) for row, text in zip(bits, texts, strict=True)]

    @torch.inference_mode()
    def cost(self) -> Cost:
        """What one more character takes, the longer the text is."""
        return cost(self.decoder)
