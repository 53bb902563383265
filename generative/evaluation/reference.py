"""What the models of a data set are measured against: real images, their features, and what real images would score."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from generative.abilities import Classifies
from generative.data.datasets import data_root, read
from generative.errors import NotSupported
from generative.evaluation.classes import class_agreement
from generative.evaluation.figure import Figure
from generative.evaluation.frechet import frechet_distance
from generative.evaluation.nearest import nearest_training
from generative.inference import checkpoints

FLOOR_IMAGES = 10_000  # training images that fid_floor compares with the test images
BATCH = 250


@dataclass(frozen=True, eq=False)
class Reference:
    """extractor: the classifier. training: (M, C, H, W) uint8. features: (N, D) of all test images.
    baselines: the figures that real images reach."""

    extractor_id: str
    extractor: Classifies
    training: Tensor
    features: Tensor
    baselines: dict[str, Figure]


def reference(dataset: str, root: Path, data: str | Path | None, samples: int, device: torch.device) -> Reference:
    """The reference of a data set; computed once per process. Raises NotSupported when the classifier is missing."""
    id = f"{dataset}/classifier"
    folder = checkpoints.find(root).get(id)
    if folder is None:
        raise NotSupported(
            f"Evaluation measures with {id}, which is not in {root}. Train it first: python -m generative train {id}"
        )
    weights = [p.stat().st_mtime_ns for p in folder.rglob("*.safetensors")]  # retrained, it is another reference
    return _measured(dataset, folder, max(weights, default=0), data_root(data), samples, device)


@lru_cache(maxsize=1)
def _measured(dataset: str, folder: Path, changed: int, data: Path, samples: int, device: torch.device) -> Reference:
    extractor = checkpoints.load(folder, device)
    if not isinstance(extractor, Classifies):
        raise NotSupported(
            f"{folder} holds a {extractor.title}, which does not classify. Train a classifier there: "
            f"python -m generative train {dataset}/classifier"
        )
    training, test = read(dataset, "train", data)[0], read(dataset, "test", data)
    images, labels = test[0].float() / 255, test[1]
    features = in_batches(extractor.features, images, "features of test images")
    logits = in_batches(extractor.classify, images, "classes of test images")
    real = in_batches(extractor.features, training[:FLOOR_IMAGES].float() / 255, "features of training images")
    distances = nearest_training(images[:samples].to(device), training).distances
    baselines = {
        "fid_floor": Figure(
            frechet_distance(features, real),
            "",
            f"FID of {len(real):,} training images against all {len(features):,} test images: as low as it gets.",
        ),
        "fid_floor_at_samples": Figure(
            frechet_distance(features, real[:samples]),
            "",
            f"FID of the first {len(real[:samples]):,} training images against all test images: what perfect samples "
            "reach when there are as few as here.",
        ),
        "class_agreement_test": Figure(
            class_agreement(logits, labels),
            "share",
            "Share of test images that the classifier gives their true class: what perfect samples reach.",
        ),
        "nearest_training_test": Figure(
            float(distances.median()),
            "RMS pixel difference, 0 to 1",
            f"Median over the first {len(distances):,} test images of the distance to the nearest training image: what "
            "images reach that are new.",
        ),
    }
    return Reference(f"{dataset}/classifier", extractor, training, features, baselines)


def in_batches(function: Callable[[Tensor], Tensor], images: Tensor, task: str) -> Tensor:
    """`function` of all images (N, C, H, W), on the CPU."""
    parts = tqdm(images.split(BATCH), desc=task, unit="batch", leave=False)
    return torch.cat([function(part).cpu() for part in parts])
