"""Where words look as pictures: what was drawn, lit where a word of its sentence was listened to."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from generative.answers import Listening
from generative.inference.pictures.sheet import sheet

DARK = 0.1  # of the light is left where nothing of a word is heard
PARTS = ("All the way", "Early", "Middle", "Late")


def lit(image: Tensor, shares: Tensor) -> Tensor:
    """(K, C, H, W) in [0, 1]: an image (C, H, W) once for each of shares (K, R, R), in its own light where that is
    most, and the darker the less there is of it."""
    maps = F.interpolate(shares[None].float(), size=image.shape[1:], mode="bilinear")[0]
    most = maps.flatten(1).amax(1).clamp_min(1e-12)[:, None, None]
    return image * (DARK + (1 - DARK) * (maps / most).square())[:, None]


def parts(heard: Listening) -> Tensor:
    """(4, K, R, R): the mean of all layers over the whole way and over each third of it, as PARTS names them. Of a way
    of fewer than three looks, thirds may be the same look."""
    moments, count = heard.shares.mean(1), len(heard.times)
    thirds = [moments[min(count - 1, count * k // 3) : max(1, count * (k + 1) // 3)] for k in range(3)]
    return torch.stack([moments.mean(0), *(third.mean(0) if len(third) else moments[-1] for third in thirds)])


def layers(heard: Listening) -> Tensor:
    """(L, K, R, R): the mean over the whole way, of each layer."""
    return heard.shares.mean(0)


def layer_names(sides: Sequence[int]) -> list[str]:
    """ "Layer 1, 8×8" and so on."""
    return [f"Layer {number}, {side}×{side}" for number, side in enumerate(sides, start=1)]


def shares_of(count: int) -> list[float]:
    """Of pictures on the way from a sentence to another, how much each was told the other, 0 to 1."""
    return [k / max(1, count - 1) for k in range(count)]


def words_sheet(heard: Listening) -> Image.Image:
    """A row for each word, a column for each part of the way."""
    columns = {name: lit(heard.image, shares) for name, shares in zip(PARTS, parts(heard), strict=True)}
    return sheet({"Drawn": heard.image.expand(len(heard.names), -1, -1, -1), **columns}, heard.names)
