"""How exactly a picture comes back from the noise that it was found to come from."""

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor

from generative.inference.engine.engine import Engine

COUNTS = (2, 5, 10, 20, 50)  # steps each way


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
