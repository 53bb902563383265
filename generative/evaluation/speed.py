"""How fast one model samples and what memory it takes, measured in a process of its own:

python -m generative.evaluation.speed <checkpoint folder> <device>      prints a Speed as JSON
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Self

import torch

from generative.evaluation.machine import peak_device_mib, peak_resident_mib, synchronize
from generative.inference import checkpoints
from generative.models.autoregressive.incremental import GatedSweep
from generative.models.model import Model, drain
from generative.seeds import Seeds

COUNTS = (1, 16, 64)
SHARE_AT = 16  # images at which the time outside the network is measured
# Network work that is done elsewhere than in a call of the model or of one of its parts.
OTHER_NETWORKS: tuple[tuple[type, str], ...] = ((GatedSweep, "logits"),)


@dataclass(frozen=True)
class Speed:
    """Medians of several runs, but for `cold_ms`, which happens once.

    cold_ms: from a checkpoint on disk to its first image, libraries already imported.
    ms_per_image: by the number of images sampled together; at 1 it is the warm time to a first image.
    outside_share: share of the time of 16 images that is spent outside the network, 0 to 1.
    peak_mib: the most main memory of the process, libraries included. peak_device_mib: of tensors on a CUDA device.
    """

    cold_ms: float
    ms_per_image: dict[int, float]
    outside_share: float
    peak_mib: float | None
    peak_device_mib: float | None


class NetworkClock:
    """Counts the seconds spent inside calls of `model` and of its direct parts while the `with` block runs.

    Nested calls count once. Waits for the device on both sides of a call, so it slows a GPU a little.
    """

    def __init__(self, model: Model) -> None:
        self.model, self.seconds, self.depth, self.start = model, 0.0, 0, 0.0

    def __enter__(self) -> Self:
        self.undo = ExitStack()
        for module in (self.model, *self.model.children()):
            self.undo.callback(module.register_forward_pre_hook(self._enter).remove)
            self.undo.callback(module.register_forward_hook(self._leave, always_call=True).remove)
        for owner, name in OTHER_NETWORKS:
            original = getattr(owner, name)
            setattr(owner, name, self._timed(original))
            self.undo.callback(setattr, owner, name, original)
        return self

    def __exit__(self, *exception: object) -> None:
        self.undo.close()

    def _enter(self, *call: Any) -> None:
        if self.depth == 0:
            synchronize(self.model.device)
            self.start = time.perf_counter()
        self.depth += 1

    def _leave(self, *call: Any) -> None:
        self.depth -= 1
        if self.depth == 0:
            synchronize(self.model.device)
            self.seconds += time.perf_counter() - self.start

    def _timed(self, function: Callable) -> Callable:
        def timed(*arguments: Any, **named: Any) -> Any:
            self._enter()
            try:
                return function(*arguments, **named)
            finally:
                self._leave()

        return timed


def measure(
    folder: Path, device: torch.device | str = "cpu", counts: tuple[int, ...] = COUNTS, repeats: int = 3
) -> Speed:
    """The speed of a checkpoint under default options. `cold_ms` and the peaks mean most in a fresh process."""
    start = time.perf_counter()
    model = checkpoints.load(folder, device)
    sample(model, 1)
    cold = time.perf_counter() - start
    per_image = {n: 1000 * median(seconds(model, n) for _ in range(repeats)) / n for n in counts}
    share = median(outside_share(model, SHARE_AT) for _ in range(repeats))
    return Speed(1000 * cold, per_image, share, peak_resident_mib(), peak_device_mib(model.device))


def sample(model: Model, count: int) -> torch.Tensor:
    """Images (N, C, H, W) of seeds 0 … count − 1, read back to the CPU, as a page would."""
    return drain(model.sample(Seeds(0, count), model.Options())).images.cpu()


def seconds(model: Model, count: int) -> float:
    start = time.perf_counter()
    sample(model, count)
    return time.perf_counter() - start


def outside_share(model: Model, count: int) -> float:
    """The share of the time of sampling that is not spent in the network: noise, schedulers, copies, frames."""
    with NetworkClock(model) as network:
        total = seconds(model, count)
    return max(0.0, 1 - network.seconds / total)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1]), sys.argv[2]))))
