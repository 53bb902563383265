"""What the fast sampler of a pixel model gains, and how far it is from the least that could be done."""

import base64
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import torch

from generative.evaluation.benchmark.timing import Clock, in_place_of, seconds
from generative.evaluation.machine import synchronize
from generative.frame import Frame
from generative.library.speed import TOGETHER, PixelSpeed
from generative.library.speed_tables import NAIVE_ROWS
from generative.models.autoregressive.completion import Completion
from generative.models.autoregressive.pixel_model import FullSweep, PixelModel
from generative.models.model import drain, to_bytes
from generative.seeds import Seeds

COUNTS = (1, 16)
LONGEST = 20.0  # seconds after which no further one of these rows is begun


def measure_pixels(model: PixelModel, repeats: int = 3) -> PixelSpeed:
    """Each quantity and the one that it is divided by follow one another, so that both meet the same machine."""
    fast, naive = {}, {}
    seconds_of_pass(model)  # the first one is slower
    for count in COUNTS:
        seconds(model, count)
        fast[count] = median(seconds(model, count) for _ in range(repeats))
        naive[count] = naive_seconds(model, count)
    return PixelSpeed(
        fast,
        naive,
        median(seconds_of_pass(model) for _ in range(repeats)),
        median(seconds_of_completions(model) for _ in range(repeats)),
        median(streaming_share(model) for _ in range(repeats)),
    )


def naive_seconds(model: PixelModel, count: int) -> float:
    """The time of a run without the fast sweep, from its first rows, at most NAIVE_ROWS of them."""
    with in_place_of(model, "sweep", partial(FullSweep, model)):
        frames = model.sample(Seeds(0, count))
        start, rows, passed = time.perf_counter(), 0, 0.0
        while rows < NAIVE_ROWS and passed < LONGEST:
            next(frames)
            synchronize(model.device)
            rows, passed = rows + 1, time.perf_counter() - start
        frames.close()
    return passed / rows * model.config.size


@torch.inference_mode()
def seconds_of_pass(model: PixelModel) -> float:
    """What the network takes once over TOGETHER images that are known already: the floor of sampling them."""
    images, told = blank(model), model.told(Seeds(0, TOGETHER))
    return timed(model, lambda: model(images, told))


def seconds_of_completions(model: PixelModel) -> float:
    """What inventing the lower halves of TOGETHER images takes."""
    mask = torch.zeros(model.config.size, model.config.size, dtype=torch.bool)
    mask[model.config.size // 2 :] = True
    seeds, images = Seeds(0, TOGETHER), blank(model)
    return timed(model, lambda: drain(model.complete(images, mask, seeds)))


def streaming_share(model: PixelModel) -> float:
    """Share, 0 to 1, of a run's time that goes into making its frames and packing them for the page."""
    clock = Clock(model.device)
    pack_timed = clock.timed(pack)
    start = time.perf_counter()
    with in_place_of(Completion, "_frame", clock.timed(Completion._frame)):
        for frame in model.sample(Seeds(0, TOGETHER)):
            pack_timed(frame)
    return clock.seconds / (time.perf_counter() - start)


def pack(frame: Frame) -> list[bytes]:
    """The frame's pictures as the page sends them: base64 of the bytes in the order N, H, W, C."""
    every = (frame.images, *(view.shades for view in frame.views.values()))
    return [base64.b64encode(to_bytes(x).byte().permute(0, 2, 3, 1).cpu().contiguous().numpy()) for x in every]


def blank(model: PixelModel) -> torch.Tensor:
    """Black images (TOGETHER, C, H, W) on the model's device."""
    config = model.config
    return torch.zeros(TOGETHER, config.image_channels, config.size, config.size, device=model.device)


def timed(model: PixelModel, work: Callable[[], object]) -> float:
    """Seconds of `work`, all that it began on the device included."""
    synchronize(model.device)
    start = time.perf_counter()
    work()
    synchronize(model.device)
    return time.perf_counter() - start
