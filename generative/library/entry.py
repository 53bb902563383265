"""What is known of a checkpoint before its weights are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from generative.abilities import abilities
from generative.conditions import Caption, Class, Condition
from generative.data.known import DATASETS
from generative.errors import BadCheckpoint
from generative.figures import is_number
from generative.library import side_files, weights
from generative.library.settings import Settings
from generative.library.side_files import SideFiles
from generative.library.speed import Speed
from generative.models import registry
from generative.models.model import Model

State = Literal["ready", "in training", "damaged"]
NUMBERS = ("images_seen", "steps", "batch_size", "seed", "minutes", "processes")  # of "training" in config.json
MAX_WORDS = 500  # characters of any other entry of it


@dataclass(frozen=True)
class Entry:
    """What can be told of a checkpoint without loading its weights. `problem` says why it cannot be used, if so.

    size, channels: of its images, `size` pixels high and wide. told: what it can be told of them. options: where its
    defaults are not those of its kind. labels: what a classifier tells apart.
    dataset: the id of what it learnt from; "" when that is not known. trained: all that config.json tells of the
    training; training: the part of it that can be shown. beside: the side files; notes: what is wrong with them.
    """

    id: str
    folder: Path
    title: str = ""
    family: str = ""
    kind: str = ""
    paper: str = ""
    abilities: list[str] = field(default_factory=list)
    told: tuple[Condition, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    size: int = 0
    channels: int = 0
    parameters: int = 0
    file_size: int = 0
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    dataset: str = ""
    trained: Mapping[str, Any] = field(default_factory=dict)
    beside: SideFiles = field(default_factory=SideFiles)
    helpers: tuple[str, ...] = ()

    @property
    def idle(self) -> tuple[str, ...]:
        """The options that are of no use without a helper, of which none is there."""
        helped_by = self.kind_class.helped_by.items()
        return tuple(option for option, kinds in helped_by if not any(kind in self.helpers for kind in kinds))

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it can be told."""
        return next((condition.names for condition in self.told if isinstance(condition, Class)), ())

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with the side files, a sentence each."""
        return self.beside.notes

    @property
    def speed(self) -> Speed | None:
        """How fast it samples; None where that was not measured of a network of this size."""
        known = self.beside.speed
        return known if known is not None and known.parameters == self.parameters else None

    @property
    def settings(self) -> Settings | None:
        """What it draws under many settings; None where that was not measured of these weights."""
        known = self.beside.settings
        return known if known is not None and known.trained == self.trained else None

    @property
    def defaults(self) -> dict[str, Any]:
        """Its options where nothing is said."""
        return {**self.kind_class.Options.defaults(), **self.options} if self.kind else {}

    @property
    def state(self) -> State:
        """*in training*: not measured since its weights were written, so that what is told of it is not of them."""
        if self.problem:
            return "damaged"
        protocol = self.metrics.get("protocol")
        measured = isinstance(protocol, dict) and protocol.get("trained") == self.trained
        return "ready" if measured else "in training"

    @property
    def outdated(self) -> bool:
        """Whether its figures were measured of other weights than are here."""
        protocol = self.metrics.get("protocol")
        measured = protocol.get("trained") if isinstance(protocol, dict) else None
        return measured is not None and measured != self.trained

    @property
    def kind_class(self) -> type[Model]:
        """The class of the model; no weights are read."""
        return registry.KINDS[self.kind]

    def describe(self) -> dict[str, Any]:
        """As `list --json` prints it; "options" with their defaults. Where the folder lies is told to nobody."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("folder", "trained", "beside")}
        told = {condition.name: condition.record() for condition in self.told}
        return own | {"told": told, "state": self.state, "notes": list(self.notes), "options": self.defaults}


def describe(id: str, folder: Path) -> Entry:
    """The entry of a checkpoint folder; never raises for a damaged one."""
    try:
        model, config = weights.sketch(folder)
    except BadCheckpoint as e:
        return damaged(id, folder, str(e))
    trained, beside = config.get("training", {}), side_files.read(folder)
    return Entry(
        id,
        folder,
        model.title,
        model.family,
        config["model"],
        model.paper,
        abilities(model),
        tuple(with_examples(told, config.get("dataset", trained_in(id, folder))) for told in model.config.told),
        model.config.options,
        getattr(model.config, "labels", ()),
        model.config.size,
        model.config.image_channels,
        model.parameter_count,
        weights.file_size(folder),
        {key: value for key, value in trained.items() if tellable(key, value)},
        beside.metrics,
        dataset=config.get("dataset", trained_in(id, folder)),
        trained=trained,
        beside=beside,
        helpers=tuple(weights.helpers(folder, model)),
    )


def with_examples(told: Condition, dataset: str) -> Condition:
    """What a model is told, with sentences to begin with, where its data set has some."""
    sentences = DATASETS[dataset].sentences if dataset in DATASETS else None
    if not isinstance(told, Caption) or sentences is None or sentences.vocabulary != told.vocabulary:
        return told
    return replace(told, examples=sentences.examples)


def damaged(id: str, folder: Path, problem: str) -> Entry:
    """The entry of a checkpoint that cannot be used: as much as its place in the library tells."""
    kind = folder.name if folder.name in registry.KINDS else ""
    known = registry.KINDS.get(kind)
    names = (known.title, known.family, kind) if known else (id, "", "")
    return Entry(id, folder, *names, problem=problem, dataset=trained_in(id, folder))


def trained_in(id: str, folder: Path) -> str:
    """The data set of a checkpoint that does not say so itself, which older ones did not: in a library, where its id is
    its place, that of the folder around it, into which it was trained; anywhere else it is not known."""
    return folder.parent.name if id == f"{folder.parent.name}/{folder.name}" else ""


def tellable(key: str, value: Any) -> bool:
    """Whether an entry of "training" is what its name promises, so that cards can show it."""
    if key in NUMBERS:
        return is_number(value)
    return isinstance(value, str) and len(value) <= MAX_WORDS
