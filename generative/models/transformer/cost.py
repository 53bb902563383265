"""What one more token costs after so many, measured: with the keys and values of earlier tokens kept, and with all
computed anew, beside what attention alone takes of that, which grows with the square of the length."""

import time
from collections.abc import Callable
from statistics import median

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.answers import Cost
from generative.models.transformer.decoder import Cache, Decoder

LENGTHS = (16, 32, 64, 128, 256, 512, 1024)
TRIES = 3  # of which the median counts


def cost(decoder: Decoder, lengths: tuple[int, ...] = LENGTHS) -> Cost:
    """Of a decoder, for one sequence; tokens are noise, since what they say changes no cost."""
    like = decoder.norm.weight
    longest, width = max(lengths), len(like)
    tokens = torch.randn(1, longest, width, generator=torch.Generator().manual_seed(0)).to(like)
    naive, cached, attention = [], [], []
    for length in lengths:
        naive.append(seconds(lambda n=length: decoder(tokens[:, :n])))
        cache = decoder.cache(1, longest + 1, tokens)
        decoder(tokens[:, : length - 1], cache)
        cached.append(seconds(lambda n=length, kept=cache: one_more(decoder, tokens[:, n - 1 : n], kept, n - 1)))
        attention.append(seconds(lambda n=length: attend(decoder, tokens[:, :n])))
    return Cost(lengths, tuple(cached), tuple(naive), tuple(attention))


def one_more(decoder: Decoder, token: Tensor, cache: Cache, length: int) -> Tensor:
    """The pass of one token (1, 1, width) after `length` others; again and again, since the cache is wound back."""
    cache.length = length
    return decoder(token, cache)


def attend(decoder: Decoder, tokens: Tensor) -> Tensor:
    """softmax(Q Kᵀ / √d) V of tokens (1, T, width) in each layer, and nothing else: no layer of weights."""
    found = tokens
    mask = torch.ones(tokens.shape[1], tokens.shape[1], dtype=torch.bool, device=tokens.device).tril()
    for layer in decoder.layers:
        heads = layer.attention.split(tokens)
        found = F.scaled_dot_product_attention(heads, heads, heads, mask)
    return found


def seconds(work: Callable[[], Tensor]) -> float:
    """The median of some tries, after one to warm up."""
    float(work().sum())
    taken = []
    for _ in range(TRIES):
        start = time.perf_counter()
        float(work().sum())  # waits for a device that works by itself
        taken.append(time.perf_counter() - start)
    return median(taken)
