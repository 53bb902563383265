"""How good and how varied what a model draws is, and what it costs."""

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from generative.evaluation import attributes
from generative.evaluation.bootstrap import error_of_mean, error_of_median
from generative.evaluation.classes import class_shares, entropy_bits
from generative.evaluation.distance.distribution import Comparison
from generative.evaluation.distance.elsewhere import elsewhere
from generative.evaluation.figure import Figure, Figures, Measured, share
from generative.evaluation.reference import Reference
from generative.evaluation.run import Run
from generative.inference.likelihood.neighbours import nearest_training
from generative.models.model import Model, drain, to_bytes
from generative.seeds import Seeds


@dataclass(frozen=True, eq=False)
class Drawn:
    """Images (N, C, H, W) of the 256 values that a picture file holds, and the seconds that all took."""

    images: Tensor
    seconds: float


def sampling(model: Model, run: Run, real: Reference) -> Measured:
    """All that is measured of samples: quality, whether they show what was asked for, and the time of each."""
    options, others = model.default_options, elsewhere(run)
    drawn = draw(model, options, run)
    figures = quality(drawn, real, run) | shown(model, drawn, real, run)
    figures = {id: replace(figure, real=real.real.get(id)) for id, figure in figures.items()}
    figures |= others.figures(drawn.images) if others else {}
    figures["ms_per_image"] = Figure(
        1000 * drawn.seconds / run.samples,
        f"Wall time of sampling {run.samples:,} images in batches of {run.batch}, after one image to warm up.",
    )
    figures["evaluations"] = Figure(
        model.evaluations(options),
        "Forward passes of the network that one image takes.",
    )
    settings = {
        "samples": run.samples,
        "batch": run.batch,
        "seed": run.seed,
        "options": asdict(options),
        "extractor": " and ".join(filter(None, (real.extractor_id, run.extractor))),
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
    """How far samples are from test images, in features, and from the nearest training images, in pixels."""
    compared = Comparison(real.test, real.features_of(drawn.images, "features of samples"))
    figures = compared.figures(f"{real.extractor_id}, so not to be compared with Inception's")
    distances = nearest_training(drawn.images.to(run.device), real.training).distances.cpu()
    figures["nearest_training"] = Figure(
        float(distances.median()),
        f"Median over {run.samples:,} samples of the distance to the nearest of all training images.",
        error=error_of_median(distances),
    )
    return figures


def shown(model: Model, drawn: Drawn, real: Reference, run: Run) -> Figures:
    """Does a conditional model draw what is asked; does another draw of everything; are attributes clear?"""
    logits = real.logits_of(drawn.images, "classes of samples")
    if run.dataset.attributes:
        return of_attributes(logits, real, run)
    if model.config.classes:
        asked = Seeds(run.seed, run.samples).labels(None, len(model.config.classes))
        how = f"Share of {run.samples:,} samples that {real.extractor_id} gives the class they were asked for."
        return {"class_agreement": share((logits.argmax(1) == asked.cpu()), how)}
    shares, names = class_shares(logits), run.dataset.classes
    rare, frequent = int(shares.argmin()), int(shares.argmax())
    how = (
        f"Entropy of the classes that {real.extractor_id} sees in {run.samples:,} samples, at most "
        f"log₂ {len(shares)}; rarest {names[rare]} ({shares[rare]:.1%}), "
        f"commonest {names[frequent]} ({shares[frequent]:.1%})."
    )
    surprise = -shares[logits.argmax(1)].log2()  # its mean is the entropy
    return {"class_entropy_bits": Figure(entropy_bits(shares), how, error=error_of_mean(surprise))}


def of_attributes(logits: Tensor, real: Reference, run: Run) -> Figures:
    """Whether samples show attributes clearly, and combinations that are new; logits are (N, K)."""
    clear = attributes.clear(logits, run.dataset)
    certain = (
        f"Share of {run.samples:,} samples in which {real.extractor_id} gives one value of every attribute a "
        f"probability of {attributes.CERTAIN} or more; hair colour counts only where something has it."
    )
    figures = {"attribute_confidence": share(clear, certain)}
    if run.dataset.held_out:
        words = f"Share of {run.samples:,} samples that show it a combination of attributes that no training image has."
        figures["held_out_share"] = share(attributes.shows_held_out(run.dataset, logits), words)
    return figures
