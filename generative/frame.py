"""One moment of a generation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Frame:
    """What every sampler yields; the last frame of a run is its result.

    images: (N, C, H, W), float32 in [0, 1].
    step, total: how far the run is, ``1 <= step <= total``; the last frame has ``step == total``.
    label: this moment in the model's own words ("t = 640", "row 12 of 28").
    views: other pictures of the same moment by name, each (N, C, H, W) in [0, 1].
    latents: (N, D), what the images were decoded from, where a search for it is what is shown.
    figures: what was measured of each image by name, each (N,); with the last frame ("bits_per_dim").
    """

    images: Tensor
    step: int
    total: int
    label: str = ""
    views: Mapping[str, Tensor] = field(default_factory=lambda: MappingProxyType({}))
    figures: Mapping[str, Tensor] = field(default_factory=lambda: MappingProxyType({}))
    latents: Tensor | None = None
