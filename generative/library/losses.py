"""denoising.json in a checkpoint folder: the loss of a denoising model by timestep, over test pictures."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generative.errors import BadCheckpoint
from generative.library.weights import read_json

FILE = "denoising.json"
MOST = 1000  # timesteps


@dataclass(frozen=True)
class Losses:
    """timesteps: rising. loss: at each the mean of what training lowers. how: measured of what, a sentence."""

    timesteps: tuple[float, ...]
    loss: tuple[float, ...]
    how: str = ""


def read_losses(path: Path) -> Losses:
    """Raises BadCheckpoint for a file that does not hold them."""
    found = read_json(path)
    timesteps, loss, how = found.get("timesteps"), found.get("loss"), found.get("how", "")
    sound = numbers(timesteps) and numbers(loss) and isinstance(how, str)
    if not sound or not 2 <= len(timesteps) == len(loss) <= MOST or timesteps != sorted(set(timesteps)):
        raise BadCheckpoint(f"{path.name} is damaged: it does not hold a loss for each of 2 to {MOST} rising timesteps")
    return Losses(tuple(timesteps), tuple(loss), how)


def numbers(values: Any) -> bool:
    """Whether it is a list of finite numbers, none below 0."""
    return isinstance(values, list) and all(
        type(value) in (int, float) and math.isfinite(value) and value >= 0 for value in values
    )
