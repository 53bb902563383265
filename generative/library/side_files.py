"""What lies beside the weights in a checkpoint folder: figures, the course of training, pictures, quantiles, the atlas.

A side file costs its side show and nothing else: what is missing is left out, what is damaged is left out with a note,
and no error leaves this module.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from generative.errors import BadCheckpoint, shown
from generative.figures import is_number
from generative.library import headers, losses, percentile, settings
from generative.library.losses import Losses, read_losses
from generative.library.settings import Settings, read_settings
from generative.library.speed import Speed
from generative.library.weights import read_json

METRICS, SPEED, CURVE = "metrics.json", "speed.json", "training.csv"
SHEET, FILM, ATLAS = "samples.png", "film.webp", "atlas.safetensors"
LARGE = 64  # pixels across images from which on fewer stand on a sheet
MAX_BYTES = 10_000_000  # of a side file, which a stranger may have written
MAX_SIDE = 16_384  # pixels of a picture
LARGEST = 1e12  # of what training records; a chart of larger numbers shows nothing


def on_sheet(size: int) -> int:
    """How many images of that many pixels across a sample sheet has: of large ones fewer, so that it stays as small."""
    return 64 if size <= LARGE else 16


@dataclass(frozen=True)
class SideFiles:
    """The sound side files of a checkpoint; empty or None where there is none.

    metrics: what metrics.json holds. curve: the rows of training.csv. quantiles: of test images, by the name of their
    file (see `percentile`). sheet: samples.png; film: samples in the course of training; atlas: of the latent space.
    speed: what benchmark measured, maybe of an earlier network. losses: of a denoising model by t.
    settings: what it draws under many settings. notes: what is damaged, a sentence each.
    """

    metrics: Mapping[str, Any] = field(default_factory=dict)
    curve: tuple[Mapping[str, float], ...] = ()
    quantiles: Mapping[str, list[float]] = field(default_factory=dict)
    sheet: Path | None = None
    film: Path | None = None
    atlas: Path | None = None
    speed: Speed | None = None
    losses: Losses | None = None
    settings: Settings | None = None
    notes: tuple[str, ...] = ()


def read(folder: Path) -> SideFiles:
    """The side files of a checkpoint folder, which may hold none; raises nothing."""
    notes: list[str] = []
    ranked = (percentile.FILE, percentile.RECONSTRUCTION)
    quantiles = {file: sound(folder / file, quantiles_of, notes) for file in ranked}
    return SideFiles(
        sound(folder / METRICS, lambda path: metrics(path, notes), notes) or {},
        sound(folder / CURVE, lambda path: curve(path, notes), notes) or (),
        {file: found for file, found in quantiles.items() if found},
        sound(folder / SHEET, picture, notes),
        sound(folder / FILM, picture, notes),
        sound(folder / ATLAS, atlas, notes),
        sound(folder / SPEED, lambda path: Speed.read(read_json(path)), notes),
        sound(folder / losses.FILE, read_losses, notes),
        sound(folder / settings.FILE, read_settings, notes),
        tuple(notes),
    )


def sound(path: Path, reader: Callable[[Path], Any], notes: list[str]) -> Any:
    """What `reader` makes of a file; None for one that is missing and, with a note, for one that is damaged."""
    try:
        if not path.is_file():
            return None
        if (size := path.stat().st_size) > MAX_BYTES:
            raise BadCheckpoint(f"{path.name} has {size:,} bytes, more than any that this project writes")
        return reader(path)
    except BadCheckpoint as e:
        notes.append(f"{e}.")
    except OSError as e:
        notes.append(f"{path.name} cannot be read: {headers.reason(e)}.")
    return None


def metrics(path: Path, notes: list[str]) -> dict[str, Any]:
    """metrics.json without the figures that are none. Raises BadCheckpoint when it cannot be read."""
    found = {name: trimmed(name, content) for name, content in read_json(path).items()}
    odd = sorted(name for name, content in found.items() if content is None)
    if odd:
        notes.append(f"{path.name}: {shown(odd[0])} is no figure, and neither are {len(odd) - 1} more.")
    return {name: content for name, content in found.items() if content is not None}


def trimmed(name: str, content: Any) -> dict[str, Any] | None:
    """A figure or table of metrics.json, a table of directions without its odd rows; None for anything else."""
    if not isinstance(content, dict):
        return None
    if name == "directions":
        return {method: directions(table) for method, table in content.items() if isinstance(table, dict)}
    if "value" not in content:
        return content
    words = (content.get(key, "") for key in ("unit", "how", "kind"))
    return content if is_number(content["value"]) and all(isinstance(w, str) for w in words) else None


def directions(table: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """By the name of a direction its "success" and "leakage", as far as they are numbers."""
    rows = {name: row for name, row in table.items() if isinstance(row, dict)}
    return {name: {key: value for key, value in row.items() if is_number(value)} for name, row in rows.items()}


def curve(path: Path, notes: list[str]) -> tuple[dict[str, float], ...]:
    """The rows of training.csv that are complete. Raises BadCheckpoint for a file that is no such table."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            table = csv.DictReader(file)
            columns, lines = table.fieldnames or [], list(table)
    except (csv.Error, ValueError) as e:
        raise BadCheckpoint(f"{path.name} is damaged: {e}") from e
    if "images" not in columns:
        raise BadCheckpoint(f"{path.name} is damaged: it has no column “images”")
    rows = [row for row in map(numbers, lines) if row is not None]
    if len(rows) < len(lines):
        notes.append(f"{path.name}: {len(lines) - len(rows)} of its {len(lines)} rows are damaged.")
    return tuple(rows)


def read_curve(path: Path) -> tuple[dict[str, float], ...]:
    """The sound rows of one training.csv, which may lie anywhere; none when it is missing or damaged."""
    notes: list[str] = []
    return sound(path, lambda there: curve(there, notes), notes) or ()


def read_picture(path: Path) -> Path | None:
    """The path of a whole picture; None when it is missing or damaged."""
    return sound(path, picture, [])


def numbers(line: Mapping[str | None, Any]) -> dict[str, float] | None:
    """A row of a table as numbers; None unless every cell holds one, and a number that can be drawn."""
    try:
        row = {str(name): float(cell) for name, cell in line.items()}
    except (TypeError, ValueError):
        return None
    return row if all(abs(value) <= LARGEST for value in row.values()) else None


def quantiles_of(path: Path) -> list[float]:
    """The quantiles in a file. Raises BadCheckpoint when it does not hold them."""
    found = percentile.read_quantiles(path.parent, path.name)
    if found is None:
        raise BadCheckpoint(f"{path.name} is damaged: it does not hold {percentile.COUNT} rising quantiles")
    return found


def picture(path: Path) -> Path:
    """The path, if a whole picture of sensible size lies there."""
    try:
        with Image.open(path) as image:
            if max(image.size) > MAX_SIDE:
                raise BadCheckpoint(f"{path.name} is {image.width} × {image.height} pixels large")
            image.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as e:  # verify raises SyntaxError
        raise BadCheckpoint(f"{path.name} is no whole picture") from e
    return path


def atlas(path: Path) -> Path:
    """The path, if its header is sound; `inference.latent.atlas` reads the rest. Raises BadCheckpoint."""
    headers.read(path)
    return path
