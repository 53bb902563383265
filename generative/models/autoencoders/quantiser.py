"""The codebook of a VQ-VAE: van den Oord et al., "Neural Discrete Representation Learning", 2017.

A vector becomes the nearest of K codes. Codes are no parameters: each is the running mean of the vectors that chose it
(their appendix A.1), and one that hardly any choose is put where a vector of the batch lies (Dhariwal et al.,
"Jukebox", 2020, section 3.1), which also places all codes at the first batch.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DECAY = 0.99  # of the running means
DEAD = 0.3  # vectors of a batch that choose a code, on average, below which it begins anew
EPSILON = 1e-5


class Quantiser(nn.Module):
    """`codes` codes of `dims` numbers. counts: (K,) how many vectors of a batch choose each, on average."""

    def __init__(self, codes: int, dims: int) -> None:
        super().__init__()
        self.register_buffer("codebook", torch.randn(codes, dims))
        self.register_buffer("counts", torch.zeros(codes))
        self.register_buffer("sums", torch.zeros(codes, dims))

    def nearest(self, vectors: Tensor) -> Tensor:
        """(…,) int64 of the code nearest to each of vectors (…, dims)."""
        flat = vectors.flatten(0, -2)
        distances = self.codebook.square().sum(1) - 2 * flat @ self.codebook.T.to(flat.dtype)
        return distances.argmin(1).view(vectors.shape[:-1])

    def look_up(self, tokens: Tensor) -> Tensor:
        """(…, dims): the code of each of tokens (…,)."""
        return F.embedding(tokens, self.codebook)

    @torch.no_grad()
    def learn(self, vectors: Tensor, tokens: Tensor) -> None:
        """Move each code towards the mean of the vectors (M, dims) whose token, (M,), it is; the dead begin anew."""
        vectors = vectors.float()
        self.counts.lerp_(torch.bincount(tokens, minlength=len(self.counts)).float(), 1 - DECAY)
        self.sums.lerp_(torch.zeros_like(self.sums).index_add_(0, tokens, vectors), 1 - DECAY)
        self.codebook.copy_(self.sums / (self.counts[:, None] + EPSILON))
        dead = self.counts < DEAD * min(1.0, len(vectors) / len(self.codebook))
        fresh = vectors[torch.randint(len(vectors), (int(dead.sum()),), device=vectors.device)]
        average = max(1.0, len(vectors) / len(self.codebook))
        self.codebook[dead], self.counts[dead], self.sums[dead] = fresh, average, average * fresh

    @torch.no_grad()
    def sort(self) -> None:
        """Put the codes in the order of their first principal axis, so that neighbours in number are alike."""
        centred = self.codebook - self.codebook.mean(0)
        order = (centred @ torch.linalg.svd(centred, full_matrices=False).Vh[0]).argsort()
        for table in (self.codebook, self.counts, self.sums):
            table.copy_(table[order])

    @property
    def usage(self) -> Tensor:
        """(K,) probabilities: how often each code is chosen; all alike before anything was learnt."""
        counts = self.counts if bool(self.counts.sum() > 0) else torch.ones_like(self.counts)
        return counts / counts.sum()


def perplexity(tokens: Tensor, codes: int) -> Tensor:
    """0-d: 2 to the entropy of how often each of `codes` is among tokens; that many codes would do if used evenly."""
    shares = torch.bincount(tokens.flatten(), minlength=codes).float() / tokens.numel()
    return torch.special.entr(shares).sum().exp()
