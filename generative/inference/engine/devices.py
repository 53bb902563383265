"""Where networks run, and how much fits there."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from generative.errors import GenerativeError, InvalidOption, shown

ON_CPU = 2_000_000_000  # bytes of parameters kept loaded where there is no memory of one's own
SHARE = 0.5  # of a device's memory for parameters; the rest is for what is computed


def pick_devices(name: str = "auto") -> list[torch.device]:
    """The devices of that name: "cuda" is all that are there, "cuda:1" that one; "auto" is cuda, then mps, then cpu.

    Raises InvalidOption for a device that is not there, which says what is.
    """
    there = found()
    if name == "auto":
        kind = next(iter(there)).partition(":")[0]
        return [torch.device(each) for each in there if each.partition(":")[0] == kind]
    chosen = [torch.device(each) for each in there if name in (each, each.partition(":")[0])]
    if not chosen:
        words = f"There is no device {shown(name)} here; found: {', '.join(there)}. Choose one of them."
        raise InvalidOption(f"{words} {why_no_cuda()}".strip() if name.startswith("cuda") else words, "device")
    return chosen


def pick_device(name: str = "auto") -> torch.device:
    """The first of them."""
    return pick_devices(name)[0]


def found() -> list[str]:
    """Every device there is, the fastest kind first."""
    cuda = [f"cuda:{i}" for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return [*cuda, *(["mps"] if torch.backends.mps.is_available() else []), "cpu"]


def why_no_cuda() -> str:
    """What CUDA itself says of why it is not there; nothing where it is."""
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as e:  # no driver, one that is too old, a PyTorch without CUDA
        return f"CUDA says: {str(e).splitlines()[0]}"
    return ""


def budget(device: torch.device) -> int:
    """Bytes of parameters that may stay loaded on a device."""
    return int(SHARE * torch.cuda.mem_get_info(device)[1]) if device.type == "cuda" else ON_CPU


def free() -> None:
    """Give back memory that nothing uses any more."""
    torch.cuda.empty_cache()


@contextmanager
def memory(device: torch.device) -> Iterator[None]:
    """Tells in words that the device's memory did not suffice."""
    try:
        yield
    except torch.OutOfMemoryError as e:
        free()
        left, whole = torch.cuda.mem_get_info(device) if device.type == "cuda" else (0, 0)
        words = f" {left / 1e9:.1f} of its {whole / 1e9:.1f} GB are free: others may use the rest." if whole else ""
        raise GenerativeError(
            f"The memory of {device} does not suffice for one image.{words} Choose a smaller model, or start with "
            "--device cpu.",
            "count",
        ) from e
