"""How good and how varied what a model draws is, and what it costs."""

import time
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from generative.evaluation import attributes
from generative.evaluation.classes import class_agreement, class_shares, entropy_bits
from generative.evaluation.figure import Figure, Figures, Measured
from generative.evaluation.frechet import frechet_distance
from generative.evaluation.precision_recall import precision_recall
from generative.evaluation.reference import Reference
from generative.evaluation.run import Run
from generative.inference.likelihood.neighbours import nearest_training
from generative.models.model import Model, drain, to_bytes
from generative.seeds import Seeds

NEIGHBOURS = 3  # k of precision and recall


@dataclass(frozen=True, eq=False)
class Drawn:
    """Images (N, C, H, W) of the 256 values that a picture file holds, and the seconds that all took."""

    images: Tensor
    seconds: float


def sampling(model: Model, run: Run, real: Reference) -> Measured:
    """All that is measured of samples: quality, whether they show what was asked for, and the time of each."""
    options = model.Options()
    drawn = draw(model, options, run)
    figures = quality(drawn, real, run) | shown(model, drawn, real, run) | real.baselines
    figures["ms_per_image"] = Figure(
        1000 * drawn.seconds / run.samples,
        "ms/image",
        f"Wall time of sampling {run.samples:,} images in batches of {run.batch}, after one image to warm up.",
    )
    figures["evaluations"] = Figure(
        model.evaluations(options),
        "forward passes/image",
        "Forward passes of the network that one image takes.",
    )
    settings = {
        "samples": run.samples,
        "batch": run.batch,
        "seed": run.seed,
        "options": asdict(options),
        "extractor": real.extractor_id,
    }
    return Measured(figures, settings)


def draw(model: Model, options: Any, run: Run) -> Drawn:
    """`run.samples` images of consecutive seeds, and the seconds that they took, the first run aside."""
    drain(model.sample(Seeds(run.seed, 1), options))  # the first run pays for what is set up once
    images, seconds = [], 0.0
    with tqdm(total=run.samples, desc=f"{model.title}: sampling", unit="image") as bar:
        for part in Seeds(run.seed, run.samples).batches(run.batch):
            start = time.perf_counter()
            last = drain(model.sample(part, options)).images.cpu()  # reading the result waits for the device
            seconds += time.perf_counter() - start
            images.append(to_bytes(last) / 255)
            bar.update(len(part))
    return Drawn(torch.cat(images), seconds)


def quality(drawn: Drawn, real: Reference, run: Run) -> Figures:
    """FID, precision, recall and the distance to the nearest training images."""
    features = real.features_of(drawn.images, "features of samples")
    some = real.features[: run.samples]
    balls = precision_recall(some, features, NEIGHBOURS)
    distances = nearest_training(drawn.images.to(run.device), real.training).distances
    counts = f"{run.samples:,} samples, first {len(some):,} test images, k = {NEIGHBOURS}, Kynkäänniemi et al. 2019"
    return {
        "fid": Figure(
            frechet_distance(real.features, features),
            "",
            f"Fréchet distance of {run.samples:,} samples to all {len(real.features):,} test images in the features of "
            f"{real.extractor_id}, so not to be compared with Inception's; lower is better.",
        ),
        "precision": Figure(balls.precision, "share", f"Share of samples that lie among test images ({counts})."),
        "recall": Figure(balls.recall, "share", f"Share of test images that lie among samples ({counts})."),
        "nearest_training": Figure(
            float(distances.median()),
            "RMS pixel difference, 0 to 1",
            f"Median over {run.samples:,} samples of the distance to the nearest of {len(real.training):,} training "
            "images; far below nearest_training_test would mean memorising.",
        ),
    }


def shown(model: Model, drawn: Drawn, real: Reference, run: Run) -> Figures:
    """Does a conditional model draw what is asked; does another draw of everything; are attributes clear?"""
    logits = real.logits_of(drawn.images, "classes of samples")
    if run.dataset.attributes:
        how = (
            f"Share of {run.samples:,} samples in which {real.extractor_id} gives one value of every attribute a "
            f"probability of {attributes.CERTAIN} or more; hair colour counts only where something has it."
        )
        confidence = attributes.confidence(logits, run.dataset)
        unseen = attributes.held_out_share(run.dataset, logits)
        words = (
            f"Share of {run.samples:,} samples in which it sees a combination of attributes that no training image has."
        )
        return {
            "attribute_confidence": Figure(confidence, "share", how),
            "held_out_share": Figure(unseen, "share", words),
        }
    if model.conditional:
        asked = Seeds(run.seed, run.samples).labels(None, len(model.config.classes))
        how = f"Share of {run.samples:,} samples that {real.extractor_id} gives the class they were asked for."
        return {"class_agreement": Figure(class_agreement(logits, asked), "share", how)}
    if not model.config.classes:
        return {}
    shares, names = class_shares(logits), model.config.classes
    rare, frequent = int(shares.argmin()), int(shares.argmax())
    how = (
        f"Entropy of the classes that {real.extractor_id} sees in {run.samples:,} samples, at most "
        f"log₂ {len(shares)}; rarest {names[rare]} ({shares[rare]:.1%}), "
        f"commonest {names[frequent]} ({shares[frequent]:.1%})."
    )
    return {"class_entropy_bits": Figure(entropy_bits(shares), "bits", how)}
