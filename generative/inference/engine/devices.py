"""Where networks run, and how much fits there."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from generative.errors import GenerativeError, InvalidOption, shown

ON_CPU = 2_000_000_000  # bytes of parameters kept loaded where there is no memory of one's own
SHARE = 0.5  # of a device's memory for parameters; the rest is for what is computed


def pick_devices(name: str = "auto") -> list[torch.device]:
    """The devices of that name: "cuda" is all that are there, "cuda:1" that one; "auto" is cuda, then mps, then cpu.

    Of several those that work. Raises InvalidOption for a device that is not there, which says what is, and where none
    works, which says why.
    """
    there = found()
    if name == "auto":
        name = there[0].partition(":")[0]
    chosen = [torch.device(each) for each in there if name in (each, each.partition(":")[0])]
    if not chosen:
        words = f"There is no device {shown(name)} here; found: {', '.join(there)}. Choose one of them."
        raise InvalidOption(f"{words} {why_no_cuda()}".strip() if name.startswith("cuda") else words, "device")
    troubles = {device: not_working(device) for device in chosen}
    if all(troubles.values()):
        raise InvalidOption(f"{troubles[chosen[0]]} Choose another device of {', '.join(there)}.", "device")
    return [device for device, words in troubles.items() if not words]


def not_working(device: torch.device) -> str:
    """Why a device cannot compute with a single number; "" if it can."""
    try:
        torch.ones(1, device=device).add_(1)
    except torch.OutOfMemoryError:
        return f"The memory of {device} is taken. {left(device)}".strip()
    except RuntimeError as e:  # a card too old for this PyTorch, one that another program has for itself, …
        return f"{device} is there but does not work. {device.type.upper()} says: {first_line(e)}."
    return ""


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
        return f"CUDA says: {first_line(e)}."
    return ""


def budget(device: torch.device) -> int:
    """Bytes of parameters that may stay loaded on a device."""
    return int(SHARE * torch.cuda.mem_get_info(device)[1]) if device.type == "cuda" else ON_CPU


def free() -> None:
    """Give back memory that nothing uses any more."""
    torch.cuda.empty_cache()


@contextmanager
def trouble(
    device: torch.device, what: str = "one image", remedy: str = "Choose a smaller model, or start with --device cpu."
) -> Iterator[None]:
    """Tells in words that the device's memory did not suffice for `what`, or that the device gave up."""
    try:
        yield
    except torch.OutOfMemoryError as e:
        free()
        raise GenerativeError(
            f"The memory of {device} does not suffice for {what}. {left(device)}{remedy}", "count"
        ) from e
    except torch.AcceleratorError as e:
        raise GenerativeError(
            f"{device} has stopped working. CUDA says: {first_line(e)}. Start again; if that does not help, choose "
            f"another device of {', '.join(found())}.",
            "device",
        ) from e


def left(device: torch.device) -> str:
    """How much of its memory is free, as a sentence; nothing where that is not known."""
    try:
        free_bytes, whole = torch.cuda.mem_get_info(device) if device.type == "cuda" else (0, 0)
    except RuntimeError:  # a device that does not even tell
        return ""
    return f"{free_bytes / 1e9:.1f} of its {whole / 1e9:.1f} GB are free: others may use the rest. " if whole else ""


def first_line(error: BaseException) -> str:
    """What CUDA says, without its advice to programmers."""
    return str(error).strip().partition("\n")[0].rstrip(".")
