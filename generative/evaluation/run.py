"""The settings of one evaluation."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from generative.data import known
from generative.data.dataset import Dataset


@dataclass(frozen=True)
class Run:
    """size: of the model's images, in pixels. samples: how many are drawn, from seeds `seed`, `seed` + 1, …, `batch`
    together. extractor: one of EXTRACTORS, in whose features samples are compared too; "" for none."""

    dataset: Dataset
    size: int
    root: Path
    data: str | Path | None
    samples: int
    batch: int
    seed: int
    device: torch.device
    extractor: str = ""

    def read(self, split: str) -> tuple[Tensor, Tensor]:
        """The data set's images (N, C, H, W) uint8 in the model's size, and their labels."""
        return known.read(self.dataset.id, split, self.data, self.size)
