"""The folder of an unfinished run: one process at a time writes it, and what is found there is checked."""

import os
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from generative.errors import BadCheckpoint, CannotWrite, InvalidOption, shown
from generative.library import weights

try:
    import fcntl
except ImportError:  # Windows has no such lock, so there nobody is warned
    fcntl = None

DAMAGE = (RuntimeError, OSError, ValueError, EOFError, LookupError, TypeError, AttributeError, pickle.UnpicklingError)


def check_writable(folder: Path) -> None:
    """Raises CannotWrite where `folder` could not be made or written, and leaves nothing behind."""
    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    with weights.writing(folder), tempfile.TemporaryFile(dir=there):
        pass


class RunFolder:
    """Holds the state of a run that was begun with `settings`: seed, batch size and what else must not change."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder, self.settings, self.path = folder, settings, folder / "state.pt"

    @contextmanager
    def held(self) -> Iterator[None]:
        """For this process alone. Raises CannotWrite when another one has it, or it cannot be written."""
        with weights.writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR)
        try:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as e:
            raise CannotWrite(
                f"{self.folder} belongs to the same training, which runs already. Wait for it, or name another "
                "folder with --runs and, so that one does not replace the other, another --root."
            ) from e
        finally:
            os.close(lock)

    def save(self, state: dict[str, Any]) -> None:
        """Raises CannotWrite; what was saved before is then still there."""
        part = self.path.with_suffix(".part")
        try:
            with weights.writing(self.folder), part.open("wb") as file:
                torch.save({"settings": self.settings, **state}, file)
            part.replace(self.path)
        except RuntimeError as e:  # how torch tells that it could not write
            raise CannotWrite(f"Cannot write to {part}: {e}. Free some space or choose another place.") from e
        finally:
            part.unlink(missing_ok=True)

    def load(self, device: torch.device) -> dict[str, Any] | None:
        """What was saved, or None. Raises BadCheckpoint for damage, InvalidOption for a run of other settings."""
        if not self.path.exists():
            return None
        with self.sound():
            state = torch.load(self.path, map_location=device, weights_only=True)
            begun = state["settings"]
        for name, value in self.settings.items():
            if begun.get(name) != value:
                raise InvalidOption(
                    f"{self.folder} holds a run with {name} {shown(begun.get(name))}, not {shown(value)}. Give that to "
                    "go on with it, name another folder with --runs, or delete this one to begin anew.",
                    name,
                )
        return state

    @contextmanager
    def sound(self) -> Iterator[None]:
        """What goes wrong in reading the state means that it is damaged: raises BadCheckpoint."""
        try:
            yield
        except DAMAGE as e:
            reason = str(e).partition("\n")[0] or type(e).__name__
            raise BadCheckpoint(f"{self.path} is damaged ({reason}). Delete it to begin the run anew.") from e
