"""One protocol for all models of a data set: the same seeds, the same reference, written down beside the weights."""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from generative.abilities import Classifies, Samples, Scores
from generative.data.datasets import dataset, read
from generative.errors import check_integer
from generative.evaluation.classes import class_agreement, class_shares, entropy_bits
from generative.evaluation.figure import Figure
from generative.evaluation.frechet import frechet_distance
from generative.evaluation.machine import device_name
from generative.evaluation.nearest import nearest_training
from generative.evaluation.precision_recall import precision_recall
from generative.evaluation.reference import Reference, in_batches, reference
from generative.inference import checkpoints, library
from generative.models.model import Model, drain, to_bytes
from generative.options import ClassOptions
from generative.seeds import Seeds

NEIGHBOURS = 3  # k of precision and recall
Figures = dict[str, Figure]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Images (N, C, H, W) of the 256 values that a picture file holds, the class asked of each, seconds for all."""

    images: Tensor
    labels: Tensor
    seconds: float


@dataclass(frozen=True)
class Run:
    """One evaluation's settings."""

    dataset: str
    root: Path
    data: str | Path | None
    samples: int
    batch: int
    seed: int
    device: torch.device


def evaluate(
    id: str,
    root: Path | str = checkpoints.ROOT,
    data: str | Path | None = None,
    samples: int = 2000,
    batch: int = 100,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> dict[str, Any]:
    """Measure the model `id` by what it can do, and write metrics.json into its checkpoint folder.

    `samples` images are drawn from seeds `seed`, `seed` + 1, … under default options, classes in equal parts, `batch`
    at a time. Returns what the file holds: each figure is {"value", "unit", "how"}; "protocol" tells the settings.

    Raises UnknownModel, BadCheckpoint, InvalidOption, MissingData, CannotWrite, and NotSupported when the classifier
    that measures features has not been trained.
    """
    samples = check_integer("samples", samples, NEIGHBOURS + 1, 60_000)
    batch = check_integer("batch", batch, 1, samples)
    folder = library.locate(id, root).resolve()
    run = Run(dataset(folder.parent.name).id, Path(root), data, samples, batch, seed, torch.device(device))
    model = checkpoints.load(folder, run.device)
    protocol: dict[str, Any] = {
        "model": f"{run.dataset}/{folder.name}",
        "dataset": run.dataset,
        "reference": "test, all images",
    }
    figures = size(model, folder)
    for ability, measured in ((Classifies, classification), (Samples, sampling), (Scores, likelihood)):
        if isinstance(model, ability):
            more, settings = measured(model, run)
            figures |= more
            protocol |= settings
    today = datetime.now(UTC).date().isoformat()
    protocol |= {"device": device_name(run.device), "date": today, "torch": torch.__version__}
    metrics = {name: figure.describe() for name, figure in figures.items()} | {"protocol": protocol}
    write(folder / "metrics.json", metrics)
    return metrics


def size(model: Model, folder: Path) -> Figures:
    return {
        "parameters": Figure(model.parameter_count, "parameters", "Counted over the networks in the checkpoint."),
        "file_size": Figure(checkpoints.file_size(folder), "bytes", "Size of the weights on disk, in half precision."),
    }


def classification(model: Model, run: Run) -> tuple[Figures, dict[str, Any]]:
    images, labels = read(run.dataset, "test", run.data)
    logits = in_batches(model.classify, images.float() / 255, "classes of test images")
    how = f"Share of all {len(images):,} test images whose most likely class is the true one."
    return {"accuracy": Figure(class_agreement(logits, labels), "share", how)}, {}


def sampling(model: Model, run: Run) -> tuple[Figures, dict[str, Any]]:
    options = model.Options()
    real = reference(run.dataset, run.root, run.data, run.samples, run.device)  # first: it may fail, and it is quick
    drawn = draw(model, options, run)
    figures = quality(drawn, real, run) | classes(model, drawn, real) | real.baselines
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
    return figures, {
        "samples": run.samples,
        "batch": run.batch,
        "seed": run.seed,
        "options": asdict(options),
        "extractor": real.extractor_id,
    }


def draw(model: Model, options: Any, run: Run) -> Drawn:
    seeds = Seeds(run.seed, run.samples)
    drain(model.sample(Seeds(run.seed, 1), options))  # the first run pays for what is set up once
    images, seconds = [], 0.0
    with tqdm(total=run.samples, desc=f"{model.title}: sampling", unit="image") as bar:
        for part in seeds.batches(run.batch):
            start = time.perf_counter()
            last = drain(model.sample(part, options)).images.cpu()  # reading the result waits for the device
            seconds += time.perf_counter() - start
            images.append(to_bytes(last) / 255)
            bar.update(len(part))
    return Drawn(torch.cat(images), seeds.labels(None, len(model.config.classes)), seconds)


def quality(drawn: Drawn, real: Reference, run: Run) -> Figures:
    features = in_batches(real.extractor.features, drawn.images, "features of samples")
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


def classes(model: Model, drawn: Drawn, real: Reference) -> Figures:
    """Does a conditional model draw what is asked; does another draw of everything?"""
    logits = in_batches(real.extractor.classify, drawn.images, "classes of samples")
    if issubclass(model.Options, ClassOptions):
        how = f"Share of {len(drawn.images):,} samples that {real.extractor_id} gives the class they were asked for."
        return {"class_agreement": Figure(class_agreement(logits, drawn.labels), "share", how)}
    shares, names = class_shares(logits), model.config.classes
    rare, frequent = int(shares.argmin()), int(shares.argmax())
    how = (
        f"Entropy of the classes that {real.extractor_id} sees in {len(drawn.images):,} samples, at most "
        f"log₂ {len(shares)}; rarest {names[rare]} ({shares[rare]:.1%}), "
        f"commonest {names[frequent]} ({shares[frequent]:.1%})."
    )
    return {"class_entropy_bits": Figure(entropy_bits(shares), "bits", how)}


def likelihood(model: Model, run: Run) -> tuple[Figures, dict[str, Any]]:
    images, labels = read(run.dataset, "test", run.data)
    conditional = issubclass(model.Options, ClassOptions)
    batches = list(zip(images.split(run.batch), labels.split(run.batch), strict=True))
    results = [
        model.score(part.float() / 255, true if conditional else None)
        for part, true in tqdm(batches, desc=f"{model.title}: likelihood", unit="batch")
    ]
    bits = torch.cat([result.bits_per_dim.cpu() for result in results])
    kind = results[0].kind
    how = (
        f"Mean −log₂ p(x) per pixel and channel over all {len(bits):,} test images"
        f"{', given their true classes' if conditional else ''}; "
        f"{'exact' if kind == 'exact' else f'from a {kind} of log p, so the true figure is at most this'}."
    )
    return {"bits_per_dim": Figure(float(bits.double().mean()), "bits/dim", how, kind)}, {"likelihood": kind}


def write(path: Path, content: dict[str, Any]) -> None:
    """All of the file or nothing: a reader never meets half of it. Raises CannotWrite."""
    part = path.with_suffix(".json.part")
    with checkpoints.writing(path):
        checkpoints.write_json(part, content)
        part.replace(path)
