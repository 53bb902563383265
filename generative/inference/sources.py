"""From what somebody means to a latent: a seed is drawn, a picture encoded or searched for. The only place for it."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from torch import Tensor

from generative.frame import Frame
from generative.inference.engine.engine import Engine
from generative.library.entry import Entry
from generative.models.model import drain

REMEMBERED = 256  # latents that searches have found


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
    latent = known(engine, entry, picture, visitor)
    return drain(search(engine, entry, picture, visitor)).latents[0].cpu() if latent is None else latent


def known(engine: Engine, entry: Entry, picture: Tensor, visitor: str = "") -> Tensor | None:
    """(D,) the same where it can be told at once, by an encoder or after a search before; otherwise None."""
    if "encodes" in entry.abilities:
        return encoded(engine, entry, picture, visitor)[0]
    return _remembered(engine).get(_key(entry, picture))


def search(engine: Engine, entry: Entry, picture: Tensor, visitor: str = "") -> Iterator[Frame]:
    """Frames of the search for a picture's latent; the last one's is remembered, for it takes seconds."""
    for frame in engine.run(engine.request("projects", entry, images=picture), visitor):
        yield frame
    remembered = _remembered(engine)
    remembered[_key(entry, picture)] = frame.latents[0].cpu()
    while len(remembered) > REMEMBERED:
        remembered.popitem(last=False)


@lru_cache(maxsize=4)
def _remembered(engine: Engine) -> OrderedDict[tuple[str, bytes], Tensor]:
    """What searches have found with this engine: for one visitor, and there for all."""
    return OrderedDict()


def _key(entry: Entry, picture: Tensor) -> tuple[str, bytes]:
    return entry.id, picture.numpy().tobytes()


def decoder(engine: Engine, entry: Entry, visitor: str = "") -> Callable[[Tensor], Tensor]:
    """`decoded`, as a function of latents alone."""
    return lambda latents: decoded(engine, entry, latents, visitor)
