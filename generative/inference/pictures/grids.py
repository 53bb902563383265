"""Tensors and pictures: grids, animations, PNG files that know what made them."""

import math
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import torch
from PIL import Image, ImageOps
from torch import Tensor

from generative.inference.pictures.provenance import animation_options
from generative.inference.pictures.scale import scaled
from generative.library.side_files import on_sheet
from generative.models.model import drain, to_bytes
from generative.seeds import Seeds

if TYPE_CHECKING:
    from generative.models.model import Model

GAP = 2  # pixels between the images of a grid
FRAME_MS, LAST_FRAME_MS = 80, 1500  # of an animation
LONG_SIDE, MAX_ENLARGEMENT = 512, 8  # of its pictures


def to_pil(image: Tensor) -> Image.Image:
    """(C, H, W) in [0, 1], grey or RGB → a picture of the same pixels."""
    values = to_bytes(image).to(torch.uint8).cpu()
    return Image.fromarray(values[0].numpy() if len(values) == 1 else values.permute(1, 2, 0).numpy())


def columns(count: int) -> int:
    """How many columns a grid of `count` images has, as in stage.js: full rows where it stays no wider than 2.5 : 1."""
    square = math.ceil(math.sqrt(count))
    full = (c for c in range(square, count + 1) if count % c == 0 and c * c <= 2.5 * count)
    return 3 if count == 3 else next(full, square)


def grid(images: Tensor, across: int | None = None) -> Image.Image:
    """(N, C, H, W) in [0, 1] → one picture, row by row, with white gaps of two pixels."""
    n, c, h, w = images.shape
    across = across or columns(n)
    down = math.ceil(n / across)
    sheet = torch.ones(c, down * (h + GAP) - GAP, across * (w + GAP) - GAP)
    for i, image in enumerate(images.cpu()):
        y, x = i // across * (h + GAP), i % across * (w + GAP)
        sheet[:, y : y + h, x : x + w] = image
    return to_pil(sheet)


def save_animation(
    moments: Iterable[Image.Image],
    count: int,
    kind: str,
    target: Path | BinaryIO,
    plain: Mapping[str, Any] | None = None,
    scale: int | None = None,
) -> None:
    """Write `count` pictures as an endless "gif" or "webp" loop, resting on the last, with a note of what made them.

    plain: as `save_png` takes it. scale: what `scaled` takes; None makes the longer side about 512 pixels.
    """
    large = enlarged if scale is None else partial(scaled, scale=scale)
    pictures = map(large, moments)  # one after another, so that they are never all in memory
    options = animation_options(kind, plain)
    options |= {"lossless": True, "method": 0, "quality": 20} if kind == "webp" else {"disposal": 1}
    durations = [FRAME_MS] * (count - 1) + [LAST_FRAME_MS]
    next(pictures).save(target, kind, save_all=True, append_images=pictures, duration=durations, loop=0, **options)


def enlarged(picture: Image.Image) -> Image.Image:
    """So that the longer side has about 512 pixels, at most eight times, each pixel a square."""
    scale = max(1, min(MAX_ENLARGEMENT, round(LONG_SIDE / max(picture.size))))
    return ImageOps.scale(picture, scale, Image.Resampling.NEAREST)


def sample_sheet(model: "Model", count: int | None = None) -> Image.Image:
    """A grid of the images of seeds 0 … count − 1 under default options, in at most 256 colours: half the bytes.

    count: as many as a checkpoint's sheet has, where None.
    """
    count = count or on_sheet(model.config.size)
    batches: Iterable[Tensor] = (drain(model.sample(s)).images for s in Seeds(0, count).batches(16))
    sheet = grid(torch.cat(list(batches)))
    return sheet.quantize(256, dither=Image.Dither.NONE) if sheet.mode == "RGB" else sheet
