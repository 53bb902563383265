"""Masks: what of a picture a model is to invent."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from generative.errors import InvalidOption, InvalidPicture
from generative.inference.pictures.reading import FILE_LIMITS, FileLimits, Source, loaded, named

MASKS = ("lower", "right", "middle", "random", "everything")
ONE_COLOUR = 32  # steps of 255 within which strokes count as drawn in one colour
OPAQUE = "The mask {} has no white in it; what is opaque in it is to be invented."
HOLE = "The mask {} is a picture with a hole; the hole, which is transparent, is to be invented."
FINE = "The white of the mask {} is finer than a pixel of the model; each pixel that it touches is to be invented."


def read_mask(source: Source, size: int, name: str = "", limits: FileLimits = FILE_LIMITS) -> Tensor:
    """(size, size) bool, true where to invent, as `read_mask_with_words` reads it."""
    return read_mask_with_words(source, size, name, limits)[0]


def read_mask_with_words(
    source: Source, size: int, name: str = "", limits: FileLimits = FILE_LIMITS
) -> tuple[Tensor, str]:
    """(size, size) bool, true where to invent, and a sentence if it was not simply what is white in a picture.

    `source` is one of MASKS, or a square picture file. "random" hides every other pixel on average, always the same
    ones. Of a picture, what is white is to be invented; without any white, what is opaque if that has one colour, and
    what is transparent if the rest is a picture. Values 0 and 1 count as black and white. A pixel of the model is
    invented if half of it is; where that leaves nothing, if any of it is. Raises InvalidOption for a mask that hides
    nothing, and InvalidPicture for one that cannot be read or is not square.
    """
    if isinstance(source, str) and source in MASKS:
        return named_mask(source, size), ""
    name = name or named(source, "The mask")
    try:
        picture = spread(loaded(source, name, limits))
    except InvalidPicture as e:
        words = f"{e} A mask is one of {', '.join(MASKS)}, or a picture that is white where to invent."
        raise InvalidPicture(words, "mask") from e
    check_square(picture, size, name)
    white, words = whiteness(picture)
    mask, fine = fitted(white, size)
    if not mask.any():
        raise InvalidOption(f"Nothing to do: the mask {name} has no white in it. Paint white what to invent.", "mask")
    return mask, (FINE if fine else words).format(name)


def named_mask(name: str, size: int) -> Tensor:
    """(size, size) bool, true where to invent: `lower` asks for the lower half."""
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


def check_square(picture: Image.Image, size: int, name: str) -> None:
    """Raises InvalidPicture for a picture of another shape than the model's."""
    width, height = picture.size
    if width != height:
        raise InvalidPicture(
            f"{name} has {width}×{height} pixels and the model's images {size}×{size}, which is another shape. Make "
            "the mask square; a picture that is not is filled up to a square with its background.",
            "mask",
        )


def spread(picture: Image.Image) -> Image.Image:
    """In RGBA; values that are all 0 or 1, as an array of truth values is often saved, as black and white."""
    bands = picture.convert("RGBA").split()
    noughts = max(high for _, high in (band.getextrema() for band in bands[:3])) == 1
    colours = [band.point(lambda value: 255 * value) if noughts else band for band in bands[:3]]
    alpha = bands[3].point(lambda value: 255 * value) if bands[3].getextrema() == (0, 1) else bands[3]
    return Image.merge("RGBA", [*colours, alpha])


def whiteness(picture: Image.Image) -> tuple[np.ndarray, str]:
    """(H, W) in [0, 1] of a picture in RGBA: how much each pixel says that it is to be invented, and words on that."""
    alpha = np.asarray(picture.getchannel("A"), dtype=np.float32) / 255
    white = np.asarray(picture.convert("L"), dtype=np.float32) / 255 * alpha
    opaque = alpha > 0.5
    if (white > 0.5).any() or opaque.all() or not opaque.any():
        return white, ""
    colours = np.asarray(picture.convert("RGB"))[opaque]
    if (np.ptp(colours, axis=0) <= ONE_COLOUR).all():
        return alpha, OPAQUE
    return 1 - alpha, HOLE


def fitted(white: np.ndarray, size: int) -> tuple[Tensor, bool]:
    """(size, size) bool from (H, W) in [0, 1], and whether what is white would be lost if a half of it were asked."""
    half = resized(white, size) > 0.5
    if half.any():
        return half, False
    touched = resized((white > 0.5).astype(np.float32), size) > 0
    return touched, bool(touched.any())


def resized(values: np.ndarray, size: int) -> Tensor:
    """(H, W) → (size, size): the mean over what each pixel covers."""
    return torch.from_numpy(np.array(Image.fromarray(values).resize((size, size), Image.Resampling.BOX)))


def hatched(image: Tensor, mask: Tensor) -> Tensor:
    """(C, H, W) as the model sees it: what `mask` (H, W) hides is hatched in two greys."""
    row, column = torch.meshgrid(*map(torch.arange, mask.shape), indexing="ij")
    stripes = 0.4 + 0.2 * ((row + column) % 4 < 2)
    return torch.where(mask.cpu(), stripes, image.cpu())
