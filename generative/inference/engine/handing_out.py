"""Frames on their way out of a GPU: while one is copied and checked, the next is computed already."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from generative.frame import Frame, check_finite, parts


def nothing_shown(_: Frame) -> bool:
    """Of whom only the last frame, or none, interests."""
    return False


class Departure:
    """A frame that leaves its device: whether it is sound, and if it is `shown` all of it, go to memory that the device
    writes to by itself."""

    def __init__(self, frame: Frame, shown: bool) -> None:
        device = frame.images.device
        sound = [values.isfinite().all().to(device) for _, values in parts(frame)]
        self.sound = on_host(torch.stack(sound).all())
        self.frame = frame.moved(on_host) if shown else frame
        self.arrival = torch.cuda.Event()
        self.arrival.record(torch.cuda.current_stream(device))

    def arrived(self) -> Frame:
        """The frame, once it has left. Raises GenerativeError, as `check_finite`."""
        self.arrival.synchronize()
        return self.frame if self.sound else check_finite(self.frame)


def on_host(values: Tensor) -> Tensor:
    """A copy that is complete when the device has come so far; what lies on the CPU stays as it is."""
    if not values.is_cuda:
        return values
    return torch.empty(values.shape, dtype=values.dtype, pin_memory=True).copy_(values, non_blocking=True)


def handed_out(frames: Iterator[Frame], shown: Callable[[Frame], bool]) -> Iterator[Frame]:
    """`frames`, each checked by `check_finite`; of a GPU those that are `shown` then lie on the CPU.

    There a frame is handed out when the step after it has been asked for, so that the device always has work.
    """
    leaving: Departure | None = None
    for frame in frames:
        if not frame.images.is_cuda:
            yield check_finite(frame)
            continue
        before, leaving = leaving, Departure(frame, shown(frame))
        if before:
            yield before.arrived()
    if leaving:
        yield leaving.arrived()
