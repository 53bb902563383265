"""Makes a checkpoint about half as large: its matrices in a byte a number instead of two (rounding.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file

from generative.errors import BadCheckpoint, NotSupported
from generative.library import rounding, weights
from generative.models.model import Model
from generative.protocols import Classifies

STORED = "8 bits a number in matrices"  # in "training" of config.json, so that figures of other weights do not count


@dataclass(frozen=True)
class Shrunk:
    """Bytes before and after, and the largest error of a tensor, relative to its length; `worst` is its name."""

    before: int
    after: int
    error: float
    worst: str


def shrink(folder: Path) -> Shrunk:
    """Rewrite the weights in `folder`. What was measured of it before no longer counts: evaluate it again.

    Raises BadCheckpoint, and NotSupported for a model that others are judged by or built on, one of which diffusers
    reads the weights, and one that is shrunk already.
    """
    model, config = weights.sketch(folder)
    files = rewritable(folder, model)
    check(folder, model, config)
    states = {name: load_file(folder / name) for name in files}
    small = {name: rounding.rounded(state) for name, state in states.items()}
    if all(small[name].keys() == states[name].keys() for name in files):
        raise NotSupported(f"{folder.name} has no matrix in half precision: it is as small as it gets.")
    before, errors = weights.file_size(folder), {}
    for name in files:
        errors |= moved(states[name], rounding.restored(small[name]))
    config["training"] = {**config.get("training", {}), "stored": STORED}
    with weights.writing(folder):
        for name, state in small.items():
            part = (folder / name).with_suffix(".part")
            save_file(state, part, metadata={"format": "pt"})
            part.replace(folder / name)
        weights.write_json(folder / "config.json", config)
    worst = max(errors, key=errors.__getitem__)
    return Shrunk(before, weights.file_size(folder), errors[worst], worst)


def rewritable(folder: Path, model: Model) -> list[str]:
    """The files of weights that lie in `folder` itself and are no folder of diffusers."""
    return [name for name in model.weights if "/" not in name and (folder / name).is_file()]


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, float]:
    """By its name the error of each tensor."""
    return {key: rounding.error(tensor, after[key]) for key, tensor in before.items()}


def check(folder: Path, model: Model, config: Mapping[str, Any]) -> None:
    """Raises NotSupported where a smaller copy would change more than this model, or has nothing to be made of."""
    if isinstance(model, Classifies):
        raise NotSupported(f"{folder.name} judges the other models, whose figures would no longer be of one measure.")
    if building := [there.name for there in folder.parent.iterdir() if built_on(there, config["model"])]:
        words = f"{' and '.join(sorted(building))} learnt on top of {folder.name} and needs it number for number."
        raise NotSupported(words)
    if not rewritable(folder, model):
        raise NotSupported(f"The weights of {folder.name} are in the form of diffusers, which has none of this kind.")


def built_on(folder: Path, kind: str) -> bool:
    """Whether a folder names a part that is a model of that kind, beside it."""
    try:
        told = weights.read_json(folder / "config.json").get("parts", {})
    except BadCheckpoint:
        return False
    return isinstance(told, dict) and any(isinstance(part, dict) and part.get("of") == kind for part in told.values())


def precision(trained: Mapping[str, Any]) -> str:
    """How weights of such a training are stored, in words."""
    return STORED if trained.get("stored") == STORED else "half precision"
