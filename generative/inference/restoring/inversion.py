"""How exactly a picture comes back from the noise that it was found to come from."""

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor

from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request

COUNTS = (2, 5, 10, 20, 50)  # steps each way
STRENGTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # places between two noises


def ways_back(
    engine: Engine, model: Any, image: Tensor, counts: Sequence[int] = COUNTS, visitor: str = ""
) -> Iterator[tuple[int, float]]:
    """Steps, and the root mean square error of a picture (C, H, W) that goes to its noise and back in as many each way,
    told nothing. Raises GenerativeError."""
    for count in counts:
        options = {"num_inference_steps": count}
        request = engine.request("edits", model, images=image, way="invert", strength=0.0, options=options)
        back = engine.answer(request, visitor).images[0].cpu()
        yield count, float((back - image.cpu()).square().mean().sqrt())


def between(
    engine: Engine, request: Request, strengths: Sequence[float] = STRENGTHS, visitor: str = ""
) -> Iterator[tuple[Request, Tensor]]:
    """A picture drawn anew from places between the noise that it comes from, 0, and that of the first seed, 1: each a
    run of its own with what it gives, (C, H, W). request: one to edit that picture. Raises GenerativeError."""
    entry, about = request.entry, {"seed": request.seeds.first, "condition": request.told}
    given = {"images": request.inputs["images"], "way": "invert", "options": request.options.plain()}
    for strength in strengths:
        one = engine.request("edits", entry, strength=strength, **about, **given)
        yield one, engine.answer(one, visitor).images[0].cpu()
