"""Slices of a landscape: the energy between pictures, along a line and over a plane."""

from typing import Any

import torch
from torch import Tensor

from generative.inference.engine.engine import Engine
from generative.library.entry import Entry

STEPS, SIDE = 33, 15  # pictures along a line, both ends included, and along a side of a plane
MARGIN = 0.25  # how far a plane reaches beyond its pictures, in lengths of its sides


def along(engine: Engine, entry: Entry, start: Tensor, end: Tensor, condition: Any = None) -> Tensor:
    """(STEPS,) energies of the pictures from `start` to `end`, (C, H, W), each pixel in equal steps."""
    share = torch.linspace(0, 1, STEPS).view(-1, 1, 1, 1)
    return energies(engine, entry, torch.lerp(start, end, share), condition)


def plane(
    engine: Engine, entry: Entry, origin: Tensor, right: Tensor, down: Tensor, condition: Any = None
) -> tuple[Tensor, Tensor]:
    """(SIDE, SIDE) energies over the plane through three pictures (C, H, W), and the places of their rows and columns.

    At place (u, v) lies origin + u (right − origin) + v (down − origin), cut to [0, 1]; u runs along a row.
    """
    places = torch.linspace(-MARGIN, 1 + MARGIN, SIDE)
    v, u = torch.meshgrid(places, places, indexing="ij")
    u, v = u.reshape(-1, 1, 1, 1), v.reshape(-1, 1, 1, 1)
    images = (origin + u * (right - origin) + v * (down - origin)).clamp(0, 1)
    return energies(engine, entry, images, condition).view(SIDE, SIDE), places


def energies(engine: Engine, entry: Entry, images: Tensor, condition: Any = None) -> Tensor:
    """(N,) the number that ranks each picture, however many there are."""
    request = engine.request("scores", entry, condition=condition, images=images[:1])
    most = engine.limits.most(request.ability)
    parts = [engine.request("scores", entry, condition=condition, images=part) for part in images.split(most)]
    return torch.cat([engine.answer(part).number for part in parts])
