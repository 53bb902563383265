"""A text encoder: what a network attends to when it is told a sentence.

Words by their number in a vocabulary, with the waves of "Attention Is All You Need" for their places, through layers of
unmasked self-attention: every word sees every other. What stands before the first word is always there, so that an
empty sentence is something to attend to as well: it is how a model draws untold, for classifier-free guidance.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.models.transformer.decoder import Layer
from generative.models.transformer.positions import sinusoidal


class SentenceEncoder(nn.Module):
    """Of sentences of up to `length` words of a vocabulary of `words`."""

    def __init__(self, words: int, length: int, width: int, layers: int = 2, heads: int = 4) -> None:
        super().__init__()
        self.embed = nn.Embedding(words + 2, width)  # 0 fills up; the last is what stands before the first word
        self.start = words + 1
        self.register_buffer("places", sinusoidal(length + 1, width), persistent=False)
        self.layers = nn.ModuleList(Layer(width, heads, told=False) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        """(N, S) int64 words, 0 after the last → (N, 1 + S, width), and (N, 1, 1, 1 + S) bool, true where something was
        said. S: at most `length`."""
        numbers = F.pad(words, (1, 0), value=self.start)
        said = (numbers != 0)[:, None, None]
        x = self.embed(numbers) + self.places[: numbers.shape[1]]
        for layer in self.layers:
            entering = layer.norm(x)
            x = x + layer.attention(entering, layer.attention.read(entering), said)
            x = x + layer.feed_forward(layer.last_norm(x))
        return self.norm(x), said


def shortened(words: Tensor) -> Tensor:
    """(N, S) of words (N, length), without what fills all of the sentences up: most are far from the longest."""
    return words[:, : int((words != 0).sum(1).max())]


def untold(words: Tensor) -> Tensor:
    """The empty sentence, of the same shape."""
    return torch.zeros_like(words)
