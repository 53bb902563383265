"""Checkpoint folders: config.json names the model class and its Config, safetensors files hold the weights.

Nothing is ever unpickled. Weights are stored in half precision and computed with in single.
"""

import json
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from generative.errors import BadCheckpoint, CannotWrite
from generative.models import registry
from generative.models.model import Model

ROOT = Path(__file__).resolve().parents[2] / "checkpoints"
PICKLES = ("*.pt", "*.pth", "*.bin", "*.pkl", "*.ckpt")


def find(root: Path = ROOT) -> dict[str, Path]:
    """Every checkpoint folder below `root`, by its id "<dataset>/<model>"."""
    return {f"{p.parent.parent.name}/{p.parent.name}": p.parent for p in sorted(root.glob("*/*/config.json"))}


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises BadCheckpoint when there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCheckpoint(f"{path.name} is missing in {path.parent}") from None
    except (OSError, ValueError) as e:
        raise BadCheckpoint(f"{path} cannot be read: {e}") from e
    if not isinstance(content, dict):
        raise BadCheckpoint(f"{path} holds no JSON object")
    return content


def load(folder: Path, device: torch.device | str = "cpu") -> Model:
    """The model in `folder`, in evaluation mode. Raises BadCheckpoint, which says which part is wrong."""
    config = read_json(folder / "config.json")
    model = registry.build(config.get("model"), config.get("config"))
    for name, submodule in model.weights.items():
        load_weights(model.get_submodule(submodule), folder / name)
    return model.to(device).eval().requires_grad_(False)


def load_weights(module: torch.nn.Module, path: Path) -> None:
    """Strictly: every tensor there, none more, each of the right shape."""
    if not path.is_file():
        pickles = [p.name for pattern in PICKLES for p in path.parent.glob(pattern)]
        if pickles:
            raise BadCheckpoint(f"{pickles[0]} is a pickle, which could run any code when read. Save the weights as "
                                f"{path.name} with safetensors instead.")
        raise BadCheckpoint(f"{path.name} is missing in {path.parent}")
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, ValueError) as e:
        raise BadCheckpoint(f"{path} is damaged or no safetensors file: {e}") from e
    wanted = module.state_dict()
    if missing := sorted(set(wanted) - set(tensors)):
        raise BadCheckpoint(f"{path.name} lacks {missing[0]} and {len(missing) - 1} more tensors")
    if extra := sorted(set(tensors) - set(wanted)):
        raise BadCheckpoint(f"{path.name} holds {extra[0]}, which the model does not have")
    for key, tensor in tensors.items():
        if tensor.shape != wanted[key].shape:
            raise BadCheckpoint(f"{path.name}: {key} has the shape {tuple(tensor.shape)}, not {tuple(wanted[key].shape)}")
    module.load_state_dict(tensors)


def save(folder: Path, kind: str, model: Model, training: dict[str, Any]) -> None:
    """Write config.json, the weights in half precision and the model's companions. Raises CannotWrite."""
    config = {"model": kind, "config": asdict(model.config), "training": training}
    with writing(folder):
        for name, submodule in model.weights.items():
            state = model.get_submodule(submodule).state_dict()
            half = {k: (v.half() if v.is_floating_point() else v).contiguous() for k, v in state.items()}
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            save_file(half, folder / name, metadata={"format": "pt"})
        for name, content in {"config.json": config, **model.companions()}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_json(folder / name, content)


def write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, default=list) + "\n", encoding="utf-8")


@contextmanager
def writing(place: Path) -> Any:
    """Turns what the operating system says when `place` cannot be written into CannotWrite."""
    try:
        yield
    except OSError as e:
        raise CannotWrite(f"Cannot write to {place}: {e.strerror or e}. Free some space or choose another place.") from e


def file_size(folder: Path) -> int:
    """Bytes of the weights in a checkpoint folder."""
    return sum(p.stat().st_size for p in folder.rglob("*.safetensors"))
