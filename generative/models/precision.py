"""In which precision a GPU multiplies. Networks may do it in TF32, with 10 bits behind the point, which no picture
shows; likelihoods, whose bits add up over all pixels, in the whole of float32."""

import threading
from contextlib import ContextDecorator

import torch


def allow_tf32(device: torch.device) -> None:
    """For all that runs from now on, if the device is a GPU; nothing changes for the CPU, whose pictures are the
    reference."""
    if device.type == "cuda":
        multiply("high", True)


def multiply(matrices: str, convolutions: bool) -> None:
    """The two settings of PyTorch, of all devices and threads."""
    torch.set_float32_matmul_precision(matrices)
    torch.backends.cudnn.allow_tf32 = convolutions


class WholeFloat32(ContextDecorator):
    """While any thread is inside, nobody multiplies in TF32: what others draw meanwhile is slower, and no worse."""

    def __init__(self) -> None:
        self._mutex, self._inside = threading.Lock(), 0
        self._before = ("highest", True)

    def __enter__(self) -> None:
        with self._mutex:
            if not self._inside:
                self._before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
                multiply("highest", False)
            self._inside += 1

    def __exit__(self, *why: object) -> None:
        with self._mutex:
            self._inside -= 1
            if not self._inside:
                multiply(*self._before)


whole_float32 = WholeFloat32()
