"""The decoder of Vaswani et al., "Attention Is All You Need", 2017, section 3: layers of masked self-attention,
attention to an encoded sentence where there is one, and a feed-forward network, each beside a residual connection.

A token sees itself and the tokens before it, never a later one:

    token   sees                 A layer:  x + self-attention(norm x)
    a       a . . .                        x + cross-attention(norm x)   where there is a sentence
    b       a b . .                        x + feed-forward(norm x)
    c       a b c .
    d       a b c d

Tokens that are written together, of which none is known before the others (VAR, Tian et al. 2024, figure 4), see each
other too:

    a       a . . .
    b c     a b c .    in blocks of 1, 2 and 1
    d       a b c d

Deviation: the layer norms stand before each part instead of after the sum, as in GPT-2, which trains without a long
warm-up (Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Pair = tuple[Tensor, Tensor]  # keys and values, each (N, heads, T, width / heads)


class Attention(nn.Module):
    """softmax(Q Kᵀ / √d_k) V in several heads (eq. 1 and section 3.2.2)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.keys_values = nn.Linear(width, 2 * width)
        self.output = nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        """(N, T, width) → (N, heads, T, width / heads)."""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

    def read(self, tokens: Tensor) -> Pair:
        """The keys and values of tokens (N, T, width)."""
        keys, values = self.keys_values(tokens).chunk(2, 2)
        return self.split(keys), self.split(values)

    def forward(self, x: Tensor, read: Pair, mask: Tensor | None = None, seen: list[Tensor] | None = None) -> Tensor:
        """(N, T, width): what each of the tokens `x` finds among S tokens that were `read`.

        mask: (T, S) or (N, 1, T, S) bool, true where a token may look. seen: takes the shares of attention, (N, heads,
        T, S), each row of which adds up to one.
        """
        (keys, values), query = read, self.split(self.query(x))
        if seen is None:
            found = F.scaled_dot_product_attention(query, keys, values, mask)
        else:
            scores = query @ keys.transpose(2, 3) / query.shape[-1] ** 0.5
            shares = (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(3)
            seen.append(shares)
            found = shares @ values
        return self.output(found.transpose(1, 2).flatten(2))


class Cache:
    """The keys and values of all tokens so far, of each layer: a new token then costs one token's work."""

    def __init__(self, layers: int, count: int, heads: int, length: int, depth: int, like: Tensor) -> None:
        self.read = [like.new_zeros(2, count, heads, length, depth) for _ in range(layers)]
        self.length = 0

    def extend(self, layer: int, read: Pair) -> Pair:
        """Keep what the next tokens are read as, (N, heads, T, depth) each; gives those of all tokens up to them."""
        end = self.length + read[0].shape[2]
        self.read[layer][:, :, :, self.length : end] = torch.stack(read)
        keys, values = self.read[layer][:, :, :, :end]
        return keys, values

    def reorder(self, index: Tensor) -> None:
        """Sequence n goes on as a copy of sequence index[n]."""
        self.read = [read[:, index] for read in self.read]


class Layer(nn.Module):
    """One layer; `told`: whether it attends to a sentence as well."""

    def __init__(self, width: int, heads: int, told: bool) -> None:
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.cross_norm, self.cross = (nn.LayerNorm(width), Attention(width, heads)) if told else (None, None)
        self.last_norm = nn.LayerNorm(width)
        self.feed_forward = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))


class Decoder(nn.Module):
    """`layers` of them, and a last layer norm."""

    def __init__(self, layers: int, width: int, heads: int, told: bool = False) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, heads, told) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(
        self,
        x: Tensor,
        cache: Cache | None = None,
        sentence: list[Pair] | None = None,
        words: Tensor | None = None,
        seen: list[Tensor] | None = None,
        heard: list[Tensor] | None = None,
        blocks: tuple[int, ...] = (),
    ) -> Tensor:
        """(N, T, width) of tokens (N, T, width), which go on after those in `cache`, which then holds them too.

        sentence: its keys and values in each layer (`listen`); words: (N, 1, 1, S) bool, which of it are no padding.
        seen, heard: take each layer's shares of attention, to tokens and to words. blocks: how many of `x` are written
        together; none for each alone.
        """
        mask = causal_mask(x.shape[1], 0 if cache is None else cache.length, x.device, blocks)
        for number, layer in enumerate(self.layers):
            entering = layer.norm(x)
            read = layer.attention.read(entering)
            x = x + layer.attention(entering, read if cache is None else cache.extend(number, read), mask, seen)
            if layer.cross is not None and sentence is not None:
                x = x + layer.cross(layer.cross_norm(x), sentence[number], words, heard)
            x = x + layer.feed_forward(layer.last_norm(x))
        if cache is not None:
            cache.length += x.shape[1]
        return self.norm(x)

    def listen(self, sentence: Tensor) -> list[Pair]:
        """The keys and values of an encoded sentence (N, S, width) in each layer, the same for all tokens."""
        return [layer.cross.read(sentence) for layer in self.layers]

    def cache(self, count: int, length: int, like: Tensor) -> Cache:
        """An empty cache for `count` sequences of up to `length` tokens, of the type and on the device of `like`."""
        first = self.layers[0].attention
        return Cache(len(self.layers), count, first.heads, length, first.query.out_features // first.heads, like)


def causal_mask(
    count: int, before: int, device: torch.device | None = None, blocks: tuple[int, ...] = ()
) -> Tensor | None:
    """(count, before + count) bool: which tokens each of `count` new ones sees, those written together in `blocks`;
    None where all see all."""
    if count == 1 or len(blocks) == 1:
        return None
    if not blocks:
        return torch.ones(count, before + count, dtype=torch.bool, device=device).tril(before)
    number = torch.cat([torch.full((size,), block, device=device) for block, size in enumerate(blocks)])
    return F.pad(number[:, None] >= number, (before, 0), value=True)
