"""What the models of a data set are measured against: real images, their features, and what real images would score."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from generative.data.dataset import Dataset, data_root
from generative.data.known import dataset, read
from generative.errors import NotSupported
from generative.evaluation import attributes
from generative.evaluation.classes import class_agreement, class_shares, entropy_bits
from generative.evaluation.distance.distribution import Comparison, RealFeatures
from generative.evaluation.figure import Figure, Figures
from generative.evaluation.run import Run
from generative.inference.likelihood.neighbours import nearest_training
from generative.library import weights
from generative.protocols import Classifies

BATCH = 250


@dataclass(frozen=True, eq=False)
class Reference:
    """extractor: the classifier; images of another size are first scaled to its own. training: (M, C, H, W) uint8.
    test: the features of all test images. real: by the id of a figure, what real images reach at the same number."""

    extractor_id: str
    extractor: Classifies
    training: Tensor
    test: RealFeatures
    real: Figures

    def features_of(self, images: Tensor, task: str) -> Tensor:
        """Features (N, D) of images (N, C, H, W) in [0, 1]; `task` names the progress bar."""
        return in_batches(self.extractor.features, scaled(images, self.extractor), task)

    def logits_of(self, images: Tensor, task: str) -> Tensor:
        """The extractor's logits (N, classes) for images (N, C, H, W) in [0, 1]."""
        return in_batches(self.extractor.classify, scaled(images, self.extractor), task)


def extractor_folder(measured: Dataset, root: Path) -> Path:
    """Where the classifier of a data set lies. Raises NotSupported when it is missing."""
    id = f"{measured.id}/classifier"
    folder = weights.find(root).get(id)
    if folder is None:
        raise NotSupported(
            f"Evaluation measures samples with {id}, which is not there. Train it first: python -m generative "
            f"train {id}"
        )
    return folder


def reference(run: Run) -> Reference:
    """The reference of a data set; computed once per process. Raises NotSupported when the classifier is missing, or
    knows other classes than the data set."""
    folder = extractor_folder(run.dataset, run.root)
    weights = [p.stat().st_mtime_ns for p in folder.rglob("*.safetensors")]  # retrained, it is another reference
    changed = max(weights, default=0)
    return _measured(run.dataset.id, run.size, folder, changed, data_root(run.data), run.samples, run.device)


@lru_cache(maxsize=1)
def _measured(
    id: str, size: int, folder: Path, changed: int, data: Path, samples: int, device: torch.device
) -> Reference:
    known, extractor = dataset(id), weights.load(folder, device)
    if not isinstance(extractor, Classifies) or tuple(extractor.config.labels) != known.labels:
        raise NotSupported(
            f"{folder} holds a {extractor.title} that does not tell the classes of {known.title}. Train a classifier "
            f"there: python -m generative train {id}/classifier"
        )
    training, (test, labels) = read(id, "train", data, size)[0], read(id, "test", data, size)
    images, some = scaled(test.float() / 255, extractor), scaled(training[:samples].float() / 255, extractor)
    features = RealFeatures.of(in_batches(extractor.features, images, "features of test images"))
    logits = in_batches(extractor.classify, images, "classes of test images")
    stand_ins = in_batches(extractor.features, some, "features of training images")
    distances = nearest_training(test[:samples].float().to(device) / 255, training).distances
    how = f"The same with the first {len(stand_ins):,} training images in the samples' place."
    real = {name: Figure(value, how) for name, value in Comparison(features, stand_ins).values().items()}
    real |= clarity(known, logits, labels)
    real["nearest_training"] = Figure(
        float(distances.median()), f"The same of the first {len(distances):,} test images, which are new to training."
    )
    return Reference(f"{id}/classifier", extractor, training, features, real)


def clarity(known: Dataset, logits: Tensor, labels: Tensor) -> Figures:
    """How clearly test images show what they are, to compare samples with."""
    if known.attributes:
        how = "The same share of all test images."
        figures = {"attribute_confidence": Figure(float(attributes.clear(logits, known).double().mean()), how)}
        if known.held_out:
            share = float(attributes.shows_held_out(known, logits).double().mean())
            figures["held_out_share"] = Figure(share, how)
        return figures
    agreement = "Share of all test images that the classifier gives their true class."
    return {
        "class_agreement": Figure(class_agreement(logits, labels), agreement),
        "class_entropy_bits": Figure(entropy_bits(class_shares(logits)), "The same of all test images."),
    }


def scaled(images: Tensor, extractor: Classifies) -> Tensor:
    """In the size that the extractor knows, which is that of its own data; halving takes the mean of 2×2 pixels."""
    size = extractor.config.size
    return images if images.shape[-1] == size else F.interpolate(images, (size, size), mode="area")


def in_batches(function: Callable[[Tensor], Tensor], images: Tensor, task: str) -> Tensor:
    """`function` of all images (N, C, H, W), on the CPU. Without a `task` no progress is shown."""
    parts = tqdm(images.split(BATCH), desc=task, unit="batch", leave=False, disable=not task)
    return torch.cat([function(part).cpu() for part in parts])
