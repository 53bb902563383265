"""Generative models that can be watched at work.

>>> import generative
>>> model = generative.load("fashion-mnist/vae")
>>> for frame in model.sample(generative.Seeds(0, count=16)): ...
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generative.errors import GenerativeError
    from generative.frame import Frame
    from generative.library.entries import Entry, available, load
    from generative.seeds import Seeds

__all__ = ["Entry", "Frame", "GenerativeError", "Seeds", "available", "load"]

# Found when first asked for: torch takes seconds to import, and the command line answers Ctrl-C in the meantime.
HOMES = {
    "Entry": "library.entries",
    "Frame": "frame",
    "GenerativeError": "errors",
    "Seeds": "seeds",
    "available": "library.entries",
    "load": "library.entries",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'generative' has no attribute {name!r}")
    return getattr(import_module(f"generative.{HOMES[name]}"), name)
