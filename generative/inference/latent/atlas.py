"""What is known of a model's latent space: atlas.safetensors in its checkpoint folder, which `evaluate` writes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from generative.errors import BadCheckpoint, InvalidOption, check_choice
from generative.inference.latent.formula import Term
from generative.library.entry import Entry

FILE = "atlas.safetensors"
METHODS = ("exchange", "difference", "normal")  # the first where none is asked for: it was measured to work best
NONE = "none"  # the value of an attribute that is not there
MAX_BYTES = 20_000_000  # of the file, which a stranger may have written


@dataclass(frozen=True)
class Direction:
    """Towards any of some values (indices) of the attribute in a column of labels (N, A)."""

    name: str
    column: int
    values: tuple[int, ...]

    def holds(self, labels: Tensor) -> Tensor:
        """(N,) bool for labels (N, A)."""
        return torch.isin(labels[:, self.column], torch.tensor(self.values))


def directions(attributes: Mapping[str, Sequence[str]]) -> list[Direction]:
    """One for each value of each attribute, and one for any value but "none" where that is a value."""
    found = []
    for column, (name, values) in enumerate(attributes.items()):
        if NONE in values:
            found.append(Direction(name, column, tuple(i for i, v in enumerate(values) if v != NONE)))
        found += [Direction(f"{name}: {value}", column, (i,)) for i, value in enumerate(values)]
    return found


@dataclass(frozen=True, eq=False)
class Atlas:
    """A latent space of D dimensions, read off latents whose attributes are known.

    attributes: the values of each attribute; {"class": classes} where images have classes.
    difference: (V, D), for each of `directions` the mean with minus the mean without it. normal: (V, D), the normal of
        a logistic regression. Both are as long as the step after which most images have the attribute.
    exchange: (V,), how many times to go from the mean of the value that is shown to that of the one wanted.
    values: (L, D), the mean latent of each value of each attribute. reading: (L, D + 1), weights and bias of a linear
        discriminant: of an attribute's values, the one with the largest sum is what a latent shows.
    mean, std: (D) of the latents. sensitivity: (D), how much an image changes (root mean square over pixels) when that
        dimension moves by one standard deviation.
    centre, axes: (D), (2, D): the plane of the map; its point (x, y) is centre + x·axes[0] + y·axes[1].
    points, labels: (P, 2) places on the map of known latents, and (P, A) the index of the value of each attribute.
    """

    attributes: Mapping[str, tuple[str, ...]]
    difference: Tensor
    normal: Tensor
    exchange: Tensor
    values: Tensor
    reading: Tensor
    mean: Tensor
    std: Tensor
    sensitivity: Tensor
    centre: Tensor
    axes: Tensor
    points: Tensor
    labels: Tensor

    @cached_property
    def known(self) -> dict[str, Direction]:
        """Every direction that the attributes give, by its name."""
        return {direction.name: direction for direction in directions(self.attributes)}

    @property
    def directions(self) -> tuple[str, ...]:
        """The names of the V directions: "glasses: sun", and "glasses" for any value but "none"."""
        return tuple(self.known)

    def moved(self, start: Tensor, terms: Sequence[Term], method: str = METHODS[0]) -> Tensor:
        """(D,) a latent and what a formula adds to it. Raises InvalidOption.

        "difference" and "normal" add the same to every latent. "exchange" takes out the value that this one shows and
        puts in the one wanted: from a serious mouth and from an open one, different steps lead to a smile.
        """
        check_choice("method", method, list(METHODS))
        total = start
        for term in terms:
            if term.name not in self.known:
                raise InvalidOption(f"There is no direction {term.name!r} here", "formula")
            total = total + term.amount * self._step(term, method, start)
        return total

    def shown(self, latent: Tensor) -> tuple[int, ...]:
        """Of each attribute the value, as an index, that a latent (D,) seems to show."""
        scores = self.reading[:, :-1] @ latent + self.reading[:, -1]
        return tuple(int(part.argmax()) for part in scores.split(self._counts))

    def _step(self, term: Term, method: str, start: Tensor) -> Tensor:
        """(D,) what 1 × a term adds to a latent."""
        row, wanted = self.directions.index(term.name), self.known[term.name]
        if method != "exchange":
            return {"difference": self.difference, "normal": self.normal}[method][row]
        now = self.shown(start)[wanted.column]
        if (now in wanted.values) == (term.amount > 0):
            return self.difference[row]  # more of what is there, or less of what is not
        means = self.values.split(self._counts)[wanted.column]
        if term.amount > 0:
            return self.exchange[row] * (means[list(wanted.values)].mean(0) - means[now])
        return self.exchange[row] * (means[now] - means[self._left(wanted)].mean(0))

    def _left(self, taken: Direction) -> list[int]:
        """The values that an attribute can have when some are taken away: none, if it can be absent."""
        values = list(self.attributes.values())[taken.column]
        left = [i for i in range(len(values)) if i not in taken.values]
        return [i for i in left if values[i] == NONE] or left or list(taken.values)

    @property
    def _counts(self) -> list[int]:
        return [len(values) for values in self.attributes.values()]

    @property
    def by_importance(self) -> list[int]:
        """The dimensions, those that change the image most first."""
        return self.sensitivity.argsort(descending=True, stable=True).tolist()

    def place(self, x: Tensor, y: Tensor) -> Tensor:
        """(N,) and (N,) coordinates on the map → (N, D) latents."""
        return self.centre + x[:, None] * self.axes[0] + y[:, None] * self.axes[1]

    def spots(self, latents: Tensor) -> Tensor:
        """(N, D) latents → (N, 2), the places on the map that are nearest to them."""
        return spots(latents, self.centre, self.axes)

    @property
    def extent(self) -> float:
        """How far the map reaches from its middle, in every direction: 98 of 100 points lie within."""
        return max(1e-3, float(self.points.abs().amax(1).quantile(0.98)))

    def save(self, folder: Path) -> None:
        """Write it into a checkpoint's folder, floats in half precision."""
        tensors = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "attributes"}
        small = {k: (v.half() if v.is_floating_point() else v.to(torch.uint8)).contiguous() for k, v in tensors.items()}
        save_file(small, folder / FILE, {"attributes": json.dumps(dict(self.attributes))})


def spots(latents: Tensor, centre: Tensor, axes: Tensor) -> Tensor:
    """(N, D) latents → (N, 2), the places nearest to them on the plane centre + x·axes[0] + y·axes[1]."""
    return torch.linalg.lstsq(axes.T, (latents - centre).T, driver="gelsd").solution.T


def atlas_of(entry: Entry) -> Atlas:
    """What is known of a model's latent space. Raises BadCheckpoint when nothing is."""
    path = entry.folder / FILE
    return _kept(entry.folder, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=32)
def _kept(folder: Path, changed: int) -> Atlas:
    return read_atlas(folder)


def read_atlas(folder: Path) -> Atlas:
    """Raises BadCheckpoint when the folder has none, or a damaged one."""
    path = folder / FILE
    if not path.is_file():
        raise BadCheckpoint(f"{FILE} is missing; `python -m generative evaluate` writes it.")
    if path.stat().st_size > MAX_BYTES:
        raise BadCheckpoint(f"{FILE} is damaged: it has more than {MAX_BYTES / 1e6:.0f} MB")
    try:
        with safe_open(path, "pt") as file:
            known = json.loads(file.metadata()["attributes"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        attributes = {str(name): tuple(map(str, values)) for name, values in known.items()}
        tables = {name: table.long() if name == "labels" else table.float() for name, table in tensors.items()}
        atlas = Atlas(attributes, **tables)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise BadCheckpoint(f"{FILE} is damaged: {e}") from e
    if problem := disagreement(atlas):
        raise BadCheckpoint(f"{FILE} is damaged: {problem}")
    return atlas


def disagreement(atlas: Atlas) -> str:
    """What is wrong with the tables of an atlas, in words; none if they fit together."""
    v, d, a = len(atlas.directions), atlas.mean.numel(), len(atlas.attributes)
    p, values = max(1, sum(atlas.points.shape[:1])), sum(map(len, atlas.attributes.values()))
    shapes = {"difference": (v, d), "normal": (v, d), "exchange": (v,), "values": (values, d)}
    shapes |= {"reading": (values, d + 1), "mean": (d,), "std": (d,), "sensitivity": (d,)}
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
