"""Where a picture stands among the test images: likelihood.json in a checkpoint folder holds their quantiles."""

import math
from pathlib import Path

import numpy as np

from generative.errors import BadCheckpoint
from generative.inference.checkpoints import read_json

FILE = "likelihood.json"
COUNT = 101  # of quantiles: bits/dim at 0 %, 1 %, … 100 % of the test images


def percentile(folder: Path, bits: float) -> float | None:
    """The percentage, 0 … 100, of test images that the model finds more probable than one of so many bits/dim.

    Interpolated linearly; None when the folder has no quantiles, or damaged ones.
    """
    quantiles = read_quantiles(folder)
    return None if quantiles is None else float(np.interp(bits, quantiles, np.linspace(0, 100, COUNT)))


def read_quantiles(folder: Path) -> list[float] | None:
    try:
        quantiles = read_json(folder / FILE).get("quantiles")
    except BadCheckpoint:
        return None
    if not isinstance(quantiles, list) or len(quantiles) != COUNT:
        return None
    if not all(type(q) in (int, float) and math.isfinite(q) for q in quantiles) or quantiles != sorted(quantiles):
        return None
    return quantiles
