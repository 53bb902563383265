"""What a training looked like: the same sixteen images at some two dozen moments, early ones closer together."""

import itertools
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from generative.data.examples import pixels
from generative.inference.pictures.grids import GAP, grid
from generative.library.reel import read_reel

MOMENTS = 24
ACROSS = 4  # images of a moment stand in four rows of four
LARGEST = 110_000  # bytes
SIDE = 64  # pixels of an image; of larger ones means are shown
QUALITIES: tuple[dict[str, Any], ...] = ({"lossless": True}, *({"quality": q} for q in (95, 85, 70, 55, 40, 25)))


class Film:
    """`images`, (16, C, H, W) uint8 of each moment kept, and the `steps` and `seconds` at which it was."""

    def __init__(self) -> None:
        self.passed, self.images, self.steps, self.seconds = 0, [], [], []

    def due(self, fraction: float) -> bool:
        """Whether a moment is due when this share of the budget is spent. Asked again, it says no until the next."""
        passed = sum((k / (MOMENTS - 1)) ** 2 <= fraction for k in range(MOMENTS))
        due, self.passed = passed > self.passed, passed
        return due

    def keep(self, images: Tensor, step: int, seconds: float) -> None:
        """images: (16, C, H, W) in [0, 1]."""
        if images.shape[-1] > SIDE:
            images = F.interpolate(images, (SIDE, SIDE), mode="area")
        self.images.append((images.cpu() * 255).round().clamp(0, 255).to(torch.uint8))
        self.steps.append(step)
        self.seconds.append(round(seconds, 1))

    def state(self) -> dict[str, Any]:
        """All of it, for the file from which a training goes on."""
        return dict(vars(self))

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with what `state` gave."""
        vars(self).update(state)

    def read(self, folder: Path, channels: int) -> None:
        """Begin with the moments that `write` left in `folder`, of images of so many channels, if they are whole."""
        reel = read_reel(folder)
        if reel is None or not reel.seconds:
            return
        with Image.open(reel.picture) as strip:
            moments = pixels(strip.convert("L" if channels == 1 else "RGB")).chunk(len(reel.steps), 1)
        self.images = [cells(moment) for moment in moments]
        self.steps, self.seconds = list(reel.steps), list(reel.seconds)

    def write(self, folder: Path) -> None:
        """film.webp: the moments below one another, so that a page shows one by shifting the picture; film.json tells
        their steps and seconds, which are those of training.csv, and how high a moment is."""
        if not self.images:
            return
        moments = [np.asarray(grid(images.float() / 255, ACROSS)) for images in self.images]
        packed, every = small_enough(moments)
        told = {
            "steps": self.steps[::-every][::-1],
            "seconds": self.seconds[::-every][::-1],
            "across": ACROSS,
            "height": len(moments[0]),
        }
        (folder / "film.webp").write_bytes(packed)
        (folder / "film.json").write_text(json.dumps(told) + "\n", encoding="utf-8")


def cells(moment: Tensor) -> Tensor:
    """(16, C, H, W), the images of a moment (C, rows, columns) as `grid` placed them."""
    step = (moment.shape[-1] + GAP) // ACROSS
    tiles = moment.unfold(1, step - GAP, step).unfold(2, step - GAP, step)  # (C, 4, 4, H, W)
    return tiles.permute(1, 2, 0, 3, 4).flatten(0, 1).contiguous()


def small_enough(moments: list[np.ndarray]) -> tuple[bytes, int]:
    """A WebP of at most LARGEST bytes, and of how many moments it shows one, counted from the last.

    Without loss if that is possible, else as good as it can be; of noise, which packs badly, with fewer moments.
    """
    for every, options in itertools.product((1, 2, 4, 8, 16), QUALITIES):
        strip, packed = Image.fromarray(np.concatenate(moments[::-every][::-1])), BytesIO()
        strip.save(packed, "webp", method=4, **options)
        if packed.tell() <= LARGEST:
            break
    return packed.getvalue(), every
