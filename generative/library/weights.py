"""Checkpoint folders: config.json names the model class and its Config, safetensors files hold the weights.

    {"model": "vae", "dataset": "fashion-mnist", "config": {…}, "training": {…}}

"dataset" is what the model learnt from, so that a copy of the folder knows it too; "parts" are files that lie in the
folder of another model (parts.py). Nothing is ever unpickled. Weights
are stored in half precision and computed with in single; what half precision cannot hold is stored in single, and
`shrink` stores matrices in a byte a number.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from generative.errors import BadCheckpoint, CannotWrite, shown
from generative.library import diffusers_folders, headers, parts, pipelines, rounding
from generative.models import registry
from generative.models.model import Model

PICKLES = ("*.pt", "*.pth", "*.bin", "*.pkl", "*.ckpt")
MARKS = ("config.json", "*.safetensors", "*/*.safetensors", *PICKLES)  # a folder with one of them is a checkpoint
MAX_INTEGER, MAX_ITEMS, MAX_SIZE = 16_384, 256, 1024  # in a Config; a stranger may have written it
T = TypeVar("T")
DATASET = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


def root() -> Path:
    """Where checkpoints lie: GENERATIVE_CHECKPOINTS, else `checkpoints/` here, else the one beside this package."""
    if told := os.environ.get("GENERATIVE_CHECKPOINTS"):
        return Path(told).resolve()
    here = Path("checkpoints").resolve()
    return here if here.is_dir() else Path(__file__).resolve().parents[2] / "checkpoints"


ROOT = root()


def find(root: Path = ROOT) -> dict[str, Path]:
    """Every checkpoint folder below `root`, by its id "<dataset>/<model>"; also one whose config.json is missing."""
    folders = (p for p in sorted(root.glob("*/*")) if p.is_dir() and not p.name.startswith("."))
    return {f"{p.parent.name}/{p.name}": p for p in folders if any(any(p.glob(mark)) for mark in MARKS)}


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises BadCheckpoint when there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCheckpoint(f"{path.name} is missing") from None
    except (OSError, ValueError, RecursionError) as e:
        raise BadCheckpoint(f"{path.name} cannot be read: {headers.reason(e)}") from e
    if not isinstance(content, dict):
        raise BadCheckpoint(f"{path.name} holds no JSON object")
    return content


def load(folder: Path, device: torch.device | str = "cpu") -> Model:
    """The model in `folder`, in evaluation mode. Raises BadCheckpoint, which says which part is wrong."""
    _, config = sketch(folder)
    model = registry.build(config["model"], config["config"])
    for name, submodule in model.weights.items():
        load_weights(model.get_submodule(submodule), parts.place(folder, name, config), partial(renamed, model))
    for kind, there in helpers(folder, model).items():
        with suppress(BadCheckpoint):  # it takes nothing but its help away
            model.helpers[kind] = load(there, device)
    return model.to(device).eval().requires_grad_(False)


def helpers(folder: Path, model: Model) -> dict[str, Path]:
    """By their kind the folders beside this one whose models can help it (`Model.helped_by`); a damaged one is none."""
    found = {}
    for kind in chain.from_iterable(model.helped_by.values()):
        there = folder.parent / kind
        with suppress(BadCheckpoint):
            if (there / "config.json").is_file() and model.suits(sketch(there)[0]):
                found[kind] = there
    return found


def sketch(folder: Path) -> tuple[Model, dict[str, Any]]:
    """The model in `folder` on the "meta" device, where tensors take no memory, and all of config.json.

    Raises BadCheckpoint unless the Config is sensible and the headers of the weights promise just its tensors, so that
    a file from a stranger is refused before it can ask for memory or time.
    """
    if words := diffusers_folders.recognise(folder):
        raise BadCheckpoint(words)
    config = described(folder)
    check_config(config)
    files = registry.KINDS[config["model"]].weights if known(config.get("model")) else {}
    promised = {name: promises(parts.place(folder, name, config)) for name in files}
    try:
        with torch.device("meta"), headers.within(sum(map(len, promised.values()))):
            model = registry.build(config.get("model"), config.get("config"))
    except (LookupError, AttributeError) as e:
        raise BadCheckpoint(f"config.json does not describe a {config['model']}: {e}") from e
    for name, submodule in model.weights.items():
        headers.check(model.get_submodule(submodule), renamed(model, promised[name]), Path(name).name)
    return model, config


def described(folder: Path) -> dict[str, Any]:
    """What config.json holds, or would hold of a pipeline of diffusers. Raises BadCheckpoint."""
    if diffusers_folders.is_pipeline(folder):
        return pipelines.translated(folder)
    return read_json(folder / "config.json")


def renamed(model: Model, tensors: Mapping[str, T]) -> dict[str, T]:
    """What belongs to the names in a file, by what the model calls its tensors; without those that it does not need."""
    found = {}
    for key, tensor in tensors.items():
        name = key
        for old, new in model.renamed:
            name = name.replace(old, new)
        if not key.endswith(model.left_out):
            found[name] = tensor
    return found


def known(kind: Any) -> bool:
    """Whether config.json names a model class that there is."""
    return isinstance(kind, str) and kind in registry.KINDS


def promises(path: Path) -> dict[str, headers.Promise]:
    """The header of a file of weights. Raises BadCheckpoint, also when a pickle lies in its place."""
    pickles = [] if path.is_file() else [p.name for pattern in PICKLES for p in path.parent.glob(pattern)]
    if pickles:
        raise BadCheckpoint(
            f"{pickles[0]} is a pickle, which could run any code when read. Save the weights as {path.name} with "
            "safetensors instead."
        )
    return headers.read(path)


def check_config(config: dict[str, Any]) -> None:
    """Raises BadCheckpoint when a value has another type than its Config says, or is absurd."""
    kind, values = config.get("model"), config.get("config")
    if not isinstance(config.get("training", {}), dict):
        raise BadCheckpoint(f"config.json: training must be an object, not {shown(config['training'])}")
    if "dataset" in config and not is_dataset(config["dataset"]):
        words = "dataset must be the id of a data set, small letters, digits and hyphens"
        raise BadCheckpoint(f"config.json: {words}, not {shown(config['dataset'])}")
    parts.check(config)
    if not known(kind) or not isinstance(values, dict):
        return  # registry.build says what is wrong
    for name, hint in get_type_hints(registry.KINDS[kind].Config).items():
        if name in values and not fits(values[name], hint):
            raise BadCheckpoint(f"config.json: {name} cannot be {shown(values[name])}")
    if not 1 <= values.get("size", 1) <= MAX_SIZE:
        raise BadCheckpoint(f"config.json: size must be from 1 to {MAX_SIZE} pixels, not {values['size']}")


def is_dataset(value: Any) -> bool:
    """Whether a value has the form of a data set's id; the project need not know it."""
    return isinstance(value, str) and DATASET.fullmatch(value) is not None


def fits(value: Any, hint: Any) -> bool:
    """Whether JSON's `value` is what a Config's annotation says, within reason."""
    if get_origin(hint) is tuple:
        return isinstance(value, list) and len(value) <= MAX_ITEMS and all(fits(v, get_args(hint)[0]) for v in value)
    if hint is int:
        return type(value) is int and 0 <= value <= MAX_INTEGER
    if hint is float:
        return type(value) in (int, float) and abs(value) <= MAX_INTEGER  # NaN is not
    if hint is str:
        return isinstance(value, str) and len(value) <= 100
    return type(value) is bool if hint is bool else True


def load_weights(module: torch.nn.Module, path: Path, renamed: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
    """Strictly: every tensor there, none more, each of the right shape and type, and all of its numbers finite.

    renamed: of what belongs to the names in the file, by the names here."""
    headers.check(module, renamed(promises(path)), path.name)
    try:
        state = renamed(rounding.restored(load_file(path)))
    except (SafetensorError, OSError, ValueError) as e:
        raise BadCheckpoint(f"{path.name} is damaged: {headers.reason(e)}") from e
    check_finite(state, path.name)
    module.load_state_dict(state)


def check_finite(state: dict[str, Tensor], file: str) -> None:
    """Raises BadCheckpoint when a tensor holds NaN or an infinite number."""
    for key, tensor in state.items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise BadCheckpoint(f"{file}: {key} holds NaN or infinite numbers. Train the model again.")


def save(folder: Path, kind: str, model: Model, training: dict[str, Any], dataset: str | None = None) -> None:
    """Write config.json, the weights and the model's companions; `dataset` is the id of what it learnt from.

    A part that lies in a folder beside it, number for number, is named instead of written again.
    Raises CannotWrite, and BadCheckpoint for weights that are not finite: what is there already stays then.
    """
    learnt = {} if dataset is None else {"dataset": dataset}
    config = {"model": kind, **learnt, "config": model.config.plain(), "training": training}
    states = {name: stored(model.get_submodule(submodule)) for name, submodule in model.weights.items()}
    for name, state in states.items():
        check_finite(state, Path(name).name)
    found = {name: parts.reference(folder, model.get_submodule(model.weights[name]), states[name]) for name in states}
    if beside := {name: part for name, part in found.items() if part is not None}:
        config["parts"] = beside
    with writing(folder):
        for name in beside:
            (folder / name).unlink(missing_ok=True)
            del states[name]
        for name, state in states.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            part = (folder / name).with_suffix(".part")
            save_file(state, part, metadata={"format": "pt"})
            part.replace(folder / name)
        for name, content in {"config.json": config, **model.companions()}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_json(folder / name, content)


def stored(module: torch.nn.Module) -> dict[str, Tensor]:
    """The state of a module as a file holds it: parameters in half precision, unless one of them is beyond 65,504.

    Buffers stay as they are. They are few numbers, and a variance can be too large for half precision or too small.
    """
    parameters = {key for key, _ in module.named_parameters(remove_duplicate=False)}
    state = module.state_dict()
    return {key: (halved(v) if key in parameters else v).contiguous() for key, v in state.items()}


def halved(tensor: Tensor) -> Tensor:
    """A tensor in half precision, or as it is if a finite number would become infinite."""
    half = tensor.half()
    return half if torch.equal(half.isfinite(), tensor.isfinite()) else tensor


def write_json(path: Path, content: Any) -> None:
    """Write an object as indented JSON in UTF-8. What JSON lacks, such as a set, is written as a list."""
    path.write_text(json.dumps(content, indent=2, default=list) + "\n", encoding="utf-8")


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turns what the operating system says when `place` cannot be written into CannotWrite."""
    try:
        yield
    except CannotWrite:
        raise
    except OSError as e:
        words = f"Cannot write to {place}: {e.strerror or e}. Free some space or choose another place."
        raise CannotWrite(words) from e


def file_size(folder: Path) -> int:
    """Bytes of the weights of a checkpoint, its parts in other folders included. Raises BadCheckpoint."""
    config = described(folder)
    check_config(config)
    return sum(p.stat().st_size for p in [*folder.rglob("*.safetensors"), *parts.elsewhere(folder, config)])
