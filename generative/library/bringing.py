"""Pipelines of diffusers that visitors bring from the Hugging Face Hub to a host that allows it.

All is known of one before its weights come: what it is, how large its pictures and its files are. Only safetensors and
small JSON files are fetched, nothing from this machine's own folders is opened, and one comes at a time.
"""

import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from huggingface_hub import constants

from generative.errors import BadCheckpoint, GenerativeError, InvalidOption, NotSupported, shown
from generative.library import diffusers_folders, hub, pipelines
from generative.models import registry

MOST_SAID = 32_000_000  # bytes of all files that describe a pipeline
LEFT_FREE = 1_000_000_000  # bytes of the disk
PACE = 0.25  # seconds between two looks at how much has come
OPENS = f"What can be brought is a {', '.join(diffusers_folders.PIPELINES[:-1])} or {diffusers_folders.PIPELINES[-1]}."
_busy = threading.Lock()


@dataclass(frozen=True)
class Room:
    """What may be brought: bytes of weights, pixels along a side of the pictures, models at once."""

    bytes: int = 5_000_000_000
    side: int = 512
    models: int = 8


def room_of(said: str | None) -> Room | None:
    """The room that a host says in GB of weights; None where it says nothing. Raises InvalidOption."""
    if not said:
        return None
    try:
        most = float(said)
    except ValueError:
        most = 0.0
    if not 0 < most < float("inf"):
        raise InvalidOption(f"--allow-models takes the most GB that weights may have, such as 5, not {shown(said)}")
    return Room(int(most * 1e9))


@dataclass(frozen=True)
class Arriving:
    """A pipeline on its way. id: with its commit. done, total: bytes of its weights. folder: where it is, at last."""

    id: str
    done: int
    total: int
    folder: Path | None = None


def arriving(id: str, room: Room) -> Iterator[Arriving]:
    """Fetches a repository's pipeline; the last has its folder. Raises UnknownModel, BadCheckpoint for what is no such
    pipeline, NotSupported for what has no room, and GenerativeError where the hub cannot be reached.

    A download that nobody waits for any more goes on: who asks again finds what has come.
    """
    wish = hub.parse(id if hub.is_meant(id) else f"hf:{id.strip()}")
    if not _busy.acquire(blocking=False):
        raise GenerativeError("Another model is on its way to this host. Try again when it has come.")
    try:
        with hub.told(wish, owner=False):
            folder, files, sizes = looked_at(wish, room)
        found = hub.Wish(wish.repo, folder.name)
        work = in_thread(found, files)
    except BaseException:
        _busy.release()
        raise
    store, total = folder.parents[1] / "blobs", sum(sizes)
    before = stored(store) if not all((folder / name).is_file() for name in files) else stored(store) - total
    while not work.done():
        yield Arriving(found.id, min(total, max(0, stored(store) - before)), total)
        time.sleep(PACE)
    with hub.told(wish, owner=False):
        folder = work.result()
    yield Arriving(found.id, total, total, folder)


def looked_at(wish: hub.Wish, room: Room) -> tuple[Path, list[str], list[int]]:
    """The folder with what describes a pipeline, its files of weights and their bytes, if it may come."""
    there = hub.tree(wish)
    about = [path for path in there if any(fnmatch(path, name) for name in [*hub.FIRST, *diffusers_folders.FILES])]
    if sum(there[path] for path in about) > MOST_SAID:
        raise BadCheckpoint(f"{wish.id} cannot be opened. What describes it has more than {MOST_SAID / 1e6:.0f} MB.")
    folder = hub.fetch(wish, about)
    if not diffusers_folders.is_pipeline(folder):
        raise BadCheckpoint(f"{wish.id} cannot be opened. {what_else(folder, list(there))}", "model")
    try:
        config = pipelines.translated(folder)
        files = list(registry.KINDS[config["model"]].weights)
    except BadCheckpoint as e:
        raise BadCheckpoint(f"{wish.id} cannot be opened. {e}", "model") from e
    sizes = hub.sizes(wish, there, files)
    check_room(wish.id, config["config"]["size"], sizes, room)
    return folder, files, sizes


def what_else(folder: Path, names: list[str]) -> str:
    """What a repository holds that is no pipeline, and what could be brought."""
    if words := diffusers_folders.recognise(folder):
        return words.replace(diffusers_folders.SUPPORTED, OPENS)
    others = [] if diffusers_folders.CONFIG in names else [name for name in names if not name.endswith(".safetensors")]
    return f"This is {diffusers_folders.by_names(others) or 'no pipeline of diffusers.'} {OPENS}"


def check_room(id: str, side: int, sizes: list[int], room: Room) -> None:
    """Raises NotSupported, with the limit, for what is too large for the host."""
    size = sum(sizes)
    if side > room.side:
        words = f"{id} draws pictures of {side}×{side} pixels; the limit of this host is {room.side}"
        raise NotSupported(f"{words}. Nothing was downloaded.", "model")
    if size > room.bytes:
        words = f"{id} has weights of {in_words(size)}; the limit of this host is {in_words(room.bytes)}"
        raise NotSupported(f"{words}. Nothing was downloaded.", "model")
    hub.check_memory(id, sizes)
    place = Path(constants.HF_HUB_CACHE)
    free = shutil.disk_usage(next(p for p in (place, *place.parents) if p.exists())).free
    if size > free - LEFT_FREE:
        words = f"{id} has weights of {in_words(size)}, and this host has {in_words(free)} of disk left"
        raise NotSupported(f"{words}. Nothing was downloaded.", "model")


def in_words(size: float) -> str:
    """Bytes as people say them."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"


def in_thread(wish: hub.Wish, files: list[str]) -> "Future[Path]":
    """The folder of a commit with its weights, when they have come; then another may."""
    work: Future[Path] = Future()

    def fetch() -> None:
        try:
            folder = hub.fetch(wish, diffusers_folders.FILES + files)
            if hub.is_cut(folder):
                hub.mend(wish, folder)
            work.set_result(folder)
        except Exception as e:
            work.set_exception(e)
        finally:
            _busy.release()

    threading.Thread(target=fetch, daemon=True).start()
    return work


def stored(blobs: Path) -> int:
    """Bytes of a repository that lie on the disk by now, of files that are not whole yet too."""
    total = 0
    for path in blobs.iterdir() if blobs.is_dir() else ():
        try:
            total += path.stat().st_size
        except OSError:  # a part that has just become whole, under another name
            continue
    return total
