"""One protocol for all models of a data set: the same seeds, the same reference, written down beside the weights."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import torch

from generative.abilities import Classifies, Encodes, Interpolates, Samples, Scores
from generative.data.dataset import Dataset
from generative.data.known import dataset
from generative.errors import NotSupported, check_integer
from generative.evaluation import attributes
from generative.evaluation.classes import class_agreement
from generative.evaluation.figure import Figure, Figures, Measured
from generative.evaluation.latent_space import latent_space
from generative.evaluation.likelihood import likelihood
from generative.evaluation.machine import device_name
from generative.evaluation.reconstruction import reconstruction
from generative.evaluation.reference import extractor_folder, in_batches, reference
from generative.evaluation.run import Run
from generative.evaluation.samples import NEIGHBOURS, sampling
from generative.library import entries as library
from generative.library import weights
from generative.models.model import Model
from generative.seeds import MAX_SEED


def evaluate(
    id: str,
    root: Path | str = weights.ROOT,
    data: str | Path | None = None,
    samples: int = 2000,
    batch: int = 100,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> dict[str, Any]:
    """Measure the model `id` by what it can do, and write metrics.json into its checkpoint folder; for a model that
    scores, also likelihood.json, the quantiles of test images; for one that encodes reconstruction.json, theirs of the
    error; and the atlas of a latent space.

    `samples` images are drawn from seeds `seed`, `seed` + 1, … under default options, classes in equal parts, `batch`
    at a time. Returns what metrics.json holds: each figure is {"value", "unit", "how"}; "protocol" tells the settings.

    Without the classifier that measures features, a model that scores is measured by its likelihood alone, and
    "protocol" says so. Raises UnknownModel, BadCheckpoint, InvalidOption, MissingData, CannotWrite, and NotSupported
    when the classifier is missing and there is nothing else to measure.
    """
    samples = check_integer("samples", samples, NEIGHBOURS + 1, 60_000)
    batch = check_integer("batch", batch, 1, samples)
    seed = check_integer("seed", seed, 0, MAX_SEED + 1 - samples)
    folder = library.locate(id, root).resolve()
    known, device = dataset(folder.parent.name), torch.device(device)
    model = weights.load(folder, device)
    run = Run(known, model.config.size, Path(root), data, samples, batch, seed, device)
    parts = [size(model, folder), *by_ability(model, run)]
    figures = {name: figure for part in parts for name, figure in part.figures.items()}
    settings = {name: value for part in parts for name, value in part.settings.items()}
    protocol = {
        "model": f"{known.id}/{folder.name}",
        "dataset": known.id,
        "reference": "test, all images",
        **settings,
        "device": device_name(device),
        "date": datetime.now(timezone.utc).date().isoformat(),
        "torch": torch.__version__,
    }
    tables = {name: table for part in parts for name, table in part.tables.items()}
    metrics = {name: figure.describe() for name, figure in figures.items()} | tables | {"protocol": protocol}
    files = {name: content for part in parts for name, content in part.files.items()} | {"metrics.json": metrics}
    for name, content in files.items():
        write(folder / name, content)
    for atlas in filter(None, (part.atlas for part in parts)):
        with weights.writing(folder):
            atlas.save(folder)
    return metrics


def by_ability(model: Model, run: Run) -> list[Measured]:
    """What was measured of a model, a part for each thing that it can do."""
    parts = []
    if isinstance(model, Classifies):
        parts.append(classification(model, run))
    if isinstance(model, Samples):
        parts.append(drawing(model, run))
    if isinstance(model, Scores):
        parts.append(likelihood(model, run))
    if isinstance(model, Encodes):
        parts.append(reconstruction(model, run))
    if isinstance(model, Interpolates) and classifier_there(run):
        parts.append(latent_space(model, run, reference(run)))
    return parts


def classifier_there(run: Run) -> bool:
    """Whether the classifier that measures features of this data set has been trained."""
    try:
        extractor_folder(run.dataset, run.root)
    except NotSupported:
        return False
    return True


def drawing(model: Model, run: Run) -> Measured:
    """The figures of samples; of a model that also scores, none without the classifier that they need."""
    try:
        extractor_folder(run.dataset, run.root)
    except NotSupported as e:
        if not isinstance(model, Scores):
            raise
        return Measured({}, {"not_measured": f"Samples. {e}"})
    return sampling(model, run, reference(run))


def size(model: Model, folder: Path) -> Measured:
    """Number of parameters, and bytes on disk."""
    return Measured(
        {
            "parameters": Figure(model.parameter_count, "parameters", "Counted over the networks in the checkpoint."),
            "file_size": Figure(weights.file_size(folder), "bytes", "Size of the weights on disk, in half precision."),
        }
    )


def classification(model: Model, run: Run) -> Measured:
    """Accuracy over all test images: of the class, or of each attribute."""
    images, labels = run.read("test")
    logits = in_batches(model.classify, images.float() / 255, "classes of test images")
    if run.dataset.attributes:
        return Measured(by_attribute(attributes.accuracies(logits, labels, run.dataset), run.dataset, len(images)))
    how = f"Share of all {len(images):,} test images whose most likely class is the true one."
    return Measured({"accuracy": Figure(class_agreement(logits, labels), "share", how)})


def by_attribute(accuracies: dict[str, float], known: Dataset, count: int) -> Figures:
    """A figure for each attribute, and their mean as the accuracy."""
    mean = sum(accuracies.values()) / len(accuracies)
    whole = f"Mean over {len(accuracies)} attributes of the share of test images whose likeliest value is the true one."
    figures = {"accuracy": Figure(mean, "share", whole)}
    for name, accuracy in accuracies.items():
        where = " that let it be seen" if name in known.seen else ""
        how = f"Share of all {count:,} test images{where} whose likeliest {name} is the true one."
        figures[f"accuracy_{name.replace(' ', '_')}"] = Figure(accuracy, "share", how)
    return figures


def write(path: Path, content: dict[str, Any]) -> None:
    """All of the file or nothing: a reader never meets half of it. Raises CannotWrite."""
    part = path.with_suffix(".json.part")
    with weights.writing(path):
        weights.write_json(part, content)
        part.replace(path)
