"""Tiny models with random weights: real code, small numbers."""

from collections.abc import Callable

import pytest
import torch

from generative.models.model import Model
from generative.models.registry import MODELS, build

CONFIGS = {
    "pixelcnn": {"channels": 4, "first_kernel": 3, "blocks": 1},
    "gated-pixelcnn": {"channels": 4, "dilations": [1, 2]},
    "row-lstm": {"channels": 4, "first_kernel": 3, "layers": 2},
    "diagonal-bilstm": {"channels": 4, "first_kernel": 3, "layers": 2},
    "pixelcnnpp": {"channels": [4, 4], "blocks": [1, 1], "components": 2},
    "ae": {"hidden": 8, "latent": 3},
    "denoising-ae": {"channels": 4, "hidden": 8, "latent": 3},
    "conv-ae": {"channels": 4, "hidden": 8, "latent": 3},
    "vae-2d": {"channels": 4, "hidden": 8},
    "vae": {"channels": 4, "hidden": 8, "latent": 3},
    "dcgan": {"generator_channels": 4, "discriminator_channels": 4, "latent": 4},
    "ddpm": {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1},
}


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Model]:
    """``tiny("vae", latent=2)``: a model of that kind for 8×8 images of three classes."""

    def make(kind: str, **config: object) -> Model:
        torch.manual_seed(0)
        return build(kind, {"classes": ["a", "b", "c"], "size": 8, **CONFIGS[kind], **config})

    return make


@pytest.fixture(params=[kind for kind, network in MODELS.items() if hasattr(network, "sample")])
def model(request: pytest.FixtureRequest, tiny: Callable[..., Model]) -> Model:
    return tiny(request.param)
