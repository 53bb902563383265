"""Clocks for a run of a model and for parts of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from generative.evaluation.machine import synchronize
from generative.models.autoregressive.pixel_model import PixelModel, Sweep
from generative.models.model import Model, drain
from generative.seeds import Seeds


def sample(model: Model, count: int) -> torch.Tensor:
    """Images (N, C, H, W) of seeds 0 … count − 1, read back to the CPU, as a page would."""
    return drain(model.sample(Seeds(0, count))).images.cpu()


def seconds(model: Model, count: int) -> float:
    """What `sample` takes."""
    start = time.perf_counter()
    sample(model, count)
    return time.perf_counter() - start


class Clock:
    """Counts the seconds spent inside the functions that it was given to time.

    Nested calls count once. Waits for the device on both sides of a call, so it slows a GPU a little.
    """

    def __init__(self, device: torch.device) -> None:
        self.device, self.seconds, self.depth, self.began = device, 0.0, 0, 0.0

    def start(self, *call: Any) -> None:
        """Begin to count; within a call that is counted already, nothing."""
        if self.depth == 0:
            synchronize(self.device)
            self.began = time.perf_counter()
        self.depth += 1

    def stop(self, *call: Any) -> None:
        """Add the time since the outermost `start`."""
        self.depth -= 1
        if self.depth == 0:
            synchronize(self.device)
            self.seconds += time.perf_counter() - self.began

    def timed(self, function: Callable) -> Callable:
        """`function`, its calls counted."""

        def timed(*arguments: Any, **named: Any) -> Any:
            self.start()
            try:
                return function(*arguments, **named)
            finally:
                self.stop()

        return timed


class NetworkClock(Clock):
    """Counts, while its `with` block runs, what is spent in calls of `model`, of its parts, and of a pixel model's
    sweeps, which compute the network in parts."""

    def __init__(self, model: Model) -> None:
        super().__init__(model.device)
        self.model = model

    def __enter__(self) -> "NetworkClock":
        self.undo = ExitStack()
        for module in self.model.modules():
            self.undo.callback(module.register_forward_pre_hook(self.start).remove)
            self.undo.callback(module.register_forward_hook(self.stop, always_call=True).remove)
        if isinstance(self.model, PixelModel):
            self.undo.enter_context(in_place_of(self.model, "sweep", self._sweeping(self.model.sweep)))
        return self

    def __exit__(self, *exception: object) -> None:
        self.undo.close()

    def _sweeping(self, make: Callable[..., Sweep]) -> Callable[..., Sweep]:
        def sweep(*arguments: Any) -> Sweep:
            made = make(*arguments)
            made.logits = self.timed(made.logits)
            return made

        return sweep


@contextmanager
def in_place_of(owner: Any, method: str, other: Callable) -> Iterator[None]:
    """`other` is called in place of the `method` of an object, or of all objects of a class, while the block runs."""
    own = vars(owner).get(method)
    setattr(owner, method, other)
    try:
        yield
    finally:
        if own is None:
            delattr(owner, method)
        else:
            setattr(owner, method, own)
