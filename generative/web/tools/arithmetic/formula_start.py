"""What a formula is added to: the latent of a picture, or that of a seed, and how it is shown."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from generative.inference.engine.engine import Engine
from generative.inference.sources import decoded, found
from generative.library.entries import Entry
from generative.web.sources.picker import gallery, held_picture, openings
from generative.web.sources.spread import spread_option
from generative.web.tools.arithmetic.equation import tile
from generative.web.tools.arithmetic.formula_bar import Start

SEARCHING = "{title} has no encoder: looking for a latent that decodes to this picture. That takes a while…"


@dataclass(frozen=True, eq=False)
class Beginning:
    """shown: the part of an equation's message that tells of it."""

    start: Start
    shown: dict[str, Any]


def from_picture(engine: Engine, entry: Entry, image: Tensor, name: str) -> Beginning:
    """Of a picture (C, H, W). Raises GenerativeError for a model that can neither encode nor search."""
    latent = found(engine, entry, image)
    title = "Reconstruction" if "encodes" in entry.abilities else "The nearest that was found"
    drawn = decoded(engine, entry, latent[None])[0]
    shown = {"picture": tile(image, "Picture", name), "seed": None, "start": tile(drawn, title)}
    return Beginning(Start(entry.id, latent, name), {**shown, "error": "", "busy": ""})


def from_seed(engine: Engine, entry: Entry, seed: Any, spread: Any = 1.0) -> Beginning:
    """spread: of the seed's noise, as `spread_option` takes it. Raises InvalidOption for a seed that is none."""
    request = engine.request("interpolates", entry, seed=seed, options=spread_option(entry, spread))
    first, caption = request.seeds.first, request.captions[0]
    latent, name = engine.answer(request)[0], f"Seed {first}" + (f", {caption}" if caption else "")
    drawn = decoded(engine, entry, latent[None])[0]
    shown = {"picture": None, "seed": first, "start": tile(drawn, "Made from a seed", name)}
    return Beginning(Start(entry.id, latent, name), {**shown, "error": "", "busy": ""})


def from_the_first(engine: Engine, entry: Entry) -> Beginning:
    """Of the test image that the data set begins with or, where a picture would have to be searched for, of a seed."""
    images, names = gallery(entry.dataset, entry.size)
    if "encodes" in entry.abilities and len(images):
        start = openings(entry).start
        return from_picture(engine, entry, images[start], names[start])
    return from_seed(engine, entry, 0)


def from_before(engine: Engine, entry: Entry, equation: Any, spread: Any = 1.0) -> Beginning:
    """Of the picture or the seed that an equation shows of another model, if this one can have it."""
    seed = equation.get("seed") if isinstance(equation, dict) else None
    if (image := held_picture(equation, entry)) is not None:
        return from_picture(engine, entry, image, str(equation.get("alt"))[:200])
    return from_the_first(engine, entry) if seed is None else from_seed(engine, entry, seed, spread)
