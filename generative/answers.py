"""What a model answers with, besides frames: numbers and tensors that say what they mean."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor


@dataclass(frozen=True)
class Likelihood:
    """How probable a model finds images. Only what is of the same kind can be compared.

    nats: (N,) the surprise −ln p(x); the lower, the more probable.
    kind: "exact"; "tokens", exact too, but of the tokens that stand for a picture; "bound", the true surprise is at
    most this; or "unnormalised", it is this plus an unknown constant.
    values: of one image, C·H·W, or its tokens.
    parts: (N, C, H, W) nats of each value, where the likelihood divides into values. They add up to `nats`. Those of a
    token are spread over its pixels, C is then 1. together: pixels of a token.
    told: (N,) int64, the class that the model was told of each; None for p(x) whatever the class.
    posterior: (N, K) p(c|x), all K classes equally probable beforehand, where the model was told none of them.
    """

    nats: Tensor
    kind: Literal["exact", "tokens", "bound", "unnormalised"]
    values: int
    parts: Tensor | None = None
    told: Tensor | None = None
    posterior: Tensor | None = None
    together: int = 1

    @property
    def figure(self) -> str:
        """The name that programs know `number` by."""
        return {"tokens": "bits_per_token", "unnormalised": "energy"}.get(self.kind, "bits_per_dim")

    @property
    def bits_per_dim(self) -> Tensor:
        """(N,) −log₂ p(x) / (C·H·W), or of tokens a token."""
        return self.nats / (math.log(2) * self.values)

    @property
    def number(self) -> Tensor:
        """(N,) what is told of images and ranks them, the lowest the most probable: bits/dim; of what is not
        normalised, which has no bits, the nats as they are, an energy."""
        return self.nats if self.kind == "unnormalised" else self.bits_per_dim

    @property
    def bits(self) -> Tensor | None:
        """(N, C, H, W) the surprise −log₂ p of each value, or of the token that a pixel belongs to."""
        return None if self.parts is None else self.parts * self.together / math.log(2)

    @classmethod
    def joined(cls, several: Sequence["Likelihood"]) -> "Likelihood":
        """One of all images, on the CPU, from those of a few each."""

        def every(name: str) -> Tensor | None:
            found = [getattr(each, name) for each in several]
            return None if found[0] is None else torch.cat([each.cpu() for each in found])

        first = several[0]
        parts, told, posterior = every("parts"), every("told"), every("posterior")
        return cls(every("nats"), first.kind, first.values, parts, told, posterior, first.together)


@dataclass(frozen=True)
class Scale:
    """What a critic's numbers mean.

    title: what is measured. real, forged: the scores that training pulls real and forged images towards, infinite where
    there is no end to it. probability: what turns a score into the probability of being real, where something does.
    """

    title: str
    real: float
    forged: float
    probability: Callable[[Tensor], Tensor] | None = None


@dataclass(frozen=True)
class Verdict:
    """score: (N,) what a critic says of images, its raw numbers, which mean what `scale` says."""

    score: Tensor
    scale: Scale


@dataclass(frozen=True)
class Space:
    """One of the spaces that a model's images can be said to come from.

    shape: of a latent, without the batch. path: between two latents, "slerp", an arc around the origin, as noise wants
    it, or "lerp", a straight line. steps: that decoding takes; where they are many it is streamed by `sample`.
    """

    name: str
    title: str
    shape: tuple[int, ...]
    path: Literal["slerp", "lerp"]
    steps: int = 1

    @property
    def dims(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True, eq=False)
class Prediction:
    """table: (C, 256) probabilities of a pixel's values. field: (H, W) in [0, 1], how much each pixel bears on it."""

    table: Tensor
    field: Tensor


@dataclass(frozen=True, eq=False)
class Attention:
    """What a transformer looks at when it writes one token of a picture.

    shares: (L, A, H, W), of L layers with A heads: how much of its attention goes to the token that a pixel belongs to.
    start: (L, A), how much goes to what stands before the first token, which is called `before`. The shares of all
    tokens and this one add up to 1. words: (L, A, K) attention to the K `names` of a sentence, which adds up to 1 by
    itself; K is 0 for a model that is told none. hearing: (K, H, W) attention to each name when the token that a pixel
    belongs to is written, mean of all layers and heads.
    box: row, column, height and width, in pixels, of the token. bits: (H, W) the surprise −log₂ p of every token.
    positions: (T, width) what tells a token its place, in reading order.
    """

    shares: Tensor
    start: Tensor
    before: str
    words: Tensor
    names: tuple[str, ...]
    box: tuple[int, int, int, int]
    bits: Tensor
    positions: Tensor
    hearing: Tensor


@dataclass(frozen=True, eq=False)
class Listening:
    """Where a picture listened to a sentence while it was drawn.

    image: (C, H, W) in [0, 1], what was drawn. names: what stands before the sentence, then its known words, K in all.
    shares: (S, L, K, R, R), at each look of the network and in each layer how much of the attention of a place of the
    picture goes to each of the names, the mean of all heads; those of a place add up to 1. times: the t of each look.
    sides: of each layer, how many places it tells apart along a side.
    """

    image: Tensor
    names: tuple[str, ...]
    shares: Tensor
    times: tuple[float, ...]
    sides: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Mixture:
    """Faces put together of the styles of two.

    rows, columns: (N, C, H, W) in [0, 1], what gives some layers their styles, and what all others. images: (N, N, C,
    H, W), each row with each column. layers: those, counted from 1, whose styles are the row's.
    """

    rows: Tensor
    columns: Tensor
    images: Tensor
    layers: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Written:
    """Texts that go on with one beginning.

    texts: each whole, the beginning included. begun: characters of the beginning. bits: of each text the surprise
    −log₂ p of every character and of its end, (T + 1,) or, where the text is as long as the model can, (T,).
    alphabet: what can follow, the end first. chances: (A,) the probabilities of what follows the beginning, as the
    model says them; bent: as options make of them. attention: (L, H, T, T) of the first text, of L layers with H heads:
    how much of its attention each character's writing gives to what stands there: the start, then every character
    before it; a row adds up to 1.
    """

    texts: tuple[str, ...]
    begun: int
    bits: tuple[Tensor, ...]
    alphabet: tuple[str, ...]
    chances: Tensor
    bent: Tensor
    attention: Tensor

    @property
    def means(self) -> tuple[float, ...]:
        """Of each text the bits per character of what follows the beginning, its end included; of one with nothing
        left to follow, of all of it."""
        return tuple(float((bits[self.begun :] if len(bits) > self.begun else bits).mean()) for bits in self.bits)

    def record(self, first: int) -> dict[str, Any]:
        """As JSON: the texts of consecutive seeds, the bits of every character, and what can come next."""
        rows = enumerate(zip(self.texts, self.means, self.bits, strict=True), start=first)
        return {
            "texts": [
                {"seed": seed, "text": text, "bits_per_character": mean, "bits": bits.tolist()}
                for seed, (text, mean, bits) in rows
            ],
            "begun": self.begun,
            "next": dict(zip(self.alphabet, self.chances.tolist(), strict=True)),
            "drawn_from": dict(zip(self.alphabet, self.bent.tolist(), strict=True)),
        }


@dataclass(frozen=True)
class Cost:
    """What a transformer takes for one more token, in seconds, measured here and now.

    lengths: tokens of the sequence with it. cached: with the keys and values of those before kept. naive: with the
    whole sequence computed anew. attention: of that the attention alone, without any layer of weights.
    """

    lengths: tuple[int, ...]
    cached: tuple[float, ...]
    naive: tuple[float, ...]
    attention: tuple[float, ...]

    def growth(self, name: str) -> float:
        """By how much the longest takes longer than the one of half its length: 2 is linear, 4 is quadratic."""
        taken = getattr(self, name)
        return taken[-1] / max(1e-9, taken[self.lengths.index(self.lengths[-1] // 2)])
