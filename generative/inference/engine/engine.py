"""Loaded models on their device, and the one place where work runs."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generative.abilities import Completes, Encodes, Judges, Likelihood, Projects, Samples, Scores, Verdict
from generative.conditions import read_told
from generative.errors import (
    BadCheckpoint,
    GenerativeError,
    InvalidOption,
    NotSupported,
    UnknownModel,
    check_integer,
    check_number,
    near,
    shown,
)
from generative.frame import Frame
from generative.inference.latent.atlas import Atlas, read_atlas
from generative.inference.latent.reconstruction import STRONGEST_NOISE, Reconstruction, reconstruct
from generative.inference.pictures.provenance import Provenance
from generative.library import weights
from generative.library.entries import Entry, available, load
from generative.models.model import Model, drain
from generative.options import Options
from generative.seeds import MAX_SEED, Seeds

MAX_COUNT = 64  # images of one run
MAX_COMPLETIONS, MAX_CANDIDATES = 16, 256  # of one run; the candidates of all its completions
MAX_SCORED, SCORED_TOGETHER = 64, 16  # images of one request; of one pass through the network
MAX_DECODED, MAX_PROJECTIONS = 256, 8  # latents of one request; searches of one projection
FARTHEST = 1e6  # a number of a latent; a network overflows from much larger ones
MAX_SECONDS = 600.0  # of one run
MEMORY_BUDGET = 2_000_000_000  # bytes of parameters kept loaded
VERBS = {
    "samples": "draw images",
    "completes": "complete a picture",
    "scores": "tell how probable a picture is",
    "interpolates": "walk between images",
    "encodes": "encode a picture",
    "projects": "search its latent space for a picture",
    "judges": "tell real images from forged ones",
    "predicts": "tell what it expects of a pixel",
}


def pick_device(name: str = "auto") -> torch.device:
    """ "auto" is cuda, then mps, then cpu. Raises InvalidOption for a device that is not there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, found in there.items() if found))
    if not there.get(name.partition(":")[0], False):
        raise InvalidOption(
            f"There is no device {shown(name)} here; found: {', '.join(k for k in there if there[k])}", "device"
        )
    return torch.device(name)


class FairLock:
    """A lock that is handed on in the order of arrival, and that any thread may release."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn; the next in line goes when the block is left."""
        mine = threading.Event()
        with self._mutex:
            self._waiting.append(mine)
            if len(self._waiting) == 1:
                mine.set()
        try:
            mine.wait()
            yield
        finally:
            with self._mutex:
                self._waiting.remove(mine)
                if self._waiting:
                    self._waiting[0].set()


@dataclass(frozen=True)
class Request:
    """A checked wish: which model draws which seeds under which options."""

    entry: Entry
    seeds: Seeds
    options: Options
    condition: dict[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """What is told of the images, as JSON; what may be any is left out."""
        plain = {c.name: c.plain(self.condition.get(c.name)) for c in self.entry.told}
        return {name: value for name, value in plain.items() if value is not None}

    @property
    def captions(self) -> list[str]:
        """The words of each image's conditions; empty words for a model that is told nothing."""
        told = self.entry.told
        return [", ".join(filter(None, (c.words(self.condition.get(c.name), s) for c in told))) for s in self.seeds]

    def provenance(self, index: int | None = None) -> Provenance:
        """What made image `index`, or, for None, the whole grid."""
        options = {**self.options.plain(), **self.told}
        if index is None:
            return Provenance(self.entry.id, self.seeds.first, len(self.seeds), options)
        return Provenance(self.entry.id, self.seeds.first + index, 1, options)


@dataclass(frozen=True, eq=False)
class Prediction:
    """table: (C, 256) probabilities of a pixel's values. field: (H, W) in [0, 1], how much each pixel bears on it."""

    table: Tensor
    field: Tensor


class Engine:
    """Models by id, loaded at first use and kept within a memory budget, running one at a time on one device."""

    def __init__(
        self, root: Path | str = weights.ROOT, device: str = "auto", memory_budget: int = MEMORY_BUDGET
    ) -> None:
        self.device, self.root, self.memory_budget = pick_device(device), Path(root), memory_budget
        self.entries = {entry.id: entry for entry in available(root)}
        self._models: OrderedDict[str, Model] = OrderedDict()
        self._atlases: dict[str, Atlas] = {}
        self._device_lock, self._load_lock = FairLock(), threading.Lock()

    def entry(self, id: Any) -> Entry:
        """What is known of a model. Raises UnknownModel or, for a damaged one, BadCheckpoint."""
        if not isinstance(id, str) or id not in self.entries:
            raise UnknownModel(f"There is no model {shown(id)}. {near(str(id)[:80], list(self.entries))}", "model")
        entry = self.entries[id]
        if entry.problem:
            raise BadCheckpoint(f"{id} is unavailable: {entry.problem}", "model")
        return entry

    def usable(self, family: str | None = None, ability: str = "samples") -> list[Entry]:
        """The models of a family (or of all) that can do something."""
        return [
            e for e in self.entries.values() if not e.problem and ability in e.abilities and family in (None, e.family)
        ]

    def model(self, id: str) -> Model:
        """The model of that id on the engine's device."""
        self.entry(id)
        with self._load_lock:
            if id not in self._models:
                self._models[id] = load(id, self.device, self.root)
                while len(self._models) > 1 and sum(map(size, self._models.values())) > self.memory_budget:
                    self._models.popitem(last=False)
            self._models.move_to_end(id)
            return self._models[id]

    def request(self, id: Any, seed: Any, count: Any, options: dict[str, Any], ability: str = "samples") -> Request:
        """Check a wish to draw ("samples"), to complete a picture ("completes") or to find one ("projects").

        Raises a GenerativeError whose `field` is at fault.
        """
        entry = self.able(id, ability)
        most = {"completes": MAX_COMPLETIONS, "projects": MAX_PROJECTIONS}.get(ability, MAX_COUNT)
        count = check_integer("count", count, 1, most)
        seed = check_integer("seed", seed, 0, MAX_SEED + 1 - count)
        names = {condition.name for condition in entry.told}
        told = {name: value for name, value in options.items() if name in names}
        condition = read_told(entry.told, told, entry.title)
        rest = {name: value for name, value in options.items() if name not in names}
        wish = entry.kind_class.Options.parse({**entry.options, **rest})
        each = getattr(wish, "candidates", 1) if ability == "completes" else 1
        if count * each > MAX_CANDIDATES:
            raise InvalidOption(
                f"{count} completions of {each} candidates each are {count * each} images at once; the limit is "
                f"{MAX_CANDIDATES}. Ask for fewer completions or fewer candidates.",
                "count",
            )
        return Request(entry, Seeds(seed, count), wish, condition)

    def sample(self, request: Request) -> Iterator[Frame]:
        """Frames of a run, when its turn has come. Closing the iterator frees the device at the next step.

        Raises GenerativeError when the run takes longer than MAX_SECONDS or the device's memory does not suffice.
        """

        def start(model: Samples) -> Iterator[Frame]:
            return model.sample(request.seeds, request.options, request.condition)

        return self._frames(request, start)

    def complete(self, request: Request, image: Tensor, mask: Tensor) -> Iterator[Frame]:
        """Like `sample`, but inventing only the part of `image` (C, H, W) in [0, 1] where `mask` (H, W) is true."""

        def start(model: Completes) -> Iterator[Frame]:
            return model.complete(image[None], mask, request.seeds, request.options, request.condition)

        return self._frames(request, start)

    def project(self, request: Request, image: Tensor) -> Iterator[Frame]:
        """Like `sample`, but searching for latents that decode to `image` (C, H, W) in [0, 1], one search a seed."""

        def start(model: Projects) -> Iterator[Frame]:
            wanted = self._fitting(request.entry, image[None])
            return model.project(wanted, request.seeds, request.options, request.condition)

        return self._frames(request, start)

    def latents(self, request: Request) -> Tensor:
        """(N, D) on the CPU: what the images of `request` are decoded from. Raises NotSupported."""
        self.able(request.entry.id, "interpolates")
        with self._device_lock.turn(), memory():
            return self.model(request.entry.id).latents(request.seeds, request.options, request.condition).cpu()

    def encode(self, id: Any, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, D) on the CPU. Raises GenerativeError for a model without an encoder."""
        entry = self.able(id, "encodes")
        with self._device_lock.turn(), memory():
            model: Encodes = self.model(entry.id)
            return model.encode(self._fitting(entry, images)).cpu()

    def locate(self, id: Any, image: Tensor) -> Tensor:
        """(D,) the latent of a picture (C, H, W): what the encoder says or, without one, what a search finds."""
        entry = self.able(id, "interpolates")
        if "encodes" in entry.abilities:
            return self.encode(id, image[None])[0]
        found = drain(self.project(self.request(id, 0, 1, {}, "projects"), image))
        return found.latents[0].cpu()

    def decode(self, id: Any, latents: Tensor) -> Tensor:
        """(N, D) → (N, C, H, W) in [0, 1] on the CPU. Raises GenerativeError, also for latents of another model."""
        entry, latents = self.able(id, "interpolates"), latents.float()
        if not 1 <= len(latents) <= MAX_DECODED:
            raise InvalidOption(
                f"From 1 to {MAX_DECODED} latents can be decoded at once, not {len(latents)}", "latents"
            )
        with self._device_lock.turn(), memory():
            model = self.model(entry.id)
            dims = model.dims
            if latents.ndim != 2 or latents.shape[1] != dims or not (latents.abs() <= FARTHEST).all():
                words = f"A latent of {entry.title} is {dims} numbers, none beyond {FARTHEST:,.0f}"
                raise InvalidOption(f"{words}; these are {tuple(latents.shape)}", "latents")
            return model.decode(latents).cpu()

    def reconstruct(self, id: Any, images: Tensor, noise: Any = 0.0, seed: Any = 0) -> Reconstruction:
        """Pictures (N, C, H, W) through an autoencoder, with Gaussian noise of standard deviation `noise` added first.

        Raises GenerativeError for a model without an encoder, more than MAX_SCORED pictures or a value out of range.
        """
        entry = self.able(id, "encodes")
        noise = check_number("noise", noise, 0, STRONGEST_NOISE)
        seed = check_integer("seed", seed, 0, MAX_SEED + 1 - len(images))
        with self._device_lock.turn(), memory():
            return reconstruct(self.model(entry.id), self._fitting(entry, images), noise, seed)

    def judge(self, id: Any, images: Tensor, label: Any = None) -> Verdict:
        """How real a discriminator finds pictures (N, C, H, W); as `label`, or as the best class."""
        entry = self.able(id, "judges")
        labels = class_labels(label, entry, len(images))
        with self._device_lock.turn(), memory():
            model: Judges = self.model(entry.id)
            verdict = model.judge(self._fitting(entry, images), labels)
            return replace(verdict, score=verdict.score.cpu())

    def atlas(self, id: Any) -> Atlas:
        """What is known of a model's latent space. Raises GenerativeError when nothing is."""
        entry = self.able(id, "interpolates")
        if id not in self._atlases:
            self._atlases[id] = read_atlas(entry.folder)
        return self._atlases[id]

    def score(self, id: Any, images: Tensor, label: Any = None) -> Likelihood:
        """How probable a model finds `images` (N, C, H, W), when its turn has come; as `label`, or whatever the class.

        Raises GenerativeError for a model that cannot tell, a class that there is not, or more than MAX_SCORED images.
        """
        entry = self.able(id, "scores")
        if not 1 <= len(images) <= MAX_SCORED:
            raise InvalidOption(f"From 1 to {MAX_SCORED} pictures can be scored at once, not {len(images)}", "images")
        labels = class_labels(label, entry, len(images))
        with self._device_lock.turn(), memory():
            return score_in_parts(self.model(entry.id), images, labels)

    def predict(self, id: Any, image: Tensor, row: Any, column: Any, label: Any = None) -> Prediction:
        """What a model expects at a pixel of `image` (C, H, W), as `label` or whatever the class, and where it looks.

        Raises GenerativeError for a model that cannot tell, a pixel outside the image or a class that there is not.
        """
        entry = self.able(id, "predicts")
        index = None if (labels := class_labels(label, entry, 1)) is None else int(labels[0])
        with self._device_lock.turn(), memory():
            model = self.model(entry.id)
            table = model.distribution(image, row, column, index).cpu()
            return Prediction(table, model.receptive_field(row, column, index))

    def able(self, id: Any, ability: str) -> Entry:
        entry = self.entry(id)
        if ability not in entry.abilities:
            raise NotSupported(f"{entry.title} cannot {VERBS[ability]}", "model")
        return entry

    def _fitting(self, entry: Entry, images: Tensor) -> Tensor:
        """`images`, if there are a few and they have the model's shape. Raises InvalidOption."""
        if not 1 <= len(images) <= MAX_SCORED:
            raise InvalidOption(f"From 1 to {MAX_SCORED} pictures can go in at once, not {len(images)}", "images")
        wanted = (entry.channels, entry.size, entry.size)
        if tuple(images.shape[1:]) != wanted:
            raise InvalidOption(f"{entry.title} takes images of {wanted}, not {tuple(images.shape[1:])}", "images")
        return images

    def _frames(self, request: Request, start: Callable[[Any], Iterator[Frame]]) -> Iterator[Frame]:
        with self._device_lock.turn(), memory():
            deadline = time.monotonic() + MAX_SECONDS
            frames = start(self.model(request.entry.id))
            try:
                for frame in frames:
                    yield frame
                    if time.monotonic() > deadline and frame.step < frame.total:
                        raise GenerativeError(
                            f"Stopped after {MAX_SECONDS / 60:.0f} minutes. Ask for fewer images or steps."
                        )
            finally:
                frames.close()


@contextmanager
def memory() -> Iterator[None]:
    """Tells in words that the device's memory did not suffice."""
    try:
        yield
    except torch.OutOfMemoryError as e:
        torch.cuda.empty_cache()
        raise GenerativeError("The device's memory does not suffice. Ask for fewer images.", "count") from e


def class_labels(label: Any, entry: Entry, count: int) -> Tensor | None:
    """(count, …) what the network takes of what it is told of as many images; None for any. Raises GenerativeError."""
    condition = read_told(entry.told, label, entry.title)
    if not entry.told or condition[entry.told[0].name] is None:
        return None
    return entry.told[0].tensor(condition[entry.told[0].name], Seeds(0, count))


def score_in_parts(model: Scores, images: Tensor, labels: Tensor | None = None) -> Likelihood:
    """The likelihoods of any number of images, a few at a time, on the CPU."""
    parts = []
    for i in range(0, len(images), SCORED_TOGETHER):
        part = slice(i, i + SCORED_TOGETHER)
        parts.append(model.score(images[part], None if labels is None else labels[part]))
    return Likelihood.joined(parts)


def size(model: Model) -> int:
    """Bytes of a model's parameters."""
    return sum(p.numel() * p.element_size() for p in model.parameters())
