"""Parts of a checkpoint that lie in the folder of another model: an autoencoder and what learnt on top of it are kept
side by side, and the autoencoder's weights once.

    avatars/vqvae/model.safetensors
    avatars/vq-transformer/config.json      "parts": {"vqvae.safetensors": {"of": "vqvae", "sha256": "46c314ec…"}}

A file in the folder itself comes first, so that a folder which holds everything works wherever it lies (`whole`).
"""

import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from generative.errors import BadCheckpoint, shown
from generative.models.model import Model
from generative.models.registry import KINDS

FILE = "model.safetensors"  # of a model that others build on
DIGEST = re.compile(r"[0-9a-f]{64}")


def check(config: Mapping[str, Any]) -> None:
    """Raises BadCheckpoint unless what config.json says of parts names files of the model and models that there are."""
    told, kind = config.get("parts", {}), config.get("model")
    files = KINDS[kind].weights if isinstance(kind, str) and kind in KINDS else {}
    if not isinstance(told, dict) or not all(name in files and is_reference(part) for name, part in told.items()):
        raise BadCheckpoint(
            "config.json: parts must name the model and the sha256 of each file that lies beside the folder, not "
            f"{shown(told)}"
        )


def is_reference(part: Any) -> bool:
    """Whether a value names a model class and the digest of its weights."""
    if not isinstance(part, dict) or set(part) != {"of", "sha256"}:
        return False
    of, digest = part["of"], part["sha256"]
    return isinstance(of, str) and of in KINDS and isinstance(digest, str) and DIGEST.fullmatch(digest) is not None


def place(folder: Path, name: str, config: Mapping[str, Any]) -> Path:
    """Where a file of weights lies: in `folder`, or in the folder beside it that config.json names.

    Raises BadCheckpoint where that is missing, or holds other weights than the model learnt with.
    """
    part = config.get("parts", {}).get(name)
    if part is None or (folder / name).is_file():
        return folder / name
    there, of = folder.parent / part["of"] / FILE, part["of"]
    if not there.is_file():
        raise BadCheckpoint(
            f"{name} is missing: it is the {FILE} of {of}, whose folder belongs beside this one. Copy both, or copy "
            f"that file here as {name}."
        )
    if digest(there) != part["sha256"]:
        raise BadCheckpoint(
            f"{name} is the {FILE} of {of}, and what lies there now is another training of it, or damaged. Bring back "
            "the one that this model learnt with, or train this model again."
        )
    return there


def reference(folder: Path, part: torch.nn.Module, state: Mapping[str, Tensor]) -> dict[str, str] | None:
    """How config.json in `folder` refers to a part whose weights, `state`, lie beside it already; None otherwise."""
    of = next((kind for kind, model in KINDS.items() if type(part) is model), None)
    if not isinstance(part, Model) or of is None or (there := folder.parent / of / FILE).parent == folder:
        return None
    try:
        same = there.is_file() and alike(state, load_file(there))
    except (SafetensorError, OSError, ValueError):
        return None  # of a damaged one a copy is better
    return {"of": of, "sha256": digest(there)} if same else None


def alike(a: Mapping[str, Tensor], b: Mapping[str, Tensor]) -> bool:
    """Whether two states hold the same numbers in the same precision."""
    return a.keys() == b.keys() and all(a[key].dtype == b[key].dtype and torch.equal(a[key], b[key]) for key in a)


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def elsewhere(folder: Path, config: Mapping[str, Any]) -> list[Path]:
    """The files of weights that lie outside of `folder`."""
    return [place(folder, name, config) for name in config.get("parts", {}) if not (folder / name).is_file()]


@contextmanager
def whole(folder: Path, config: Mapping[str, Any]) -> Iterator[Path]:
    """A folder that holds all of a checkpoint, for wherever nothing lies beside it: `folder` itself, or a copy.

    Raises BadCheckpoint for a part that is missing.
    """
    missing = {name: place(folder, name, config) for name in config.get("parts", {}) if not (folder / name).is_file()}
    if not missing:
        yield folder
        return
    with TemporaryDirectory() as temporary:
        copy = Path(shutil.copytree(folder, Path(temporary) / folder.resolve().name))
        for name, there in missing.items():
            shutil.copyfile(there, copy / name)
        yield copy
