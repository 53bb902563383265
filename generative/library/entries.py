"""Where models come from: a bundled id, a folder, or a repository on the Hugging Face Hub."""

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from generative.abilities import abilities
from generative.errors import BadCheckpoint, UnknownModel, near, shown
from generative.library import hub, weights
from generative.models import registry
from generative.models.model import Model


@dataclass(frozen=True)
class Entry:
    """What can be told of a checkpoint without loading its weights. `problem` says why it cannot be used, if so.

    size, channels: of its images, `size` pixels high and wide. conditional: whether it is told the class of an image.
    """

    id: str
    folder: Path
    title: str = ""
    family: str = ""
    kind: str = ""
    paper: str = ""
    abilities: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    size: int = 0
    channels: int = 0
    conditional: bool = False
    parameters: int = 0
    file_size: int = 0
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None

    @property
    def dataset(self) -> str:
        """The data set of its id, which is what it learnt from."""
        return self.id.rpartition("/")[0]

    @property
    def outdated(self) -> bool:
        """Whether its figures were measured of other weights than are here."""
        protocol = self.metrics.get("protocol")
        trained = protocol.get("trained") if isinstance(protocol, dict) else None
        return trained is not None and trained != self.training

    @property
    def kind_class(self) -> type[Model]:
        """The class of the model; no weights are read."""
        return registry.MODELS[self.kind]

    def describe(self) -> dict[str, Any]:
        """As `list --json` prints it; "options" with their defaults."""
        options = self.kind_class.Options.defaults() if self.kind else {}
        return {**asdict(self), "folder": str(self.folder), "dataset": self.dataset, "options": options}


def describe(id: str, folder: Path) -> Entry:
    """The entry of a checkpoint folder; never raises for a damaged one."""
    try:
        model, config = weights.sketch(folder)
        metrics = folder / "metrics.json"
        return Entry(
            id,
            folder,
            model.title,
            model.family,
            config["model"],
            model.paper,
            abilities(model),
            list(model.config.classes),
            model.config.size,
            model.config.image_channels,
            model.conditional,
            model.parameter_count,
            weights.file_size(folder),
            config.get("training", {}),
            weights.read_json(metrics) if metrics.exists() else {},
        )
    except BadCheckpoint as e:
        kind = folder.name if folder.name in registry.MODELS else ""
        known = registry.MODELS.get(kind)
        return Entry(id, folder, *((known.title, known.family, kind) if known else (id, "", "")), problem=str(e))


def available(root: Path | str = weights.ROOT) -> list[Entry]:
    """Every checkpoint below `root`, damaged ones with their `problem`; of a data set, in the registry's order."""
    entries = [describe(id, folder) for id, folder in weights.find(Path(root)).items()]
    kinds = [*registry.MODELS, ""]
    return sorted(entries, key=lambda entry: (entry.dataset, kinds.index(entry.kind)))


def locate(id: str, root: Path | str = weights.ROOT) -> Path:
    """The folder of a model id, a folder path, or "hf:owner/name@revision", which is downloaded if need be.

    Raises UnknownModel, which names near matches.
    """
    if id.startswith("hf:"):
        return hub.download(id)
    folders = weights.find(Path(root))
    if id in folders:
        return folders[id]
    if os.path.isdir(id):  # unlike Path.is_dir, False for a name that is too long
        return Path(id)
    raise UnknownModel(f"There is no model {shown(id)}. {near(id, list(folders))}", "model")


def load(id: str, device: torch.device | str = "cpu", root: Path | str = weights.ROOT) -> Model:
    """The model of that id (see `locate`), ready to use. Raises UnknownModel or BadCheckpoint."""
    return weights.load(locate(id, root), device)
