"""Completions that fit what comes after the hole: a particle filter for each image.

Raster order draws a hole without seeing the known pixels behind it. The remedy: several candidates are drawn at once,
each weighed by how probable it makes the known pixels that the sweep then meets, p(known | drawn before), and
resampled in proportion once few of them carry the weight (Gordon et al. 1993; Doucet & Johansen 2009, section 4). What
survives is distributed as the model's own p(hole | all known pixels), the better the more candidates there are. That
holds at temperature 1 with all values left in: otherwise candidates are drawn from bent tables, on purpose, and known
pixels weigh them all the same by the model's own.
"""

import torch
from torch import Tensor

from generative.seeds import Seeds, uniform


class Candidates:
    """`count` candidates for each image; candidate m of image n is row n · count + m of every tensor."""

    def __init__(self, seeds: Seeds, count: int, rows: int, device: torch.device) -> None:
        self.images, self.count, self.device = len(seeds), count, device
        self.generators = seeds.generators()
        self.rows = rows
        precision = torch.float32 if device.type == "mps" else torch.float64  # MPS has no double
        self.log_weights = torch.zeros(self.images, count, device=device, dtype=precision)
        self.effective: list[Tensor] = []
        self.ancestors = torch.arange(count, device=device).repeat(self.images, 1)  # which beginning each goes back to
        self._weighed = False  # since the last row's end
        self._turns: Tensor | None = None

    def weigh(self, logits: Tensor, values: Tensor) -> None:
        """Multiply each weight by what (N · count, L) logits say of the known (N · count,) values."""
        gain = logits.to(self.log_weights.dtype).log_softmax(1).gather(1, values[:, None])
        self.log_weights += gain.view(self.images, self.count)
        self._weighed = True

    def resampled(self, row: int) -> Tensor | None:
        """Which candidate each one goes on from, (N · count,), where too few carry the weight; else None."""
        weights = self.log_weights.softmax(1)
        effective = 1 / weights.square().sum(1)
        if self._weighed:
            self.effective.append(effective)
        self._weighed = False
        tired = effective < self.count / 2
        if not tired.any():
            return None
        # Systematic resampling: one uniform number places `count` evenly spaced pointers on the cumulative weights.
        pointers = (torch.arange(self.count, device=self.device) + self._turn(row)) / self.count
        survivors = torch.searchsorted(weights.cumsum(1), pointers, right=True).clamp_max(self.count - 1)
        survivors = torch.where(tired[:, None], survivors, torch.arange(self.count, device=self.device))
        self.log_weights[tired] = 0
        self.ancestors = self.ancestors.gather(1, survivors)
        return (survivors + self._first).flatten()

    def best(self) -> Tensor:
        """(N,) the row of each image's weightiest candidate."""
        return self.log_weights.argmax(1) + self._first[:, 0]

    def chosen(self) -> Tensor:
        """(N,) the row of the candidate that is drawn, in proportion to its weight, as each image's result."""
        if self.count == 1:
            return self._first[:, 0]
        cumulative = self.log_weights.softmax(1).cumsum(1)
        index = torch.searchsorted(cumulative, self._turn(self.rows), right=True).clamp_max(self.count - 1)
        return index[:, 0] + self._first[:, 0]

    def figures(self) -> dict[str, Tensor]:
        """ "effective_candidates": (N,) effective sample size 1 / Σ w² at the row where it was least, since a mean over
        rows hides that the candidates have become one. "ancestors": (N,) how many of the candidates that were begun
        those of the end go back to. Nothing, where no known pixel was met."""
        if not self.effective:
            return {}
        alike = self.ancestors[:, :, None] == torch.arange(self.count, device=self.device)
        return {
            "effective_candidates": torch.stack(self.effective).amin(0).float(),
            "ancestors": alike.any(1).sum(1).float(),
        }

    @property
    def _first(self) -> Tensor:
        return torch.arange(self.images, device=self.device)[:, None] * self.count

    def _turn(self, row: int) -> Tensor:
        """(N, 1) the uniform number that each image uses after a row, or, at the end, for its choice."""
        if self._turns is None:
            turns = uniform(self.generators, self.rows + 1, 1).to(self.log_weights)
            self._turns = turns.transpose(0, 1).contiguous()
        return self._turns[row]
