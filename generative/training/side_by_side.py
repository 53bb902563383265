"""Several trainings, each a process of its own with one thread: so a machine's cores train most in a given time."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """words: the checkpoint's folder, or, of one that failed, the last line that it wrote."""

    id: str
    failed: bool
    words: str


def train_all(ids: Sequence[str], jobs: int, flags: Sequence[str], runs: Path) -> Iterator[Ended]:
    """Runs `train ID` with `flags` for each id, `jobs` at a time, and yields them as they end.

    What each writes is kept in its folder below `runs`, in train.log.
    """
    with ThreadPoolExecutor(jobs) as pool:
        started = [pool.submit(train_one, id, flags, runs / id / "train.log") for id in ids]
        for done in as_completed(started):
            yield done.result()


def train_one(id: str, flags: Sequence[str], log: Path) -> Ended:
    """Train a model in a process of its own with one thread, whose words go into the file `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "generative", "train", id, *flags]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with log.open("w") as file:
        code = subprocess.run(command, env=environment, stdout=file, stderr=subprocess.STDOUT, check=False).returncode
    written = log.read_text(encoding="utf-8", errors="replace").splitlines() or [f"exit status {code}"]
    return Ended(id, code != 0, written[-1])
