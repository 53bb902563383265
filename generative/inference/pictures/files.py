"""Picture files from outside, as the tensors that a model works on."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from generative.data.examples import example
from generative.data.known import DATASETS
from generative.errors import InvalidOption, shown
from generative.inference.pictures.colour import in_srgb
from generative.inference.pictures.reading import FILE_LIMITS, FileLimits, Source, check_together, loaded, named

JPEG_MARGIN = 8  # times the size wanted, at least, of a JPEG that is decoded smaller than it is

WHITE = "white"


def background(dataset: str) -> str:
    """The colour behind the objects of a data set, as CSS writes it."""
    return DATASETS[dataset].background if dataset in DATASETS else WHITE


def open_picture(source: Source, dataset: str, size: int, channels: int, invert: bool = False) -> Tensor:
    """(C, size, size) in [0, 1]: what `read_picture` reads, or "example:CLASS/0", a bundled image of `dataset`."""
    if not isinstance(source, str) or not source.startswith("example:"):
        return read_picture(source, size, channels, background(dataset), invert)
    label, _, index = source.removeprefix("example:").rpartition("/")
    if not index.isdecimal():
        raise InvalidOption(f"A bundled image is named example:CLASS/NUMBER, not {shown(source)}", "image")
    image = example(dataset, label, int(index), size)
    return 1 - image if invert else image


def read_picture(
    source: Source,
    size: int,
    channels: int,
    background: str = WHITE,
    invert: bool = False,
    name: str = "",
    limits: FileLimits = FILE_LIMITS,
) -> Tensor:
    """(channels, size, size) in [0, 1] from a picture file of any size and mode, turned upright, its colours in sRGB.

    Nothing is cut off: the picture is made to fit, and what is left of the square is filled with `background`, as is
    what lies behind transparent parts. `invert` swaps light and dark, for a dark object on a light ground. Of an
    animation the first frame is read. Raises InvalidPicture, which calls the picture `name` (default: its path).
    """
    picture = loaded(source, name or named(source, "The picture"), limits, JPEG_MARGIN * size)
    square = framed(picture, size, background, invert)
    pixels = np.asarray(square.convert("L" if channels == 1 else "RGB"), dtype=np.float32) / 255
    return torch.from_numpy(pixels).view(size, size, channels).permute(2, 0, 1).contiguous()


def read_pictures(
    sources: Sequence[Source],
    size: int,
    channels: int,
    background: str = WHITE,
    names: Sequence[str] = (),
    limits: FileLimits = FILE_LIMITS,
) -> Tensor:
    """(N, channels, size, size), as `read_picture` reads each; none is decoded if all together are beyond `limits`."""
    names = names or [named(source, f"Picture {i}") for i, source in enumerate(sources, start=1)]
    check_together(sources, names, limits)
    each = zip(sources, names, strict=True)
    return torch.stack([read_picture(s, size, channels, background, name=n, limits=limits) for s, n in each])


def framed(picture: Image.Image, size: int, background: str, invert: bool = False) -> Image.Image:
    """In RGB, `size` pixels high and wide: made to fit and laid on the middle of a ground."""
    scale = size / max(picture.size)
    small = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.LANCZOS)
    meant = in_srgb(small)  # of the small picture: the large one would cost a hundred times as much
    colours, alpha = meant.convert("RGB"), meant.getchannel("A") if meant.mode.endswith("A") else None
    ground = Image.new("RGB", (size, size), background)
    corner = ((size - small.width) // 2, (size - small.height) // 2)
    ground.paste(ImageOps.invert(colours) if invert else colours, corner, alpha)
    return ground
