"""How fast one model samples and what memory it takes, measured in a process of its own:

python -m generative.evaluation.benchmark.speed <checkpoint folder> <device>      prints a Speed as JSON
"""

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import torch

from generative.evaluation.benchmark.pixel_speed import PixelSpeed, measure_pixels
from generative.evaluation.benchmark.timing import NetworkClock, sample, seconds
from generative.evaluation.machine import peak_device_mib, peak_resident_mib
from generative.library import weights
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.model import Model

COUNTS = (1, 16, 64)
SHARE_AT = 16  # images at which the time outside the network is measured


@dataclass(frozen=True)
class Speed:
    """Medians of several runs, but for `cold_ms`, which happens once.

    cold_ms: from a checkpoint on disk to its first image, libraries already imported.
    ms_per_image: by the number of images sampled together; at 1 it is the warm time to a first image.
    outside_share: share of the time of 16 images that is spent outside the network, 0 to 1.
    peak_mib: the most main memory of the process, libraries included. peak_device_mib: of tensors on a CUDA device.
    pixels: what only a pixel model is asked.
    """

    cold_ms: float
    ms_per_image: dict[int, float]
    outside_share: float
    peak_mib: float | None
    peak_device_mib: float | None
    pixels: PixelSpeed | None = None

    @classmethod
    def parse(cls, text: str) -> "Speed":
        """From JSON, where all keys are strings."""
        values = json.loads(text)
        if values["pixels"] is not None:
            by_count = {name: counted(values["pixels"][name]) for name in ("fast_s", "naive_s")}
            values["pixels"] = PixelSpeed(**{**values["pixels"], **by_count})
        return cls(**{**values, "ms_per_image": counted(values["ms_per_image"])})


def counted(by_count: dict[str, Any]) -> dict[int, Any]:
    """JSON's keys as the numbers that they are."""
    return {int(count): value for count, value in by_count.items()}


def measure(
    folder: Path, device: torch.device | str = "cpu", counts: tuple[int, ...] = COUNTS, repeats: int = 3
) -> Speed:
    """The speed of a checkpoint under default options. `cold_ms` and the peaks mean most in a fresh process."""
    start = time.perf_counter()
    model = weights.load(folder, device)
    sample(model, 1)
    cold = time.perf_counter() - start
    per_image = {n: 1000 * median(seconds(model, n) for _ in range(repeats)) / n for n in counts}
    share = median(outside_share(model, SHARE_AT) for _ in range(repeats))
    peaks = peak_resident_mib(), peak_device_mib(model.device)
    pixels = measure_pixels(model, repeats) if isinstance(model, PixelModel) else None
    return Speed(1000 * cold, per_image, share, *peaks, pixels)


def outside_share(model: Model, count: int) -> float:
    """The share of the time of sampling that is not spent in the network: noise, schedulers, copies, frames."""
    with NetworkClock(model) as network:
        total = seconds(model, count)
    return max(0.0, 1 - network.seconds / total)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1]), sys.argv[2]))))
