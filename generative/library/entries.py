"""Where models come from: a library of bundled ids and, for the owner of the machine, a folder or the hub."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from generative.errors import BadCheckpoint, NotSupported, UnknownModel, near, shown
from generative.library import diffusers_folders, hub, weights
from generative.library.bringing import Arriving, Room, arriving
from generative.library.entry import Entry, describe
from generative.models import registry
from generative.models.model import Model

__all__ = ["Entry", "Library", "available", "describe", "load", "locate"]

OWNER_ONLY = (
    "Folders and models of the Hugging Face Hub are opened by the owner of the machine, on the command line or from "
    "Python: python -m generative sample hf:owner/name"
)


BRING = "It has not been brought to this host yet: type it under Bring a model, in the tab Diffusion."


class Library:
    """The checkpoints below `root` (None: see `weights.root`) that were there when the library was opened.

    What is known of one is read when it is first asked for, so that who wants a single model does not wait for all.

    outside: whether a folder or a hub id will do in place of an id. For the owner of the machine only: it reads any
    folder, and it downloads. room: for pipelines of the hub that visitors may bring, None where they may
    not. brought: those that are there by now, by id.
    """

    def __init__(self, root: Path | str | None = None, outside: bool = False, room: Room | None = None) -> None:
        self.root, self.outside, self.room = weights.root() if root is None else Path(root), outside, room
        self._folders, self._described = weights.find(self.root), dict[str, Entry]()
        self.brought: dict[str, Entry] = {}

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """All of them, as `available` orders them."""
        return {entry.id: entry for entry in in_order(map(self._describe, self._folders))}

    def entry(self, id: Any) -> Entry:
        """The entry of a model that can be used.

        Raises UnknownModel, which names near matches or what to type; BadCheckpoint for a damaged one; and
        GenerativeError when the hub cannot be reached.
        """
        entry = self._entry(id) if isinstance(id, str) else None
        entry = entry or (self.brought.get(id) if isinstance(id, str) else None) or self._from_outside(id)
        if entry.problem:
            raise BadCheckpoint(f"{entry.id} is unavailable: {entry.problem}", "model")
        return entry

    def bring(self, id: str) -> Iterator[Arriving]:
        """Fetches a pipeline of the hub, which is then one of `brought`. Raises what `arriving` raises, and
        NotSupported where there is no room."""
        if self.room is None:
            raise NotSupported(f"Nobody may bring models to this host. {OWNER_ONLY}", "model")
        if len(self.brought) >= self.room.models:
            names = ", ".join(entry.title for entry in self.brought.values())
            words = f"This host holds at most {self.room.models} brought models, and has {names}. Choose one of them."
            raise NotSupported(words, "model")
        for state in arriving(id, self.room):
            if state.folder is not None:
                entry = describe(state.id, state.folder)
                if entry.problem:
                    raise BadCheckpoint(f"{state.id} cannot be opened. {entry.problem}", "model")
                repo, _, commit = state.id.removeprefix("hf:").partition("@")
                self.brought = {**self.brought, state.id: replace(entry, title=f"{repo} @ {commit[:7]}")}
            yield state

    def usable(self, ability: str | None = None, family: str | None = None, dataset: str | None = None) -> list[Entry]:
        """What is not damaged and can do `ability`, of a family, of a data set; None stands for any."""
        return [
            e
            for e in self.entries.values()
            if not e.problem
            and (ability is None or ability in e.abilities)
            and family in (None, e.family)
            and dataset in (None, e.dataset)
        ]

    def load(self, entry: Entry, device: torch.device | str = "cpu") -> Model:
        """The model of an entry, in evaluation mode. Raises BadCheckpoint, which says which part is wrong."""
        try:
            return weights.load(entry.folder, device)
        except BadCheckpoint as e:
            raise BadCheckpoint(f"{entry.id} is unavailable: {e}", "model") from e

    def _entry(self, id: str) -> Entry | None:
        if "entries" in vars(self):
            return self.entries.get(id)
        return self._describe(id) if id in self._folders else None

    def _describe(self, id: str) -> Entry:
        if id not in self._described:
            self._described[id] = describe(id, self._folders[id])
        return self._described[id]

    def _from_outside(self, id: Any) -> Entry:
        if not self.outside or not isinstance(id, str):
            known = [*self._folders, *self.brought]
            remedy = (BRING if self.room else OWNER_ONLY) if is_hub(id) else near(str(id)[:80], known)
            raise UnknownModel(f"There is no model {shown(id)}. {remedy}", "model")
        return outside(id, list(self._folders))


def is_hub(id: Any) -> bool:
    """Whether someone means a repository of the hub, whatever they sent."""
    return isinstance(id, str) and hub.is_meant(id)


def outside(id: str, known: list[str]) -> Entry:
    """The entry of a folder or of a hub repository. Raises UnknownModel and what `hub.download` raises.

    A folder goes by its own name: where it lies on this machine is nobody's business.
    """
    if hub.is_meant(id):
        return describe(hub.parse(id).id, hub.download(id))
    if os.path.isdir(id):  # unlike Path.is_dir, False for a name that is too long
        return describe(Path(id).resolve().name, Path(id))
    raise UnknownModel(f"There is no model {shown(id)}. {advice(id, known)}", "model")


def advice(id: str, known: list[str]) -> str:
    """What to type instead of something that is neither a model's id nor a folder."""
    if (what := diffusers_folders.file(os.path.basename(id))) and os.path.isfile(id):
        return f"This is {what} Type the folder of a checkpoint, or one of its ids."
    words = near(id[:80], known)
    if hub.NAME.fullmatch(id):
        words += f" If it is a repository on the Hugging Face Hub, type hf:{id}."
    return words


def available(root: Path | str = weights.ROOT) -> list[Entry]:
    """Every checkpoint below `root`, damaged ones with their `problem`; of a data set, in the registry's order."""
    return in_order(describe(id, folder) for id, folder in weights.find(Path(root)).items())


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By data set, of each in the registry's order."""
    kinds = [*registry.KINDS, ""]
    return sorted(entries, key=lambda entry: (entry.dataset, kinds.index(entry.kind)))


def locate(id: str, root: Path | str = weights.ROOT) -> Path:
    """The folder of a model id, a folder path, or "hf:owner/name@revision", which is downloaded if need be.

    Raises UnknownModel, which names near matches.
    """
    if hub.is_meant(id):
        return hub.download(id)
    folders = weights.find(Path(root))
    if id in folders:
        return folders[id]
    if os.path.isdir(id):
        return Path(id)
    raise UnknownModel(f"There is no model {shown(id)}. {advice(id, list(folders))}", "model")


def load(id: str, device: torch.device | str = "cpu", root: Path | str = weights.ROOT) -> Model:
    """The model of that id (see `locate`), ready to use. Raises UnknownModel or BadCheckpoint."""
    return weights.load(locate(id, root), device)
