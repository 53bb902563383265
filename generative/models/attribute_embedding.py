"""How a network is told attributes, any of which may be left to the seed."""

import torch
from torch import Tensor, nn

from generative.conditions import UNTOLD


class AttributeEmbedding(nn.Module):
    """(N, A) int64 values of attributes → (N, D), the sum of their embeddings; an untold one adds nothing."""

    def __init__(self, sizes: tuple[int, ...], dims: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(sum(sizes), dims)
        nn.init.normal_(self.embedding.weight, std=len(sizes) ** -0.5)
        # The row of each attribute's first value: made here, since a GPU that records a pass may not wait for a copy.
        self.register_buffer("first", torch.tensor(sizes).cumsum(0) - torch.tensor(sizes), persistent=False)

    @property
    def weight(self) -> Tensor:
        """(V, D) of every value, attribute by attribute."""
        return self.embedding.weight

    def forward(self, told: Tensor) -> Tensor:
        """(N, D) of values (N, A), UNTOLD where nothing is told."""
        rows = told.clamp(min=0) + self.first
        return (self.embedding(rows) * (told != UNTOLD).unsqueeze(-1)).sum(1)
