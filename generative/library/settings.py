"""settings.json in a checkpoint folder: what a denoising model draws by sampler, steps and guidance (`evaluate
--settings`), and the tables that are made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generative import figures
from generative.errors import BadCheckpoint
from generative.library.speed_tables import table
from generative.library.weights import read_json

FILE = "settings.json"
MOST = 1000  # cells
SAID = ("sampler", "num_inference_steps", "guidance_scale", "guidance_start", "guidance_end")
OF_GUIDANCE = ("class_agreement", "asked_found", "attribute_confidence", "fid", "precision", "recall")
NONE = "–"


@dataclass(frozen=True)
class Settings:
    """samples: how many were drawn in each cell. trained: of which weights, as config.json tells it. cells: each a
    setting, {"options", "figures", "evaluations", "helper_passes", "seconds", …}."""

    samples: int
    trained: Mapping[str, Any]
    cells: tuple[Mapping[str, Any], ...]

    def tables(self, title: str, defaults: Mapping[str, Any]) -> str:
        """FID by sampler and steps, and what guidance does by its kind and scale.

        title: of the model. defaults: of the options that are not varied.
        """
        title = f"{title}, {self.samples:,} samples"
        both = self.by_steps(title, defaults), self.by_guidance(title, defaults)
        return "\n\n".join(table(rows) for rows in both if len(rows) > 1)

    def by_steps(self, title: str, defaults: Mapping[str, Any]) -> list[list[str]]:
        """A row for each sampler, a column for each number of steps, under the default guidance."""
        varied = ("sampler", "num_inference_steps")
        found = {tuple(of(cell)[name] for name in varied): cell for cell in self.differing(varied, defaults)}
        counts = sorted({count for _, count in found})
        names = dict.fromkeys(name for name, _ in found)
        rows = [[name, *(fid(found.get((name, count))) for count in counts)] for name in names]
        return [[f"{title}: FID (and evaluations)", *(f"{count} steps" for count in counts)], *rows]

    def by_guidance(self, title: str, defaults: Mapping[str, Any]) -> list[list[str]]:
        """A row for each kind, scale and part of the way, with the default sampler and steps."""
        varied = ("guided_by", "guidance_scale", "guidance_start", "guidance_end")
        cells = sorted(
            self.differing(varied, defaults), key=lambda cell: [str(of(cell).get("guided_by")), *parts(cell)]
        )
        ids = [id for id in OF_GUIDANCE if any(id in figures.measured(cell["figures"]) for cell in cells)]
        head = [
            f"{title}, guided",
            "Scale",
            *(figures.quantity(id).title for id in ids),
            "Evaluations",
            "The helper's passes",
        ]
        return [head, *([*name(cell), *amounts(cell, ids), *passes(cell)] for cell in cells)]

    def differing(self, varied: Sequence[str], defaults: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The cells whose options are the defaults but for those that are varied."""
        return [c for c in self.cells if all(v == defaults.get(k) for k, v in of(c).items() if k not in varied)]


def of(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of a cell."""
    return cell["options"]


def parts(cell: Mapping[str, Any]) -> list[float]:
    """Scale and part of the way, by which rows are sorted: all of the way first."""
    options = of(cell)
    return [options["guidance_start"], options["guidance_scale"]]


def name(cell: Mapping[str, Any]) -> list[str]:
    """Kind, scale and part of the way, as a row begins with them."""
    options = of(cell)
    start, end = options["guidance_start"], options["guidance_end"]
    part = "" if (start, end) == (0, 1) else f" for t in {start:g} to {end:g}"
    return [str(options.get("guided_by", "classifier-free")), f"{options['guidance_scale']:g}{part}"]


def fid(cell: Mapping[str, Any] | None) -> str:
    """Its FID, and its network evaluations; a dash for one that was not measured."""
    if cell is None:
        return NONE
    return f"{figures.cell('fid', cell['figures']['fid'])} ({cell['evaluations']})"


def amounts(cell: Mapping[str, Any], ids: Sequence[str]) -> list[str]:
    """Its figures of those names."""
    found = figures.measured(cell["figures"])
    return [figures.cell(id, found[id]) if id in found else NONE for id in ids]


def passes(cell: Mapping[str, Any]) -> list[str]:
    """Of the network, and of the classifier."""
    return [str(cell["evaluations"]), str(cell["helper_passes"])]


def read_settings(path: Path) -> Settings:
    """Raises BadCheckpoint for a file that does not hold them."""
    found = read_json(path)
    samples, trained, cells = found.get("samples"), found.get("trained"), found.get("cells")
    sound = type(samples) is int and isinstance(trained, dict)
    if not sound or not isinstance(cells, list) or len(cells) > MOST or not all(is_cell(cell) for cell in cells):
        raise BadCheckpoint(f"{path.name} is damaged: it does not hold a cell for each setting that was measured")
    return Settings(samples, trained, tuple(cells))


def is_cell(cell: Any) -> bool:
    """Whether it holds options, figures and what they cost."""
    if not isinstance(cell, dict) or not isinstance(cell.get("options"), dict):
        return False
    options, measured = cell["options"], cell.get("figures")
    whole = all(type(cell.get(key)) is int for key in ("evaluations", "helper_passes"))
    numbers = all(figures.is_number(options.get(key)) for key in SAID[1:]) and type(options.get("sampler")) is str
    return whole and numbers and isinstance(measured, dict) and "fid" in figures.measured(measured)
