"""What is known of a model's latent space: atlas.safetensors in its checkpoint folder, which `evaluate` writes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from generative.errors import BadCheckpoint, InvalidOption, check_choice
from generative.inference.formula import Term

FILE = "atlas.safetensors"
METHODS = ("difference", "normal")  # the first where none is asked for: it was measured to work better
MAX_BYTES = 20_000_000  # of the file, which a stranger may have written


@dataclass(frozen=True, eq=False)
class Atlas:
    """A latent space of D dimensions, read off latents whose attributes are known.

    attributes: the values of each attribute; {"class": classes} where images have classes.
    directions: names of the V directions: "glasses: sun", and "glasses" for any value but "none".
    difference: (V, D), mean with minus mean without. normal: (V, D), the normal of a logistic regression. Both are as
        long as the step after which an average image has the attribute.
    mean, std: (D) of the latents. sensitivity: (D), how much an image changes (root mean square over pixels) when that
        dimension moves by one standard deviation.
    centre, axes: (D), (2, D): the plane of the map; its point (x, y) is centre + x·axes[0] + y·axes[1].
    points, labels: (P, 2) places on the map of known latents, and (P, A) the index of the value of each attribute.
    """

    attributes: Mapping[str, tuple[str, ...]]
    directions: tuple[str, ...]
    difference: Tensor
    normal: Tensor
    mean: Tensor
    std: Tensor
    sensitivity: Tensor
    centre: Tensor
    axes: Tensor
    points: Tensor
    labels: Tensor

    def edit(self, terms: Sequence[Term], method: str = METHODS[0]) -> Tensor:
        """(D,) what a formula adds to a latent. Raises InvalidOption for a method that there is not."""
        table = {"normal": self.normal, "difference": self.difference}[check_choice("method", method, list(METHODS))]
        total = torch.zeros_like(self.mean)
        for term in terms:
            if term.name not in self.directions:
                raise InvalidOption(f"There is no direction {term.name!r} here", "formula")
            total = total + term.amount * table[self.directions.index(term.name)]
        return total

    @property
    def by_importance(self) -> list[int]:
        """The dimensions, those that change the image most first."""
        return self.sensitivity.argsort(descending=True, stable=True).tolist()

    def place(self, x: Tensor, y: Tensor) -> Tensor:
        """(N,) and (N,) coordinates on the map → (N, D) latents."""
        return self.centre + x[:, None] * self.axes[0] + y[:, None] * self.axes[1]

    def spots(self, latents: Tensor) -> Tensor:
        """(N, D) latents → (N, 2), the places on the map that are nearest to them."""
        return torch.linalg.lstsq(self.axes.T, (latents - self.centre).T, driver="gelsd").solution.T

    @property
    def extent(self) -> float:
        """How far the map reaches from its middle, in every direction: 98 of 100 points lie within."""
        return max(1e-3, float(self.points.abs().amax(1).quantile(0.98)))

    def save(self, folder: Path) -> None:
        tensors = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("attributes", "directions")}
        small = {k: (v.half() if v.is_floating_point() else v.to(torch.uint8)).contiguous() for k, v in tensors.items()}
        known = {"attributes": dict(self.attributes), "directions": self.directions}
        save_file(small, folder / FILE, {"known": json.dumps(known)})


def read_atlas(folder: Path) -> Atlas:
    """Raises BadCheckpoint when the folder has none, or a damaged one."""
    path = folder / FILE
    if not path.is_file():
        raise BadCheckpoint(f"{FILE} is missing in {folder}; `python -m generative evaluate` writes it.")
    if path.stat().st_size > MAX_BYTES:
        raise BadCheckpoint(f"{path} is damaged: it has more than {MAX_BYTES / 1e6:.0f} MB")
    try:
        with safe_open(path, "pt") as file:
            known = json.loads(file.metadata()["known"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        attributes = {str(name): tuple(map(str, values)) for name, values in known["attributes"].items()}
        tables = {name: table.long() if name == "labels" else table.float() for name, table in tensors.items()}
        atlas = Atlas(attributes, tuple(map(str, known["directions"])), **tables)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise BadCheckpoint(f"{path} is damaged: {e}") from e
    if problem := disagreement(atlas):
        raise BadCheckpoint(f"{path} is damaged: {problem}")
    return atlas


def disagreement(atlas: Atlas) -> str:
    """What is wrong with the tables of an atlas, in words; none if they fit together."""
    v, d, a = len(atlas.directions), atlas.mean.numel(), len(atlas.attributes)
    p = max(1, sum(atlas.points.shape[:1]))
    shapes = {"difference": (v, d), "normal": (v, d), "mean": (d,), "std": (d,), "sensitivity": (d,)}
    shapes |= {"centre": (d,), "axes": (2, d), "points": (p, 2), "labels": (p, a)}
    for name, shape in shapes.items():
        table = getattr(atlas, name)
        if table.shape != shape:
            return f"{name} has the shape {tuple(table.shape)}, not {shape}"
        if not table.isfinite().all():
            return f"{name} holds numbers that are not finite"
    counts = torch.tensor([len(values) for values in atlas.attributes.values()])
    if (atlas.labels < 0).any() or (atlas.labels >= counts).any():
        return "labels holds values that no attribute has"
    return ""
