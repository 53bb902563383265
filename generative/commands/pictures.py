"""Picture files that commands read."""

import warnings

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from generative.data.examples import example
from generative.errors import InvalidOption, InvalidPicture, shown

MAX_PIXELS = 40_000_000  # of a picture that is read


def open_picture(name: str, dataset: str, size: int, channels: int) -> Tensor:
    """(C, size, size) in [0, 1]: a picture file, or "example:CLASS/0", a bundled test image of `dataset`."""
    if not name.startswith("example:"):
        return read_picture(name, size, channels)
    label, _, index = name.removeprefix("example:").rpartition("/")
    if not index.isdecimal():
        raise InvalidOption(f"A bundled image is named example:CLASS/NUMBER, not {shown(name)}", "image")
    return example(dataset, label, int(index))


def read_picture(path: str, size: int, channels: int) -> Tensor:
    """(C, size, size) in [0, 1] from a picture file of any size and mode. Raises InvalidPicture."""
    limit = f"the limit is {MAX_PIXELS / 1e6:.0f} million"
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as file:
            width, height = file.size
            if width * height > MAX_PIXELS:
                raise InvalidPicture(f"{path} has {width}×{height} pixels; {limit}. Make it smaller first.")
            picture = ImageOps.exif_transpose(file).convert("L" if channels == 1 else "RGB")
    except FileNotFoundError:
        raise InvalidPicture(f"There is no file {path}") from None
    except Image.DecompressionBombError:
        raise InvalidPicture(f"{path} has far too many pixels; {limit}. Make it smaller first.") from None
    except (UnidentifiedImageError, OSError, SyntaxError) as e:
        raise InvalidPicture(f"{path} cannot be read as a picture; use PNG, JPEG or WebP ({e})") from e
    pixels = np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS), dtype=np.float32) / 255
    return torch.from_numpy(pixels[None] if channels == 1 else pixels.transpose(2, 0, 1).copy())


def read_mask(name: str, size: int) -> Tensor:
    """(size, size) bool, true where to invent: a half, the middle, or what is white in a file."""
    mask, half, quarter = torch.zeros(size, size, dtype=torch.bool), size // 2, size // 4
    if name == "lower":
        mask[half:] = True
    elif name == "right":
        mask[:, half:] = True
    elif name == "middle":
        mask[quarter : size - quarter, quarter : size - quarter] = True
    else:
        mask = read_picture(name, size, 1)[0] > 0.5
    if not mask.any():
        raise InvalidOption(f"The mask {name} has no white in it, so there is nothing to invent", "mask")
    return mask
