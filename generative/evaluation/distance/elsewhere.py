"""How far samples are from real images in the features of a network that others measure with."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from generative.data.dataset import data_root
from generative.data.known import read
from generative.evaluation.distance import extractors
from generative.evaluation.distance.distribution import Comparison, RealFeatures
from generative.evaluation.figure import Figure, Figures
from generative.evaluation.run import Run


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """test: the features of all test images. real: by the id of a figure, what real images reach at the same number."""

    name: str
    network: extractors.Extractor
    test: RealFeatures
    real: Figures

    def figures(self, images: Tensor) -> Figures:
        """Of samples (N, C, H, W) in [0, 1]: "fid_inception" and its like."""
        features = self.network.features_of(images, f"{self.network.title} of samples")
        found = Comparison(self.test, features).figures(f"{self.network.title}, by torch-fidelity")
        return {f"{id}_{self.name}": replace(figure, real=self.real[id]) for id, figure in found.items()}


def elsewhere(run: Run) -> Elsewhere | None:
    """What `run.extractor` sees of real images, computed once per process; None where none was asked for.

    Raises NotSupported where it is not to be had.
    """
    if not run.extractor:
        return None
    return _known(run.extractor, run.dataset.id, run.size, data_root(run.data), run.samples, run.device)


@lru_cache(maxsize=1)
def _known(name: str, id: str, size: int, data: Path, samples: int, device: torch.device) -> Elsewhere:
    network = extractors.load(name, device)
    test, training = (read(id, split, data, size)[0] for split in ("test", "train"))
    features = RealFeatures.of(network.features_of(test.float() / 255, f"{network.title} of test images"))
    some = network.features_of(training[:samples].float() / 255, f"{network.title} of training images")
    how = f"The same with the first {len(some):,} training images in the samples' place."
    real = {id: Figure(value, how) for id, value in Comparison(features, some).values().items()}
    return Elsewhere(name, network, features, real)
