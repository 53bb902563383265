"""Weights in a byte a number, half of what half precision takes: for matrices, in which nearly all of the numbers are.

A tensor of two dimensions or more is stored as whole numbers from −127 to 127, and beside it, as `NAME:scale`, what
they are multiplied by, a number for each index of its first dimension, which is mostly an output of a layer. Biases,
norms and buffers stay as they are. Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference",
arXiv:1806.08342, 2018.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

SCALE = ":scale"
MOST = 127
LEAST = 8  # numbers in a row; a scale takes four bytes, the room of four halves


def rounded(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A state as it is stored in bytes: what is stored in half precision and has rows that are long enough."""
    found = {}
    for key, tensor in state.items():
        if tensor.dtype != torch.float16 or tensor.ndim < 2 or tensor[0].numel() < LEAST:
            found[key] = tensor
            continue
        rows = tensor.float().flatten(1)
        scale = rows.abs().amax(1) / MOST
        steps = rows / scale.where(scale > 0, 1)[:, None]
        found[key] = steps.round().clamp(-MOST, MOST).to(torch.int8).reshape(tensor.shape)
        found[key + SCALE] = scale
    return found


def restored(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `rounded` stored, in single precision, and all else as it is; (rows, …) × the scale of each row."""
    return {
        key: scaled(tensor, state[key + SCALE]) if is_rounded(key, state) else tensor
        for key, tensor in state.items()
        if not is_scale(key, state)
    }


def is_rounded(key: str, names: Mapping[str, object]) -> bool:
    """Whether what is stored under a name has a scale beside it."""
    return key + SCALE in names


def is_scale(key: str, names: Mapping[str, object]) -> bool:
    """Whether a name is that of the scale of another."""
    return key.endswith(SCALE) and key.removesuffix(SCALE) in names


def scaled(steps: Tensor, scale: Tensor) -> Tensor:
    """(rows, …) whole numbers × (rows,) → float32."""
    return steps.float() * scale.float().reshape(-1, *[1] * (steps.ndim - 1))


def error(before: Tensor, after: Tensor) -> float:
    """How far a tensor moved, relative to how long it is: ‖after − before‖ / ‖before‖, 0 where it was nothing."""
    length = before.float().norm().item()
    return (after.float() - before.float()).norm().item() / length if length else 0.0
