"""What a safetensors file promises: the names, shapes and types of its tensors, read before any of them.

A stranger may have written it, and the config.json beside it. So the header is small or refused, and a network is
built within the number of parameters that it promises: a Config of 16,384 blocks is given up at the first block too
many.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from generative.errors import BadCheckpoint
from generative.library import rounding

MAX_HEADER = 2**20  # bytes
MAX_TENSORS = 4096
REPLACED = 4  # times a parameter may be registered: weight norm puts two in the place of one
FLOATS = {"F64", "F32", "F16", "BF16"}
_budget = threading.local()


@dataclass(frozen=True)
class Promise:
    """A tensor that a file holds. floating: of real numbers; otherwise of whole ones."""

    shape: tuple[int, ...]
    floating: bool


def read(path: Path) -> dict[str, Promise]:
    """The tensors of a file by name. Raises BadCheckpoint for one that is missing, cut short or absurd."""
    if not path.is_file():
        raise BadCheckpoint(f"{path.name} is missing")
    try:
        with path.open("rb") as file:
            if (length := int.from_bytes(file.read(8), "little")) > MAX_HEADER:
                raise BadCheckpoint(f"{path.name} is truncated or no safetensors file: a header of {length:,} bytes")
        with safe_open(path, framework="pt") as file:
            slices = {key: file.get_slice(key) for key in file.keys()}  # noqa: SIM118, it is no dictionary
            kinds = {key: (tuple(s.get_shape()), s.get_dtype()) for key, s in slices.items()}
    except (SafetensorError, OSError, ValueError) as e:
        raise BadCheckpoint(f"{path.name} is truncated or no safetensors file: {reason(e)}") from e
    if len(kinds) > MAX_TENSORS:
        raise BadCheckpoint(f"{path.name} holds {len(kinds):,} tensors; no model here has more than {MAX_TENSORS:,}")
    return restored(kinds, path.name)


def restored(kinds: Mapping[str, tuple[tuple[int, ...], str]], file: str) -> dict[str, Promise]:
    """The tensors of a file by name, from their shapes and types: as real numbers what is stored in a byte each
    (rounding.py). Raises BadCheckpoint for one whose scales do not fit."""
    found = {}
    for key, (shape, kind) in kinds.items():
        if rounding.is_scale(key, kinds):
            continue
        if rounded := rounding.is_rounded(key, kinds):
            scale = kinds[key + rounding.SCALE]
            if kind != "I8" or scale != (shape[:1], "F32"):
                raise BadCheckpoint(
                    f"{file}: {key} is stored as {kind} {shape} and its scale as {scale[1]} {scale[0]}, not as I8 with "
                    "one F32 a row. Train the model again."
                )
        found[key] = Promise(shape, rounded or kind in FLOATS)
    return found


def reason(error: Exception) -> str:
    """What went wrong with a file, without the path to it."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def check(module: nn.Module, promised: Mapping[str, Promise], file: str) -> None:
    """Raises BadCheckpoint unless `promised` is just the state of `module`."""
    state = module.state_dict()
    wanted = {key: Promise(tuple(tensor.shape), tensor.is_floating_point()) for key, tensor in state.items()}
    if missing := sorted(set(wanted) - set(promised)):
        raise BadCheckpoint(f"{file} lacks {missing[0]} and {len(missing) - 1} more tensors")
    if extra := sorted(set(promised) - set(wanted)):
        raise BadCheckpoint(f"{file} holds {extra[0]}, which the model does not have")
    for key, promise in promised.items():
        if promise.shape != wanted[key].shape:
            raise BadCheckpoint(f"{file}: {key} has the shape {promise.shape}, not {wanted[key].shape}")
        if promise.floating != wanted[key].floating:
            kinds = ("whole numbers", "floating-point numbers")
            held, needed = kinds[promise.floating], kinds[wanted[key].floating]
            raise BadCheckpoint(f"{file}: {key} holds {held} where {needed} belong")


@contextmanager
def within(tensors: int) -> Iterator[None]:
    """Building a network in this block raises BadCheckpoint as soon as it outgrows a file of so many `tensors`."""
    _budget.left = REPLACED * (tensors + 1)
    try:
        yield
    finally:
        _budget.left = None


def _count(module: nn.Module, name: str, parameter: Any) -> None:
    if parameter is None or (left := getattr(_budget, "left", None)) is None:
        return
    _budget.left = left - 1
    if left <= 0:
        raise BadCheckpoint("config.json describes a larger model than the weights belong to")


# One hook for good, since torch walks through its hooks without a lock and other threads may be building just then.
register_module_parameter_registration_hook(_count)
