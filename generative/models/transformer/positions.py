"""Where a token stands, as numbers that are added to it, since attention by itself does not see any order.

Either fixed sines and cosines of its number in the sequence (Vaswani et al., "Attention Is All You Need", 2017, section
3.5), or learnt: a vector for each row of the picture plus one for each column.
"""

import torch
from torch import Tensor, nn

KINDS = ("learnt", "sinusoidal")
LONGEST = 10_000.0  # of which 2π times is the slowest wave, in tokens


def sinusoidal(count: int, width: int) -> Tensor:
    """(count, width): PE(t, 2i) = sin(t / 10000^(2i / width)), PE(t, 2i + 1) = cos of the same."""
    rates = LONGEST ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(count)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :width]


class SinusoidalPositions(nn.Module):
    """Of a sequence of `rows` · `columns` tokens; has nothing to learn."""

    def __init__(self, rows: int, columns: int, width: int) -> None:
        super().__init__()
        self.register_buffer("table", sinusoidal(rows * columns, width), persistent=False)

    def forward(self) -> Tensor:
        """(rows · columns, width), in reading order."""
        return self.table


class LearntPositions(nn.Module):
    """A vector for each row and one for each column, so that "the token above" lies as near as the one to the left."""

    def __init__(self, rows: int, columns: int, width: int) -> None:
        super().__init__()
        self.rows = nn.Parameter(0.3 * torch.randn(rows, 1, width))
        self.columns = nn.Parameter(0.3 * torch.randn(1, columns, width))

    def forward(self) -> Tensor:
        """(rows · columns, width), in reading order."""
        return (self.rows + self.columns).flatten(0, 1)


def positions(kind: str, rows: int, columns: int, width: int) -> nn.Module:
    """The positions of that kind, one of KINDS."""
    return {"learnt": LearntPositions, "sinusoidal": SinusoidalPositions}[kind](rows, columns, width)


def spread(values: Tensor, grid: tuple[int, int], token: tuple[int, int]) -> Tensor:
    """(…, T) of the tokens of a `grid` in reading order → (…, H, W) on the CPU, the same over all pixels of a token."""
    there = values.unflatten(-1, grid)
    return there.repeat_interleave(token[0], -2).repeat_interleave(token[1], -1).cpu()
