"""How often a classifier is right."""

import torch
from torch import Tensor

from generative.data.dataset import Dataset
from generative.evaluation import attributes
from generative.evaluation.bootstrap import standard_error
from generative.evaluation.figure import Figure, Figures, Measured, share
from generative.evaluation.reference import in_batches
from generative.evaluation.run import Run
from generative.models.model import Model
from generative.models.noisy_classifier import NoisyClassifier

TIMESTEPS = (100, 250, 500, 750, 900)


def classification(model: Model, run: Run) -> Measured:
    """Accuracy over all test images: of the class, or of each attribute."""
    images, labels = run.read("test")
    logits = in_batches(model.classify, images.float() / 255, "classes of test images")
    if run.dataset.attributes:
        return Measured(by_attribute(attributes.hits(logits, labels, run.dataset), run.dataset))
    how = f"Share of all {len(images):,} test images whose most likely class is the true one."
    noisy = through_noise(model, images, labels) if isinstance(model, NoisyClassifier) else {}
    return Measured({"accuracy": share(logits.argmax(1) == labels, how)} | noisy)


def through_noise(model: NoisyClassifier, images: Tensor, labels: Tensor) -> Figures:
    """The same of images (N, C, H, W) uint8 of labels (N,) under noise, a figure for each of TIMESTEPS."""
    figures = {}
    for t in TIMESTEPS:
        level = model.process.level(torch.tensor(t))
        x0 = images.float() / 127.5 - 1
        x_t = level.noised(x0, torch.randn(x0.shape, generator=torch.Generator().manual_seed(t)))
        logits = in_batches(lambda part, at=level: model(part.to(model.device), at), x_t, "classes through noise")
        how = f"The same of pictures with a noise of t = {t} of {model.process.steps:,}, which leaves "
        figures[f"accuracy_t_{t}"] = share(logits.argmax(1) == labels, f"{how}{float(level.alpha):.2f} of the picture.")
    return figures


def by_attribute(hits: dict[str, Tensor], known: Dataset) -> Figures:
    """A figure for each attribute of (N,) hits, NaN where it cannot be seen, and their mean as the accuracy."""
    each = torch.stack([*hits.values()], 1)
    mean = float(each.nanmean(0).mean())
    whole = f"Mean over {len(hits)} attributes of the share of test images whose likeliest value is the true one."
    error = standard_error(lambda rows: float(each[rows].nanmean(0).nanmean()), len(each))
    figures = {"accuracy": Figure(mean, whole, error=error)}
    for name, found in hits.items():
        where = " that let it be seen" if name in known.seen else ""
        how = f"Share of all {len(found):,} test images{where} whose likeliest {name} is the true one."
        figures[f"accuracy_{name.replace(' ', '_')}"] = share(found[~found.isnan()], how)
    return figures
