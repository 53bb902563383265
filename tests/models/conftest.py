"""Tiny models with random weights: real code, small numbers."""

from collections.abc import Callable

import pytest
import torch

from generative.models.diffusion.imported_text import can_read
from generative.models.model import Model
from generative.models.registry import KINDS


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Model]:
    """``tiny("vae", latent=2)``: a model of that kind for 8×8 images of three classes."""

    def make(kind: str, **config: object) -> Model:
        torch.manual_seed(0)
        network = KINDS[kind]
        changes = {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}
        return network(network.Config.tiny(**changes)).eval()

    return make


READABLE = [kind for kind in KINDS if kind != "imported-text" or can_read()]


@pytest.fixture(params=[kind for kind in READABLE if hasattr(KINDS[kind], "sample")])
def model(request: pytest.FixtureRequest, tiny: Callable[..., Model]) -> Model:
    return tiny(request.param)
