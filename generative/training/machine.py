"""What the machine that trains allows: how its time is counted, what it multiplies in, how small a batch may be."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from generative.errors import InvalidOption
from generative.models.model import Model


class Stopwatch:
    """Time spent on training: the processor's on a CPU, so that a crowded machine does not shorten a run, else the
    wall's. With several threads, processor time is that of all together."""

    def __init__(self, device: torch.device) -> None:
        self.of_cpu = device.type == "cpu"
        self.now = time.process_time if self.of_cpu else time.monotonic
        self.start = self.now()

    @property
    def seconds(self) -> float:
        """Time since it was started, what was stopped left out."""
        return self.now() - self.start

    def wind(self, seconds: float) -> None:
        """Go on from `seconds`."""
        self.start = self.now() - seconds

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The time within does not count."""
        begun = self.now()
        yield
        self.start += self.now() - begun


def precision() -> str:
    """What matrices are multiplied in: bfloat16 where the machine can do that, single where it would be emulated.

    On a processor with AVX2 alone, emulated bfloat16 was measured to train 5 to 10 times slower.
    """
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "no"
    return "bf16" if torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported() else "no"


def check_batch(model: Model, batch_size: int, processes: int) -> None:
    """Raises InvalidOption when a process would get too few images: none, or one where images are compared."""
    compares = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in model.modules())
    least = (2 if compares else 1) * processes
    if batch_size < least:
        reason = "its batch norm compares the images of a batch" if compares else f"{processes} processes share it"
        raise InvalidOption(f"{model.title} needs at least {least} images in a batch: {reason}", "batch-size")


def record_passes(network: nn.Module) -> None:
    """Have a GPU play what `network` does in training, forth and back, from two recordings (CUDA graphs).

    They are made when it is first called. A network of hundreds of small operations learns several times faster for it,
    because they are started together instead of one by one.
    """

    def first(module: nn.Module, args: tuple[Tensor | None, ...]) -> None:
        if module.training and torch.is_grad_enabled():
            handle.remove()
            given = tuple(arg.detach().clone() for arg in args if arg is not None)
            if len(given) == len(args):  # what is told nothing learns without
                torch.cuda.make_graphed_callables(module, given)

    handle = network.register_forward_pre_hook(first)
