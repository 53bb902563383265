"""Where networks run."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from generative.errors import GenerativeError, InvalidOption, shown


def pick_device(name: str = "auto") -> torch.device:
    """ "auto" is cuda, then mps, then cpu. Raises InvalidOption for a device that is not there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, found in there.items() if found))
    if not there.get(name.partition(":")[0], False):
        raise InvalidOption(
            f"There is no device {shown(name)} here; found: {', '.join(k for k in there if there[k])}", "device"
        )
    return torch.device(name)


@contextmanager
def memory() -> Iterator[None]:
    """Tells in words that the device's memory did not suffice."""
    try:
        yield
    except torch.OutOfMemoryError as e:
        torch.cuda.empty_cache()
        raise GenerativeError("The device's memory does not suffice. Ask for fewer images.", "count") from e
