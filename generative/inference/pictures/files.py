"""Picture files from outside, as the tensors that a model works on, and masks: what a model is to invent."""

import io
import struct
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from generative.data.examples import example
from generative.data.known import DATASETS
from generative.errors import GenerativeError, InvalidOption, InvalidPicture, shown

MAX_PIXELS = 40_000_000  # of a picture that is decoded
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")  # no others: a stranger's file may run an interpreter, or old C
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
WHITE = "white"
MASKS = ("lower", "right", "middle", "random", "everything")
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error)  # what Pillow then raises

Source = str | Path | bytes | BinaryIO


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
    source: Source, size: int, channels: int, background: str = WHITE, invert: bool = False, name: str = ""
) -> Tensor:
    """(channels, size, size) in [0, 1] from a picture file of any size and mode, turned upright.

    Nothing is cut off: the picture is made to fit, and what is left of the square is filled with `background`, as is
    what lies behind transparent parts. `invert` swaps light and dark, for a dark object on a light ground. Of an
    animation the first frame is read. Raises InvalidPicture, which calls the picture `name` (default: its path).
    """
    picture = decoded(source, name or named(source, "The picture"))
    square = framed(picture, size, background, Image.Resampling.LANCZOS, invert)
    pixels = np.asarray(square.convert("L" if channels == 1 else "RGB"), dtype=np.float32) / 255
    return torch.from_numpy(pixels).view(size, size, channels).permute(2, 0, 1).contiguous()


def read_mask(source: Source, size: int, name: str = "") -> Tensor:
    """(size, size) bool, true where to invent: one of MASKS, or what is white in a square picture file.

    "random" hides every other pixel on average, always the same ones. Raises InvalidOption for a mask that hides
    nothing, and InvalidPicture for one that cannot be read or is not square.
    """
    if isinstance(source, str) and source in MASKS:
        return named_mask(source, size)
    name = name or named(source, "The mask")
    try:
        picture = decoded(source, name)
    except InvalidPicture as e:
        words = f"{e} A mask is one of {', '.join(MASKS)}, or a picture that is white where to invent."
        raise InvalidPicture(words, "mask") from e
    width, height = picture.size
    if width != height:
        raise InvalidPicture(
            f"{name} has {width}×{height} pixels and the model's images {size}×{size}, which is another shape. Make "
            "the mask square; a picture that is not is filled up to a square with its background.",
            "mask",
        )
    small = framed(picture, size, "black", Image.Resampling.BOX).convert("L")
    mask = torch.from_numpy(np.asarray(small) > 127)
    if not mask.any():
        raise InvalidOption(f"Nothing to do: the mask {name} has no white in it. Paint white what to invent.", "mask")
    return mask


def named_mask(name: str, size: int) -> Tensor:
    mask, half, quarter = torch.zeros(size, size, dtype=torch.bool), size // 2, size // 4
    if name == "lower":
        mask[half:] = True
    elif name == "right":
        mask[:, half:] = True
    elif name == "middle":
        mask[quarter : size - quarter, quarter : size - quarter] = True
    elif name == "random":
        mask = torch.rand(size, size, generator=torch.Generator().manual_seed(0)) < 0.5
    else:
        mask[:] = True
    return mask


def hatched(image: Tensor, mask: Tensor) -> Tensor:
    """(C, H, W) as the model sees it: what `mask` (H, W) hides is hatched in two greys."""
    row, column = torch.meshgrid(*map(torch.arange, mask.shape), indexing="ij")
    stripes = 0.4 + 0.2 * ((row + column) % 4 < 2)
    return torch.where(mask.cpu(), stripes, image.cpu())


def decoded(source: Source, name: str) -> Image.Image:
    """The picture, upright, in mode L, LA, RGB or RGBA. Raises InvalidPicture, before decoding if it is too large."""
    limit = f"the limit is {MAX_PIXELS / 1e6:.0f} million"
    try:
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as file,
        ):
            width, height = file.size
            if width * height > MAX_PIXELS:
                raise InvalidPicture(f"{name} has {width}×{height} pixels; {limit}. Make it smaller first.")
            try:
                return eight_bits(ImageOps.exif_transpose(file))
            except BROKEN as e:
                raise InvalidPicture(f"{name} is cut short or damaged ({e}). Fetch or save it anew.") from e
    except GenerativeError:
        raise
    except FileNotFoundError:
        raise InvalidPicture(f"There is no file {name}.") from None
    except IsADirectoryError:
        raise InvalidPicture(f"{name} is a folder, not a picture.") from None
    except PermissionError:
        raise InvalidPicture(f"{name} may not be read. Change its permissions.") from None
    except Image.DecompressionBombError:
        raise InvalidPicture(f"{name} has far too many pixels; {limit}. Make it smaller first.") from None
    except BROKEN as e:
        raise InvalidPicture(f"{name} {unreadable(source)}") from e


def eight_bits(picture: Image.Image) -> Image.Image:
    """In mode L, LA, RGB or RGBA."""
    if picture.mode.startswith("I"):  # 16 bits a pixel, whatever the room they are kept in
        values = np.asarray(picture).astype(np.float32).clip(0, 65535) / 257
        return Image.fromarray(values.round().astype(np.uint8))
    if picture.mode in ("L", "LA", "RGB", "RGBA") and "transparency" not in picture.info:
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def framed(
    picture: Image.Image, size: int, background: str, resampling: Image.Resampling, invert: bool = False
) -> Image.Image:
    """In RGB, `size` pixels high and wide: made to fit and laid on the middle of a ground."""
    scale = size / max(picture.size)
    small = picture.resize([max(1, round(side * scale)) for side in picture.size], resampling)
    colours, alpha = small.convert("RGB"), small.getchannel("A") if small.mode.endswith("A") else None
    ground = Image.new("RGB", (size, size), background)
    corner = ((size - small.width) // 2, (size - small.height) // 2)
    ground.paste(ImageOps.invert(colours) if invert else colours, corner, alpha)
    return ground


def named(source: Source, otherwise: str) -> str:
    return str(source) if isinstance(source, str | Path) else otherwise


def unreadable(source: Source) -> str:
    """Why, and what to use instead."""
    if isinstance(source, bytes):
        start = source[:1000]
    elif isinstance(source, str | Path):
        try:
            with open(source, "rb") as file:
                start = file.read(1000)
        except (OSError, ValueError) as e:
            return f"cannot be read: {e}."
    else:
        source.seek(0)
        start = source.read(1000)
    if b"<svg" in start:
        return "is an SVG drawing, which is no grid of pixels. Export it as PNG."
    if not start:
        return "is empty. Use PNG, JPEG or WebP."
    return "cannot be read as a picture. Use PNG, JPEG or WebP."
