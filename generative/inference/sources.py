"""From what somebody means to a latent: a seed is drawn, a picture encoded or searched for. The only place for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from torch import Tensor

from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.library.entry import Entry
from generative.models.model import drain

REMEMBERED = 64  # latents that were searched for


@dataclass(frozen=True, eq=False)
class Source:
    """A seed, or a picture (C, H, W) in [0, 1]; one of them is None. options: of the seed's draw."""

    seed: int | None = None
    picture: Tensor | None = None
    options: tuple[tuple[str, Any], ...] = ()


def latent(engine: Engine, entry: Entry, source: Source, visitor: str = "") -> Tensor:
    """(D,) on the CPU. Raises GenerativeError."""
    if source.picture is not None:
        return found(engine, entry, source.picture, visitor)
    return seeded(engine, entry, source.seed, visitor=visitor, options=dict(source.options))[0]


def seeded(engine: Engine, model: Any, seed: Any, count: Any = 1, visitor: str = "", **wish: Any) -> Tensor:
    """(N, D) on the CPU: what the images of seeds come from; `wish`: options and condition. Raises GenerativeError."""
    return engine.answer(engine.request("interpolates", model, seed=seed, count=count, **wish), visitor)


def encoded(engine: Engine, model: Any, images: Tensor, visitor: str = "") -> Tensor:
    """(N, C, H, W) in [0, 1] → (N, D) on the CPU. Raises GenerativeError."""
    return engine.answer(engine.request("encodes", model, images=images), visitor)


def decoded(engine: Engine, model: Any, latents: Tensor, visitor: str = "") -> Tensor:
    """(N, D) → (N, C, H, W) in [0, 1] on the CPU. Raises GenerativeError, also for latents of another model."""
    return engine.answer(engine.request("decodes", model, latents=latents), visitor)


def found(engine: Engine, entry: Entry, picture: Tensor, visitor: str = "") -> Tensor:
    """(D,) the latent of a picture (C, H, W): what the encoder says or, without one, what a search finds."""
    if "encodes" in entry.abilities:
        return encoded(engine, entry, picture, visitor)[0]
    return drain(search(engine, entry, picture, visitor)).latents[0].cpu()


def search(engine: Engine, entry: Entry, picture: Tensor, visitor: str = "") -> Iterator[Frame]:
    """The frames of one search; of a picture that was searched for before, the last one at once."""
    kept = _kept(engine)
    key = (entry.folder, tuple(picture.shape), picture.numpy().tobytes())
    if key in kept:
        yield kept[key]
        return
    frame = None
    for frame in engine.run(engine.request("projects", entry, images=picture), visitor):
        yield frame
    kept[key] = frame
    while len(kept) > REMEMBERED:
        kept.pop(next(iter(kept)))


@lru_cache(maxsize=8)
def _kept(engine: Engine) -> dict[Any, Any]:
    """What searches have found with this engine."""
    return {}


def decoder(engine: Engine, entry: Entry, visitor: str = "") -> Callable[[Tensor], Tensor]:
    """`decoded`, as a function of latents alone."""
    return lambda latents: decoded(engine, entry, latents, visitor)
