"""The network that writes tokens, told a sentence, and one run of it, token by token with a cache."""

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.sentences import SentenceEncoder, shortened, untold
from generative.models.transformer.decoder import Decoder
from generative.models.transformer.positions import positions

if TYPE_CHECKING:
    from generative.models.transformer.vq_transformer import VQTransformerConfig


class ToldDecoder(nn.Module):
    """A decoder over tokens, with the encoder of the sentence that it is told, and logits of the codes."""

    def __init__(self, config: "VQTransformerConfig") -> None:
        super().__init__()
        told = config.sentence
        self.decoder = Decoder(config.layers, config.width, config.heads, told is not None)
        self.encoder = (
            None
            if told is None
            else SentenceEncoder(len(told.vocabulary), told.length, config.width, config.text_layers, config.heads)
        )
        self.logits = nn.Linear(config.width, config.codes)

    def listen(self, words: Tensor | None) -> tuple[Any, Tensor | None]:
        """A sentence as the decoder takes it; nothing for a model that is told none."""
        if words is None or self.encoder is None:
            return None, None
        encoded, said = self.encoder(words if self.training else shortened(words))
        return self.decoder.listen(encoded), said


class Writer(ToldDecoder):
    """Logits of the next token, given those before and a sentence."""

    def __init__(self, config: "VQTransformerConfig") -> None:
        super().__init__(config)
        self.begin = config.codes  # the token before the first
        self.embed = nn.Embedding(config.codes + 1, config.width)
        self.positions = positions(config.positions, config.grid, config.grid, config.width)

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


class Writing:
    """One run: token by token, with a cache. Guidance runs every sentence beside the empty one.

    told: (N, codes) logits of the token that was asked for last, without guidance.
    """

    def __init__(self, writer: Writer, words: Tensor | None, count: int, scale: float, length: int) -> None:
        self.writer, self.count = writer, count
        self.scale = scale if words is not None and bool(words.any()) else 1.0
        if self.scale != 1:
            words = torch.cat([words, untold(words)])
        self.sentence, self.said = writer.listen(words)
        rows = count if self.scale == 1 else 2 * count
        self.places = writer.positions()
        self.cache = writer.decoder.cache(rows, length, self.places)
        self.told = self.places[:0]

    def next(self, before: Tensor) -> Tensor:
        """(N, codes) logits of the next token, the last written being `before` (N,)."""
        token = self.writer.embed(before.repeat(len(self.cache.read[0][0]) // self.count))[:, None]
        token = token + self.places[self.cache.length]
        logits = self.writer.logits(self.writer.decoder(token, self.cache, self.sentence, self.said)[:, 0])
        if self.scale == 1:
            self.told = logits
            return logits
        self.told, without = logits.chunk(2)
        return without + self.scale * (self.told - without)

    def reorder(self, index: Tensor) -> None:
        """Sequence n goes on as a copy of sequence index[n], which was told the same."""
        self.cache.reorder(index if self.scale == 1 else torch.cat([index, index + self.count]))
