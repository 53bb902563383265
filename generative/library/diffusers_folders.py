"""Models of other libraries: pipelines of diffusers that can be opened, and others named for what they are: networks
alone, transformers, pickles.

They are recognised by their small JSON files and by the names of the others, so that nothing of them has to be read.
"""

import json
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

from generative.errors import shown

CONFIG, INDEX, SCHEDULER, ADAPTER = "config.json", "model_index.json", "scheduler_config.json", "adapter_config.json"
PICKLES = (".pt", ".pth", ".bin", ".pkl", ".ckpt")
FORMATS = {".gguf": "llama.cpp", ".onnx": "ONNX", ".h5": "Keras", ".msgpack": "Flax", ".tflite": "TensorFlow Lite"}
MAX_CONFIG = 1_000_000  # bytes
PICKLE = "a pickle, which could run any code when read, so it is never opened"
PIPELINES = ("DDPMPipeline", "DDIMPipeline", "LDMPipeline", "DiTPipeline", "StableDiffusionPipeline")
SUPPORTED = (
    "What opens here is a checkpoint of this project: a folder whose config.json names one of its models, as `python "
    f"-m generative train` writes it and `push` uploads it; or a {', '.join(PIPELINES[:-1])} or {PIPELINES[-1]} of "
    "diffusers."
)
TOKENIZER = ("vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
# What describes a pipeline.
FILES = [INDEX, f"*/{CONFIG}", f"*/{SCHEDULER}", *(f"tokenizer/{name}" for name in TOKENIZER)]


def is_pipeline(folder: Path) -> bool:
    """Whether a folder says that it holds a pipeline which can be opened here."""
    return (content(folder / INDEX) or {}).get("_class_name") in PIPELINES and not (folder / CONFIG).exists()


def recognise(folder: Path) -> str | None:
    """What a folder holds that is no checkpoint of this project, and what to do with it; None for anything else."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    if is_pipeline(folder):
        return None
    config, index = content(folder / CONFIG), content(folder / INDEX)
    if CONFIG in names and (config is None or "model" in config):
        return None  # ours, as it seems, or too damaged to tell
    what = by_config(config or {}, index or {}) or ("" if CONFIG in names else by_names(names))
    if what and "model" in (content(folder.parent / CONFIG) or {}):
        return f"{shown(folder.name)} is a part of a checkpoint: {what} Type the folder above it."
    return f"This is {what} {SUPPORTED}" if what else None


def by_config(config: dict[str, Any], index: dict[str, Any]) -> str:
    """In words, from config.json and model_index.json; "" when they do not tell."""
    if name := index.get("_class_name"):
        parts = ", ".join(sorted(part for part, kind in index.items() if isinstance(kind, list) and any(kind)))
        return (
            f"a pipeline of diffusers, {title(name)}, of {parts or 'unknown parts'}. diffusers itself runs it: "
            "DiffusionPipeline.from_pretrained(folder)."
        )
    if name := config.get("_class_name"):
        return f"a single network of diffusers, {title(name)}, without a sampler."
    if "architectures" in config or "model_type" in config:
        names = config.get("architectures")
        name = names[0] if isinstance(names, list) and names else config.get("model_type")
        return f"a model of transformers, {title(name)}, which works on words or features rather than draws images."
    return ""


def by_names(names: Iterable[str]) -> str:
    """In words, from the names of files; "" when they do not tell."""
    files = sorted(names)
    if ADAPTER in files:
        return "an adapter (LoRA), which changes another model and is none itself."
    if SCHEDULER in files:
        return "the noise schedule of a diffusers pipeline, without a network."
    for name in files:
        if words := file(name):
            return words
    return ""


def file(name: str) -> str:
    """What a file of weights is, by its name; "" for another file."""
    suffix = PurePath(name).suffix.lower()
    if suffix in PICKLES:
        return f"{PICKLE}: {name}. Save the weights with safetensors instead."
    if suffix in FORMATS:
        return f"a file in the format of {FORMATS[suffix]}: {name}."
    if suffix == ".safetensors":
        return f"a file of weights, {name}, without the config.json that says of what: config.json is missing."
    return ""


def title(name: Any) -> str:
    """The name of a class as a sentence shows it; quoted and cut if it is none."""
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= 60 else shown(name)


def content(path: Path) -> dict[str, Any] | None:
    """The object in a small JSON file; None when there is none."""
    try:
        if path.stat().st_size > MAX_CONFIG:
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
