"""The speed of the whole product, as a visitor meets it: the page's start, first images cold and warm, throughput."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

import torch
from tqdm import tqdm

from generative.errors import BadCheckpoint, GenerativeError, NotSupported
from generative.evaluation.benchmark.pixel_speed import COUNTS, ROWS, TOGETHER, PixelSpeed
from generative.evaluation.benchmark.speed import SHARE_AT, Speed
from generative.evaluation.benchmark.startup import seconds_to_first_answer
from generative.evaluation.machine import device_name
from generative.library import entries as library
from generative.library import weights

REPOSITORY = Path(__file__).resolve().parents[3]
STARTS = 3  # of the page


@dataclass(frozen=True)
class Report:
    """models: by id. app_start_s: seconds from starting app.py to its first answer; None if it was not measured."""

    device: str
    date: str
    torch: str
    app_start_s: float | None
    models: dict[str, Speed]

    def to_json(self) -> str:
        """All of it as JSON, times in milliseconds and memory in MiB."""
        return json.dumps(asdict(self), indent=2)

    def to_markdown(self) -> str:
        """One table of all models, one of the pixel models, and what their columns mean."""
        counts = sorted({n for speed in self.models.values() for n in speed.ms_per_image})
        head = ["Model", "First image, cold", *[f"{n} at once" for n in counts], "Outside the network", "Peak memory"]
        rows = [[id, *cells(speed, counts)] for id, speed in self.models.items()]
        lines = [f"Measured on {self.date} on {self.device}, torch {self.torch}; default options, medians.", ""]
        if self.app_start_s is not None:
            lines += [f"From starting `app.py` to its first answer: {self.app_start_s:.1f} s.", ""]
        lines += [row(head), row(["---"] + ["---:"] * (len(head) - 1)), *map(row, rows), ""]
        lines.append(
            "Cold: from the checkpoint on disk to one image, in a fresh process after its imports. *n* at once: time "
            "per image when *n* are sampled together, warm. Outside the network: share of the time of "
            f"{SHARE_AT} images. Peak memory: of the process, libraries included."
        )
        pixels = {id: speed.pixels for id, speed in self.models.items() if speed.pixels is not None}
        return "\n".join(lines + pixel_table(pixels)) + "\n"


def benchmark(
    ids: Iterable[str] | None = None,
    root: Path | str = weights.ROOT,
    device: torch.device | str = "cpu",
    app: bool = True,
) -> Report:
    """Measure the models `ids`, or all below `root` that can sample, each in a process of its own; and, with `app`, the
    start of app.py.

    Raises UnknownModel, BadCheckpoint, NotSupported for a model that cannot sample, and GenerativeError with the last
    words of a process that failed.
    """
    folders = sampling_folders(ids, Path(root))
    start = median(seconds_to_first_answer() for _ in range(STARTS)) if app else None
    bar = tqdm(folders.items(), desc="benchmark", unit="model")
    models = {id: in_fresh_process(folder, device) for id, folder in bar}
    return Report(device_name(device), datetime.now(timezone.utc).date().isoformat(), torch.__version__, start, models)


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
    return Speed.parse(done.stdout.splitlines()[-1])


def cells(speed: Speed, counts: list[int]) -> list[str]:
    """One row of the table of speeds, a cell for each of `counts`; empty where that many were not measured."""
    times = [f"{milliseconds(speed.ms_per_image[n])}/image" if n in speed.ms_per_image else "" for n in counts]
    peak = "unknown" if speed.peak_mib is None else f"{speed.peak_mib:.0f} MiB"
    if speed.peak_device_mib is not None:
        peak += f" + {speed.peak_device_mib:.0f} MiB on the device"
    return [milliseconds(speed.cold_ms), *times, f"{speed.outside_share:.0%}", peak]


def pixel_table(models: dict[str, PixelSpeed]) -> list[str]:
    """The lines of a table of pixel models and of its words; none for no models."""
    if not models:
        return []
    loops = [title for n in COUNTS for title in (f"Naive loop, {images(n)}", "Gain")]
    head = ["Pixel models", *loops, f"Pass over {TOGETHER}", "Passes", f"{TOGETHER} lower halves", "Streaming"]
    lines = ["", row(head), row(["---"] + ["---:"] * (len(head) - 1))]
    for id, speed in models.items():
        compared = [cell for n in COUNTS for cell in (duration(speed.naive_s[n]), f"{speed.gain(n):.1f}×")]
        floor = [duration(speed.pass_s), f"{speed.passes:.1f}"]
        lines.append(row([id, *compared, *floor, duration(speed.completion_s), f"{speed.streaming_share:.1%}"]))
    words = (
        "Naive loop: the whole network anew for every value; extrapolated from at most "
        f"{ROWS} rows of pixels, measured in the same process. Gain: how many times faster the model's own sampler is. "
        f"Pass: the network once over {TOGETHER} images that are known already, the floor; passes: in how many times "
        f"the floor it samples {TOGETHER}. Lower halves: invented from the upper ones. Streaming: share of the time of "
        f"sampling {TOGETHER} images that goes into making a frame of each row and packing it for the page."
    )
    return [*lines, "", words]


def images(count: int) -> str:
    """ "1 image" or "n images"."""
    return "1 image" if count == 1 else f"{count} images"


def duration(seconds: float) -> str:
    """A time to two or three digits, in ms below a second."""
    if seconds < 1:
        return milliseconds(1000 * seconds)
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"


def milliseconds(value: float) -> str:
    """A time in milliseconds to two digits, such as "0.45 ms"."""
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2g} ms"


def row(cells: list[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"
