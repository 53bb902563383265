"""How probable a model finds test images, and where any other image stands among them."""

import math
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from generative.evaluation.anomaly import anomalies
from generative.evaluation.bootstrap import error_of_mean
from generative.evaluation.figure import Figure, Figures, Measured
from generative.evaluation.run import Run
from generative.library import percentile
from generative.models.model import Model

NAMES = {"exact": "bits_per_dim", "tokens": "bits_per_token", "bound": "bits_per_dim_bound"}  # only like are compared
UNITS = {"unnormalised": "energies", "tokens": "bits/token"}  # what is told in place of bits/dim
MOST = 2000  # test images behind the quantiles: a conditional model takes a pass for each class
WEIGHTED = 1000, 256  # test images, and draws for each, of the importance-weighted bound
TOGETHER = 8  # images of a pass; more only take more memory


def likelihood(model: Model, run: Run) -> Measured:
    """Mean bits/dim over all test images, their quantiles, and how often another data set is found less probable.

    Of an energy, whose mean says nothing, only what it tells apart.
    """
    images, labels = run.read("test")
    conditional = bool(model.config.classes)
    kind = model.score(images[:1].float() / 255).kind
    unit = UNITS.get(kind, "bits/dim")
    if kind == "unnormalised":
        conditional, images = False, images[:MOST]
    bits = numbers(model, images, labels if conditional else None, "likelihood")
    how = (
        f"Mean −log₂ p(x) per {'token' if kind == 'tokens' else 'pixel and channel'} over all {len(bits):,} test images"
        f"{', given their true classes' if conditional else ''}; "
        f"{'from a lower bound of log p, so the true figure is at most this' if kind == 'bound' else 'exact'}."
    )
    alone = numbers(model, images[:MOST], None, "without classes") if conditional else bits[:MOST]
    quantiles = torch.quantile(alone, torch.linspace(0, 1, percentile.COUNT, dtype=alone.dtype))
    standing = {
        "quantiles": [round(q, 4) for q in quantiles.tolist()],
        "kind": kind,
        "how": f"{unit.capitalize()} of the first {len(alone):,} test images, at 0 %, 1 %, … 100 % of them"
        f"{', whatever its class' if conditional else ''}.",
    }
    figures = {NAMES[kind]: Figure(float(bits.mean()), how, kind, error_of_mean(bits))} if kind in NAMES else {}

    if run.dataset.published and kind in NAMES:
        figures |= in_nats(model, images, figures[NAMES[kind]])

    def score(others: Tensor, task: str) -> Tensor:
        return numbers(model, others, None, task)

    figures |= anomalies(score, images, alone, run, unit)
    return Measured(figures, {"likelihood": kind}, {percentile.FILE: standing})


def in_nats(model: Any, images: Tensor, per_dim: Figure) -> Figures:
    """What others report on the same images (N, C, H, W) uint8: nats of a whole image, of a bound also the tighter."""
    nats, error = (x * images[0].numel() * math.log(2) for x in (per_dim.value, per_dim.error or 0.0))
    bound = "_bound" if per_dim.kind == "bound" else ""
    how = f"Mean −ln p(x) of an image over all {len(images):,} test images; {'a bound' if bound else 'exact'}."
    found = {f"nats{bound}": Figure(nats, how, per_dim.kind, error)}
    if bound:
        few, draws = images[: WEIGHTED[0]].float() / 255, WEIGHTED[1]
        tight = torch.cat([model.importance_weighted(part, draws).double().cpu() for part in few.split(100)])
        how = f"Importance-weighted, {draws} draws of the posterior, over the first {len(few):,} test images; a bound."
        found["nats_weighted"] = Figure(float(tight.mean()), how, "bound", error_of_mean(tight))
    return found


def numbers(model: Model, images: Tensor, labels: Tensor | None, task: str) -> Tensor:
    """(N,) float64 of images (N, C, H, W) uint8: their bits/dim, or their energies."""
    parts = []
    for start in tqdm(range(0, len(images), TOGETHER), desc=f"{model.title}: {task}", unit="batch", leave=False):
        part = slice(start, start + TOGETHER)
        known = None if labels is None else labels[part]
        parts.append(model.score(images[part].float() / 255, known).number.double().cpu())
    return torch.cat(parts)
