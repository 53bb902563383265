"""What of a face goes with some of its styles: whose attributes pictures have that are mixed of two."""

from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from generative.answers import Mixture
from generative.data.known import DATASETS
from generative.inference.engine.engine import Engine
from generative.inference.pictures.grids import grid
from generative.library.entry import Entry
from generative.models.classifier import likeliest

TOGETHER = 64  # pictures of which a classifier is asked


@dataclass(frozen=True)
class Followed:
    """Of the pictures whose row and column differ in an attribute, how many have it as their row has.

    among: such pictures. row, column: of those the shares that have the value of their row, and of their column.
    """

    attribute: str
    among: int
    row: float
    column: float


def followed(engine: Engine, entry: Entry, mixed: Mixture, visitor: str = "") -> list[Followed]:
    """An entry an attribute in which some row and column differ, as the data set's classifier sees it, those first that
    follow the row most; none where no classifier knows such attributes. Raises GenerativeError."""
    judge, dataset = engine.judge(entry), DATASETS.get(entry.dataset)
    if judge is None or dataset is None or not dataset.attributes:
        return []
    side = len(mixed.rows)
    images = torch.cat([mixed.rows, mixed.columns, mixed.images.flatten(0, 1)])
    logits = torch.cat(
        [
            engine.answer(engine.request("classifies", judge, images=part), visitor)
            for part in images.cpu().split(TOGETHER)
        ]
    )
    values = likeliest(logits, judge.labels)
    rows, columns, cells = values[:side], values[side : 2 * side], values[2 * side :].unflatten(0, (side, side))
    told = [
        share(name, rows[:, k, None], columns[None, :, k], cells[..., k]) for k, name in enumerate(dataset.attributes)
    ]
    return sorted((one for one in told if one.among), key=lambda one: -one.row)


def share(attribute: str, rows: Tensor, columns: Tensor, cells: Tensor) -> Followed:
    """rows (N, 1), columns (1, N), cells (N, N): the index of the value that each shows."""
    differ = (rows != columns).expand_as(cells)
    among = int(differ.sum())
    like_row, like_column = (int(((cells == of) & differ).sum()) / max(1, among) for of in (rows, columns))
    return Followed(attribute, among, like_row, like_column)


def mixing_sheet(mixed: Mixture) -> Image.Image:
    """The matrix as one picture, with its rows' faces to the left and its columns' above."""
    corner = torch.ones_like(mixed.rows[:1])
    rows = [torch.cat([face[None], images]) for face, images in zip(mixed.rows, mixed.images, strict=True)]
    return grid(torch.cat([corner, mixed.columns, *rows]), len(mixed.columns) + 1)
