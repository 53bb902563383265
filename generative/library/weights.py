"""Checkpoint folders: config.json names the model class and its Config, safetensors files hold the weights.

Nothing is ever unpickled. Weights are stored in half precision and computed with in single.
"""

import json
import os
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from generative.errors import BadCheckpoint, CannotWrite, shown
from generative.models import registry
from generative.models.model import Model


def root() -> Path:
    """Where checkpoints lie: GENERATIVE_CHECKPOINTS, else `checkpoints/` here, else the one beside this package."""
    if told := os.environ.get("GENERATIVE_CHECKPOINTS"):
        return Path(told).resolve()
    here = Path("checkpoints").resolve()
    return here if here.is_dir() else Path(__file__).resolve().parents[2] / "checkpoints"


ROOT = root()
PICKLES = ("*.pt", "*.pth", "*.bin", "*.pkl", "*.ckpt")
MAX_INTEGER, MAX_ITEMS, MAX_SIZE = 16_384, 256, 1024  # in a Config; a stranger may have written it


def find(root: Path = ROOT) -> dict[str, Path]:
    """Every checkpoint folder below `root`, by its id "<dataset>/<model>"."""
    return {f"{p.parent.parent.name}/{p.parent.name}": p.parent for p in sorted(root.glob("*/*/config.json"))}


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises BadCheckpoint when there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCheckpoint(f"{path.name} is missing in {path.parent}") from None
    except (OSError, ValueError, RecursionError) as e:
        raise BadCheckpoint(f"{path} cannot be read: {e}") from e
    if not isinstance(content, dict):
        raise BadCheckpoint(f"{path} holds no JSON object")
    return content


def load(folder: Path, device: torch.device | str = "cpu") -> Model:
    """The model in `folder`, in evaluation mode. Raises BadCheckpoint, which says which part is wrong."""
    _, config = sketch(folder)
    model = registry.build(config["model"], config["config"])
    for name, submodule in model.weights.items():
        load_weights(model.get_submodule(submodule), folder / name)
    return model.to(device).eval().requires_grad_(False)


def sketch(folder: Path) -> tuple[Model, dict[str, Any]]:
    """The model in `folder` on the "meta" device, where tensors take no memory, and all of config.json.

    Raises BadCheckpoint unless the Config is sensible and the headers of the weights promise just its tensors, so that
    a file from a stranger is refused before it can ask for memory.
    """
    config = read_json(folder / "config.json")
    check_config(config)
    try:
        with torch.device("meta"):
            model = registry.build(config.get("model"), config.get("config"))
    except (LookupError, AttributeError) as e:
        raise BadCheckpoint(f"config.json does not describe a {config['model']}: {e}") from e
    for name, submodule in model.weights.items():
        check_weights(model.get_submodule(submodule), folder / name)
    return model, config


def check_config(config: dict[str, Any]) -> None:
    """Raises BadCheckpoint when a value has another type than its Config says, or is absurd."""
    kind, values = config.get("model"), config.get("config")
    if not isinstance(config.get("training", {}), dict):
        raise BadCheckpoint(f"config.json: training must be an object, not {shown(config['training'])}")
    if kind not in list(registry.MODELS) or not isinstance(values, dict):
        return  # registry.build says what is wrong
    for name, hint in get_type_hints(registry.MODELS[kind].Config).items():
        if name in values and not fits(values[name], hint):
            raise BadCheckpoint(f"config.json: {name} cannot be {shown(values[name])}")
    if not 1 <= values.get("size", 1) <= MAX_SIZE:
        raise BadCheckpoint(f"config.json: size must be from 1 to {MAX_SIZE} pixels, not {values['size']}")


def fits(value: Any, hint: Any) -> bool:
    """Whether JSON's `value` is what a Config's annotation says, within reason."""
    if get_origin(hint) is tuple:
        return isinstance(value, list) and len(value) <= MAX_ITEMS and all(fits(v, get_args(hint)[0]) for v in value)
    if hint is int:
        return type(value) is int and 0 <= value <= MAX_INTEGER
    if hint is str:
        return isinstance(value, str) and len(value) <= 100
    return type(value) is bool if hint is bool else True


def load_weights(module: torch.nn.Module, path: Path) -> None:
    """Strictly: every tensor there, none more, each of the right shape."""
    check_weights(module, path)
    try:
        module.load_state_dict(load_file(path))
    except (SafetensorError, OSError, ValueError) as e:
        raise BadCheckpoint(f"{path} is damaged: {e}") from e


def check_weights(module: torch.nn.Module, path: Path) -> None:
    """Raises BadCheckpoint unless the header of `path` promises just the tensors of `module`; reads no tensor."""
    if not path.is_file():
        pickles = [p.name for pattern in PICKLES for p in path.parent.glob(pattern)]
        if pickles:
            raise BadCheckpoint(
                f"{pickles[0]} is a pickle, which could run any code when read. Save the weights as "
                f"{path.name} with safetensors instead."
            )
        raise BadCheckpoint(f"{path.name} is missing in {path.parent}")
    try:
        with safe_open(path, framework="pt") as file:
            keys = file.keys()
            shapes = {key: tuple(file.get_slice(key).get_shape()) for key in keys}
    except (SafetensorError, OSError, ValueError) as e:
        raise BadCheckpoint(f"{path} is truncated or no safetensors file: {e}") from e
    wanted = {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}
    if missing := sorted(set(wanted) - set(shapes)):
        raise BadCheckpoint(f"{path.name} lacks {missing[0]} and {len(missing) - 1} more tensors")
    if extra := sorted(set(shapes) - set(wanted)):
        raise BadCheckpoint(f"{path.name} holds {extra[0]}, which the model does not have")
    for key, shape in shapes.items():
        if shape != wanted[key]:
            raise BadCheckpoint(f"{path.name}: {key} has the shape {shape}, not {wanted[key]}")


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
    """Write an object as indented JSON in UTF-8. What JSON lacks, such as a set, is written as a list."""
    path.write_text(json.dumps(content, indent=2, default=list) + "\n", encoding="utf-8")


@contextmanager
def writing(place: Path) -> Any:
    """Turns what the operating system says when `place` cannot be written into CannotWrite."""
    try:
        yield
    except CannotWrite:
        raise
    except OSError as e:
        words = f"Cannot write to {place}: {e.strerror or e}. Free some space or choose another place."
        raise CannotWrite(words) from e


def file_size(folder: Path) -> int:
    """Bytes of the weights in a checkpoint folder."""
    return sum(p.stat().st_size for p in folder.rglob("*.safetensors"))
