"""One moment of a generation, and what can be looked at in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import torch
from torch import Tensor

from generative.errors import GenerativeError

NOISY = "x_t"  # the view of what a network that removes noise is given: noise at first, in the end the result


@dataclass(frozen=True, eq=False)
class View:
    """Another picture of the same moment, and the words that it is shown with.

    images: (N, C, H, W), float32: real values, of which `low` is drawn black and `high` white.
    unit: of these values ("bits"); none for what is a picture itself.
    """

    title: str
    help: str
    images: Tensor
    low: float = 0.0
    high: float = 1.0
    unit: str = ""

    @property
    def shades(self) -> Tensor:
        """The values as brightness: (N, C, H, W) in [0, 1]."""
        return ((self.images - self.low) / (self.high - self.low)).clamp(0, 1)


@dataclass(frozen=True, eq=False)
class Frame:
    """What every sampler yields; the last frame of a run is its result.

    images: (N, C, H, W), float32 in [0, 1].
    step, total: how far the run is, ``1 <= step <= total``; the last frame has ``step == total``.
    label: this moment in the model's own words ("t = 640", "row 12 of 28").
    views: other pictures of the same moment by name; a run has the same names in every frame.
    latents: (N, D), what the images were decoded from, where a search for it is what is shown; the noisy x_t of a run
    that removes noise, (N, …).
    figures: what was measured of each image by name, each (N,); with the last frame ("bits_per_dim").
    """

    images: Tensor
    step: int
    total: int
    label: str = ""
    views: Mapping[str, View] = field(default_factory=lambda: MappingProxyType({}))
    figures: Mapping[str, Tensor] = field(default_factory=lambda: MappingProxyType({}))
    latents: Tensor | None = None

    def moved(self, move: Callable[[Tensor], Tensor]) -> "Frame":
        """The same with all its tensors elsewhere."""
        views = {name: replace(view, images=move(view.images)) for name, view in self.views.items()}
        figures = {name: move(values) for name, values in self.figures.items()}
        latents = None if self.latents is None else move(self.latents)
        return replace(self, images=move(self.images), views=views, figures=figures, latents=latents)

    @classmethod
    def joined(cls, several: Sequence["Frame"]) -> "Frame":
        """One of all images, from those of a few each at the same moment."""
        first = several[0]
        if len(several) == 1:
            return first
        views = {
            name: replace(view, images=torch.cat([each.views[name].images for each in several]))
            for name, view in first.views.items()
        }
        figures = {name: torch.cat([each.figures[name] for each in several]) for name in first.figures}
        latents = None if first.latents is None else torch.cat([each.latents for each in several])
        images = torch.cat([each.images for each in several])
        return cls(images, first.step, first.total, first.label, views, figures, latents)


def check_finite(frame: Frame) -> Frame:
    """`frame` itself. Raises GenerativeError, which says what and when, if anything in it is NaN or infinite."""
    sound = [values.isfinite().all().to(frame.images.device) for _, values in parts(frame)]
    if torch.stack(sound).all():  # asked once: on a GPU each question waits
        return frame
    for name, values in parts(frame):
        if not values.isfinite().all():
            raise GenerativeError(
                f"At step {frame.step} of {frame.total} the model's {name} are not finite numbers, so nothing is "
                "shown. Choose milder options; if the defaults do it too, the weights are damaged."
            )
    return frame


def parts(frame: Frame) -> Iterator[tuple[str, Tensor]]:
    """Everything in `frame` that was computed, with its name in a sentence."""
    yield "images", frame.images
    if frame.latents is not None:
        yield "latents", frame.latents
    for name, view in frame.views.items():
        yield f'values of "{name}"', view.images
    for name, values in frame.figures.items():
        yield f'figures "{name}"', values
