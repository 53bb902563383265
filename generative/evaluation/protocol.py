"""One protocol for all models of a data set: the same seeds, the same reference, written down beside the weights."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import torch

from generative.data.known import dataset
from generative.errors import NotSupported, check_choice, check_integer
from generative.evaluation.classification import classification
from generative.evaluation.denoising import denoising
from generative.evaluation.distance.neighbourhoods import WIDER
from generative.evaluation.figure import Figure, Measured
from generative.evaluation.language import language
from generative.evaluation.latent_space import latent_space
from generative.evaluation.likelihood import likelihood
from generative.evaluation.machine import device_name
from generative.evaluation.reconstruction import reconstruction
from generative.evaluation.reference import extractor_folder, reference
from generative.evaluation.restoration import restoration
from generative.evaluation.run import Run
from generative.evaluation.samples import sampling
from generative.evaluation.sentences import asking
from generative.evaluation.translation import translation
from generative.figures import EXTRACTORS
from generative.library import entries as library
from generative.library import shrinking, weights
from generative.models.model import Model
from generative.models.precision import allow_tf32
from generative.protocols import (
    Classifies,
    Encodes,
    Interpolates,
    Noises,
    Restores,
    Samples,
    Scores,
    Translates,
    Writes,
)
from generative.quantities.quantity import Subject
from generative.seeds import MAX_SEED


@dataclass(frozen=True)
class Part:
    """What is measured of every model that has an ability, and the subject of the figures that come of it."""

    subject: Subject
    needs: type
    measure: Callable[[Any, Run], Measured]


def drawing(model: Model, run: Run) -> Measured:
    """The figures of samples; of a model that also scores, none without the classifier that they need."""
    try:
        extractor_folder(run.dataset, run.root)
    except NotSupported as e:
        if not isinstance(model, Scores):
            raise
        return Measured({}, {"not_measured": f"Samples. {e}"})
    return sampling(model, run, reference(run))


def arithmetic(model: Model, run: Run) -> Measured:
    """Of directions, which the classifier sees; none without it, nor of digits, which are counted and not added up."""
    if run.dataset.counted:
        return Measured({})
    try:
        extractor_folder(run.dataset, run.root)
    except NotSupported:
        return Measured({})
    return latent_space(model, run, reference(run))


PARTS = (
    Part("classifier", Classifies, classification),
    Part("samples", Samples, drawing),
    Part("samples", Samples, asking),
    Part("likelihood", Scores, likelihood),
    Part("likelihood", Writes, language),
    Part("samples", Noises, denoising),
    Part("reconstructions", Encodes, reconstruction),
    Part("restorations", Restores, restoration),
    Part("translations", Translates, translation),
    Part("latent space", Interpolates, arithmetic),
)


def evaluate(
    id: str,
    root: Path | str = weights.ROOT,
    data: str | Path | None = None,
    samples: int = 2000,
    batch: int = 100,
    seed: int = 0,
    device: torch.device | str = "cpu",
    extractor: str = "",
) -> dict[str, Any]:
    """Measure the model `id` by what it can do, and write metrics.json into its checkpoint folder; for a model that
    scores, also likelihood.json, the quantiles of test images; for one that encodes reconstruction.json, theirs of the
    error; for one with a forward process denoising.json, its loss by t; and the atlas of a latent space.

    `samples` images are drawn from seeds `seed`, `seed` + 1, … under default options, classes in equal parts, `batch`
    at a time. With an `extractor`, one of EXTRACTORS, they are compared with test images in its features too, as
    "fid_inception" beside "fid". Returns what metrics.json holds: figures as `figures.py` says, and under "protocol"
    the settings.

    Without the classifier that measures features, a model that scores is measured by its likelihood alone, and
    "protocol" says so. Raises UnknownModel, BadCheckpoint, InvalidOption, MissingData, CannotWrite, and NotSupported
    when the classifier is missing and there is nothing else to measure, or the extractor is not to be had.
    """
    samples = check_integer("samples", samples, WIDER + 1, 60_000)
    batch = check_integer("batch", batch, 1, samples)
    seed = check_integer("seed", seed, 0, MAX_SEED + 1 - samples)
    if extractor:
        check_choice("extractor", extractor, list(EXTRACTORS))
    folder = library.locate(id, root).resolve()
    entry = library.describe(f"{folder.parent.name}/{folder.name}", folder)
    known, device = dataset(entry.dataset), torch.device(device)
    allow_tf32(device)
    model = weights.load(folder, device)
    run = Run(known, model.config.size, Path(root), data, samples, batch, seed, device, extractor)
    parts = [part.measure(model, run) for part in PARTS if isinstance(model, part.needs)]
    parts.insert(0, size(model, entry))
    metrics = merged([{id: figure.describe(id) for id, figure in part.figures.items()} for part in parts])
    metrics |= merged([part.tables for part in parts])
    metrics["protocol"] = {
        "model": f"{known.id}/{folder.name}",
        "dataset": known.id,
        "split": "test",
        **merged([part.settings for part in parts]),
        "device": device_name(device),
        "date": datetime.now(timezone.utc).date().isoformat(),
        "torch": torch.__version__,
        "trained": entry.trained,
    }
    for name, content in (merged([part.files for part in parts]) | {"metrics.json": metrics}).items():
        write(folder / name, content)
    for atlas in filter(None, (part.atlas for part in parts)):
        with weights.writing(folder):
            atlas.save(folder)
    return metrics


def merged(tables: list[Any]) -> dict[str, Any]:
    """One table of several."""
    return {name: value for table in tables for name, value in table.items()}


def size(model: Model, entry: library.Entry) -> Measured:
    """Number of parameters, and bytes on disk."""
    stored = shrinking.precision(entry.trained)
    on_disk = Figure(weights.file_size(entry.folder), f"Size of the weights on disk: {stored}.")
    counted = Figure(model.parameter_count, "Counted over the networks in the checkpoint.")
    return Measured({"parameters": counted, "file_size": on_disk})


def write(path: Path, content: dict[str, Any]) -> None:
    """All of the file or nothing: a reader never meets half of it. Raises CannotWrite."""
    part = path.with_suffix(".json.part")
    with weights.writing(path):
        weights.write_json(part, content)
        part.replace(path)
