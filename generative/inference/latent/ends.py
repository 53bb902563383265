"""The ends of a way through a latent space, pictures or seeds, and the images between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from generative.errors import InvalidOption, check_choice, check_integer, shown
from generative.inference.latent.walks import MAX_SIDE, MAX_STEPS, PATHS, corners, walk
from generative.inference.pictures.grids import grid
from generative.seeds import MAX_SEED

SEED = "seed:"


@dataclass(frozen=True, eq=False)
class End:
    """latent: (D,) on the CPU. image: (C, H, W) in [0, 1], the picture that it was found for; None for a seed."""

    latent: Tensor
    image: Tensor | None = None


def seed_of(name: Any) -> int | None:
    """7 for "seed:7"; None for what is meant to name a picture. Raises InvalidOption for a seed that there is not."""
    if not isinstance(name, str) or not name.startswith(SEED):
        return None
    digits = name.removeprefix(SEED)
    if not digits.isdecimal() or len(digits) > len(str(MAX_SEED)):
        raise InvalidOption(f"A seed is named seed:7, with a number up to {MAX_SEED}, not {shown(name)}", "seed")
    return check_integer("seed", int(digits), 0, MAX_SEED)


def check_way(ends: int, steps: Any, path: Any) -> None:
    """Raises InvalidOption unless `interpolate` takes so many ends and steps, before any end is looked for."""
    check_choice("path", path, list(PATHS))
    if ends not in (2, 4):
        raise InvalidOption(f"An interpolation has two ends, for a walk, or four, for a grid; not {ends}", "ends")
    if ends == 2:
        check_integer("steps", steps, 2, MAX_STEPS)
    else:
        check_integer("steps of a side", steps, 2, MAX_SIDE)


@dataclass(frozen=True, eq=False)
class Interpolation:
    """latents: (N, D) of a walk, or of a grid row by row. images: (N, C, H, W) in [0, 1]. across: images in a row.

    ends: where it goes from and to; of a grid its corners, top left, top right, bottom left, bottom right.
    """

    ends: Sequence[End]
    latents: Tensor
    images: Tensor
    across: int

    @property
    def misses(self) -> list[float | None]:
        """Of each end, how far what is decoded there is from its picture, root mean square over pixels; None for a
        seed."""
        last = len(self.images) - 1
        places = [0, last] if len(self.ends) == 2 else [0, self.across - 1, last - self.across + 1, last]
        return [
            None if end.image is None else float((self.images[place] - end.image).square().mean().sqrt())
            for end, place in zip(self.ends, places, strict=True)
        ]

    def sheet(self) -> Image.Image:
        """All images: a strip, or the grid."""
        return grid(self.images, self.across)

    def moments(self) -> list[Image.Image]:
        """Of an animation: one image after another, or one row of the grid after another."""
        rows = self.images.split(1 if len(self.ends) == 2 else self.across)
        return [grid(row, len(row)) for row in rows]


def interpolate(ends: Sequence[End], steps: int, path: str, decode: Callable[[Tensor], Tensor]) -> Interpolation:
    """A walk of `steps` images between two ends, or a grid of steps × steps between four. Raises InvalidOption."""
    check_way(len(ends), steps, path)
    points = torch.stack([end.latent for end in ends])
    latents = walk(points[0], points[1], steps, path) if len(ends) == 2 else corners(points, steps, path)
    return Interpolation(ends, latents, decode(latents), steps)
