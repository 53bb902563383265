"""The speed of the whole product, as a visitor meets it: the page's start, first images cold and warm, throughput."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import torch
from tqdm import tqdm

from generative.errors import BadCheckpoint, GenerativeError, NotSupported
from generative.evaluation.benchmark.startup import seconds_to_first_answer
from generative.library import entries as library
from generative.library import side_files, weights
from generative.library.speed import Speed
from generative.library.speed_tables import speed_tables

REPOSITORY = Path(__file__).resolve().parents[3]
STARTS = 3  # of the page


@dataclass(frozen=True)
class Report:
    """models: by id. app_start_s: seconds from starting app.py to its first answer; None if it was not measured."""

    app_start_s: float | None
    models: dict[str, Speed]

    def to_json(self) -> str:
        """All of it as JSON, times in milliseconds and memory in MiB."""
        return json.dumps(asdict(self), indent=2)

    def to_markdown(self) -> str:
        """One table of all models, one of the pixel models, and what their columns mean."""
        start = self.app_start_s
        words = "" if start is None else f"From starting `app.py` to its first answer: {start:.1f} s.\n\n"
        return words + speed_tables(self.models) + "\n"


def benchmark(
    ids: Iterable[str] | None = None,
    root: Path | str = weights.ROOT,
    device: torch.device | str = "cpu",
    app: bool = True,
) -> Report:
    """Measure the models `ids`, or all below `root` that can sample, each in a process of its own, and write its
    speed.json; and, with `app`, measure the start of app.py.

    Raises UnknownModel, BadCheckpoint, NotSupported for a model that cannot sample, CannotWrite, and GenerativeError
    with the last words of a process that failed.
    """
    folders = sampling_folders(ids, Path(root))
    start = median(seconds_to_first_answer() for _ in range(STARTS)) if app else None
    bar = tqdm(folders.items(), desc="benchmark", unit="model")
    return Report(start, {id: written(folder, in_fresh_process(folder, device)) for id, folder in bar})


def written(folder: Path, speed: Speed) -> Speed:
    """The same, now beside the weights."""
    with weights.writing(folder):
        weights.write_json(folder / side_files.SPEED, asdict(speed))
    return speed


def sampling_folders(ids: Iterable[str] | None, root: Path) -> dict[str, Path]:
    """The folders to measure, by id. What was not named and is damaged or cannot sample is left out."""
    if ids is None:
        return {e.id: e.folder for e in library.available(root) if "samples" in e.abilities}
    entries = [library.describe(id, library.locate(id, root)) for id in ids]
    for entry in entries:
        if entry.problem:
            raise BadCheckpoint(entry.problem)
        if "samples" not in entry.abilities:
            raise NotSupported(f"{entry.id} draws no images; it {', '.join(entry.abilities)}. Leave it out.")
    return {entry.id: entry.folder for entry in entries}


def in_fresh_process(folder: Path, device: torch.device | str) -> Speed:
    """Memory, once taken, is not all given back, and a first run is first only once; so each model has its process."""
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-m", "generative.evaluation.benchmark.speed", str(folder.resolve()), str(device)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise GenerativeError(f"Measuring {folder} failed: {words[-1]}")
    return Speed.read(json.loads(done.stdout.splitlines()[-1]))
