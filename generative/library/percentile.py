"""Where a picture stands among the test images: files in a checkpoint folder hold the quantiles of what was measured.

likelihood.json: of the bits/dim that the model gives them. reconstruction.json: of how far they come back from what
they were, root mean square over a picture.
"""

import math
from pathlib import Path

import numpy as np

from generative.errors import BadCheckpoint
from generative.library.weights import read_json

FILE = "likelihood.json"
RECONSTRUCTION = "reconstruction.json"
COUNT = 101  # of quantiles: the figure at 0 %, 1 %, … 100 % of the test images


def percentile(folder: Path, value: float, file: str = FILE) -> float | None:
    """The percentage, 0 … 100, of test images with a smaller figure than `value`: more probable, or closer to theirs.

    Interpolated linearly; None when the folder has no such quantiles, or damaged ones.
    """
    quantiles = read_quantiles(folder, file)
    return None if quantiles is None else float(np.interp(value, quantiles, np.linspace(0, 100, COUNT)))


def read_quantiles(folder: Path, file: str = FILE) -> list[float] | None:
    """The 0 to 100 % quantiles of test images, ascending; None if the file is missing or unsound."""
    try:
        quantiles = read_json(folder / file).get("quantiles")
    except BadCheckpoint:
        return None
    if not isinstance(quantiles, list) or len(quantiles) != COUNT:
        return None
    if not all(type(q) in (int, float) and math.isfinite(q) for q in quantiles) or quantiles != sorted(quantiles):
        return None
    return quantiles
