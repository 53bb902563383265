"""What a denoising model draws under many settings: samplers by steps, and kinds of guidance by scale.

Each setting is a cell of settings.json, which is written whenever one is done: whoever stops the measurement and begins
it again goes on with the cells that are missing.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import torch

from generative.data.known import dataset
from generative.errors import NotSupported, check_integer
from generative.evaluation.distance.distribution import Comparison
from generative.evaluation.distance.neighbourhoods import WIDER
from generative.evaluation.figure import digits
from generative.evaluation.machine import device_name
from generative.evaluation.protocol import write
from generative.evaluation.reference import Reference, reference
from generative.evaluation.run import Run
from generative.evaluation.samples import draw, shown
from generative.library import entries as library
from generative.library import settings, weights
from generative.models.diffusion.by_another import kinds
from generative.models.diffusion.denoising import DenoisingModel
from generative.seeds import MAX_SEED

STEPS = (5, 10, 20, 50)
WHOLE = ("ddpm", 1000)  # what it was published with, to compare the others with
SCALES = (0.0, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
PART = {"guidance_scale": 3.0, "guidance_start": 0.2, "guidance_end": 0.8}  # after Kynkäänniemi et al. 2024
KEPT = ("fid", "precision", "recall")


def sweep(
    id: str,
    root: Path | str = weights.ROOT,
    data: str | Path | None = None,
    samples: int = 2000,
    seed: int = 0,
    device: torch.device | str = "cpu",
    most: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Measure the model `id` under every setting that settings.json does not hold yet, the quickest first, and give
    the cell of each: its "options", "figures", "evaluations", "helper_passes" and "seconds".

    most: network evaluations of an image beyond which a setting is left out. What was measured of other weights, or
    with another number of samples or seed, is measured anew. Raises what `protocol.evaluate` raises, and NotSupported
    for a model that does not denoise.
    """
    samples, seed = check_integer("samples", samples, WIDER + 1, 60_000), check_integer("seed", seed, 0, MAX_SEED)
    folder = library.locate(id, root).resolve()
    entry, device = library.describe(f"{folder.parent.name}/{folder.name}", folder), torch.device(device)
    model = weights.load(folder, device)
    if not isinstance(model, DenoisingModel):
        raise NotSupported(f"{model.title} has no samplers to compare. Name a diffusion model.", "models")
    known = dataset(entry.dataset)
    run = Run(known, model.config.size, Path(root), data, samples, min(100, samples), seed, device)
    real = reference(run)
    about = {"samples": samples, "seed": seed, "extractor": real.extractor_id, "trained": entry.trained}
    cells = begun(folder / settings.FILE, about)
    for options in sorted(wanted(model), key=model.evaluations):
        if most is not None and model.evaluations(options) > most:
            continue
        cell = {"options": options.plain(), "helpers": helpers(model, folder, options)}
        if any(all(one[key] == cell[key] for key in cell) for one in cells):
            continue
        cells = [one for one in cells if one["options"] != cell["options"]]
        cells.append(cell | measured(model, options, run, real))
        write(folder / settings.FILE, about | {"cells": cells})
        yield cells[-1]


def wanted(model: DenoisingModel) -> list[Any]:
    """The options to be measured, each once: all that is not varied is the model's default."""
    usual = model.default_options
    counts = [(name, count) for name in model.samplers for count in STEPS]
    counts += [WHOLE] if WHOLE[0] in model.samplers else []
    found = [replace(usual, sampler=name, num_inference_steps=count) for name, count in counts]
    found += [replace(usual, guidance_scale=scale) for scale in SCALES] + [replace(usual, **PART)]
    for kind in kinds(model.helpers)[1:]:  # scale 0 is the same as without
        led = replace(usual, guided_by=kind)
        found += [replace(led, guidance_scale=scale) for scale in SCALES if scale] + [replace(led, **PART)]
    return list(dict.fromkeys(found))


def begun(path: Path, about: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells that were measured of these weights in this way; none where the file is missing or another's."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        sound = settings.read_settings(path)
    except (OSError, ValueError, weights.BadCheckpoint):
        return []
    return [dict(cell) for cell in sound.cells] if all(found.get(key) == value for key, value in about.items()) else []


def helpers(model: DenoisingModel, folder: Path, options: Any) -> dict[str, Any]:
    """How the helpers were trained that the options call upon, so that a new one is noticed."""
    if not model.helper_passes(options):
        return {}
    return {
        kind: weights.read_json(there / "config.json").get("training")
        for kind, there in weights.helpers(folder, model).items()
    }


def measured(model: DenoisingModel, options: Any, run: Run, real: Reference) -> dict[str, Any]:
    """Figures of images drawn under `options`, and what they cost."""
    drawn = draw(model, options, run)
    compared = Comparison(real.test, real.features_of(drawn.images, "features of samples"))
    figures = compared.figures(real.extractor_id)
    found = {id: figures[id] for id in KEPT} | shown(model, drawn, real, run)
    return {
        "figures": {id: {k: v for k, v in figure.describe(id).items() if k != "how"} for id, figure in found.items()},
        "evaluations": model.evaluations(options),
        "helper_passes": model.helper_passes(options),
        "seconds": digits(drawn.seconds),
        "device": device_name(run.device),
        "date": datetime.now(timezone.utc).date().isoformat(),
    }
