"""How fast one model samples and what memory it takes, measured in a process of its own:

python -m generative.evaluation.benchmark.speed <checkpoint folder> <device>      prints a Speed as JSON
"""

import json
import sys
import time
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

import torch

from generative.evaluation.benchmark.pixel_speed import measure_pixels
from generative.evaluation.benchmark.timing import NetworkClock, sample, seconds
from generative.evaluation.machine import device_name, peak_device_mib, peak_resident_mib
from generative.library import weights
from generative.library.speed import TOGETHER, Speed
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.model import Model

COUNTS = (1, 16, 64)


def measure(
    folder: Path, device: torch.device | str = "cpu", counts: tuple[int, ...] = COUNTS, repeats: int = 3
) -> Speed:
    """The speed of a checkpoint under default options. `cold_ms` and the peaks mean most in a fresh process."""
    start = time.perf_counter()
    model = weights.load(folder, device)
    sample(model, 1)
    cold = time.perf_counter() - start
    per_image = {n: 1000 * median(seconds(model, n) for _ in range(repeats)) / n for n in counts}
    share = median(outside_share(model, TOGETHER) for _ in range(repeats))
    peaks = peak_resident_mib(), peak_device_mib(model.device)
    pixels = measure_pixels(model, repeats) if isinstance(model, PixelModel) else None
    date = datetime.now(timezone.utc).date().isoformat()
    about = device_name(device), date, torch.__version__, model.parameter_count
    return Speed(*about, 1000 * cold, per_image, share, *peaks, pixels)


def outside_share(model: Model, count: int) -> float:
    """The share of the time of sampling that is not spent in the network: noise, schedulers, copies, frames."""
    with NetworkClock(model) as network:
        total = seconds(model, count)
    return max(0.0, 1 - network.seconds / total)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1]), sys.argv[2]))))
