"""What a formula is added to: the latent of a picture, or that of a seed, and how it is shown; and the whole sum as a
link says it: ?model=…&of=seed:3&formula=+ 1 smile&method=exchange."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from generative.errors import check_choice
from generative.inference.engine.engine import Engine
from generative.inference.latent.atlas import METHODS, atlas_of
from generative.inference.latent.ends import SEED
from generative.inference.latent.formula import Term, parse, written
from generative.inference.sources import decoded, found
from generative.library.entries import Entry
from generative.web.base.link import link_to
from generative.web.sources.anchor import Source
from generative.web.sources.named import name_of, point_of
from generative.web.sources.picker import gallery, held_picture, openings
from generative.web.sources.spread import read_spread, spread_option
from generative.web.tools.arithmetic.equation import tile
from generative.web.tools.arithmetic.formula_bar import Start

WORDS = ("of", "formula", "method", "spread")
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
    said = {"of": name_of(entry, Source(name, picture=image))}
    return Beginning(Start(entry.id, latent, name, said), {**shown, "error": "", "busy": ""})


def from_seed(engine: Engine, entry: Entry, seed: Any, spread: Any = 1.0) -> Beginning:
    """spread: of the seed's noise, as `spread_option` takes it. Raises InvalidOption for a seed that is none."""
    request = engine.request("interpolates", entry, seed=seed, options=spread_option(entry, spread))
    first, caption = request.seeds.first, request.captions[0]
    latent, name = engine.answer(request)[0], f"Seed {first}" + (f", {caption}" if caption else "")
    drawn = decoded(engine, entry, latent[None])[0]
    shown = {"picture": None, "seed": first, "start": tile(drawn, "Made from a seed", name)}
    said = {"of": f"{SEED}{first}", **({"spread": f"{spread:g}"} if spread != 1 else {})}
    return Beginning(Start(entry.id, latent, name, said), {**shown, "error": "", "busy": ""})


def from_source(engine: Engine, entry: Entry, source: Source) -> Beginning:
    """Raises the same."""
    if source.picture is None:
        return from_seed(engine, entry, source.seed, source.spread)
    return from_picture(engine, entry, source.picture, source.name)


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


@dataclass(frozen=True)
class Sum:
    """start: None for what the tool begins with. method: None for the one that was measured to work best."""

    start: Source | None
    terms: Sequence[Term]
    method: str | None


def read_sum(entry: Entry, said: Mapping[str, str]) -> Sum:
    """Raises GenerativeError."""
    start = point_of(entry, said["of"]) if "of" in said else None
    if start is not None:
        start = replace(start, spread=read_spread(entry, said.get("spread")))
    terms = parse(said["formula"], atlas_of(entry).directions) if "formula" in said else []
    method = check_choice("method", said["method"], list(METHODS)) if "method" in said else None
    return Sum(start, terms, method)


def sum_link(entry: Entry, start: Start, terms: Sequence[Term], method: str) -> str:
    """The link."""
    return link_to(entry, {**start.said, "formula": written(terms), "method": method})
