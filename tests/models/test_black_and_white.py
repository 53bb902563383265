"""Models of pictures in black and white: every value one of two."""

import itertools
import math

import pytest
import torch
from torch import Tensor

from generative.errors import InvalidOption
from generative.models.autoencoders.vae import VAE
from generative.models.autoregressive.completion import PixelOptions
from generative.models.autoregressive.pixel_model import FullSweep
from generative.models.model import drain
from generative.models.registry import MODELS
from generative.seeds import Seeds
from tests.building import build

PIXEL_MODELS = ["pixelcnn", "row-lstm", "diagonal-bilstm", "gated-pixelcnn", "transformer"]


def made(kind: str, size: int) -> torch.nn.Module:
    """Told no class; every weight disturbed, so that no layer is silent."""
    torch.manual_seed(0)
    config = {**MODELS[kind].Config.least, "size": size, "levels": 2}
    model = build(kind, {name: list(v) if isinstance(v, tuple) else v for name, v in config.items()})
    model = model.double().requires_grad_(False)
    for weight in model.parameters():
        weight.add_(0.3 * torch.randn_like(weight))
    return model


def every_picture(size: int) -> Tensor:
    """(2^(size²), 1, size, size): all there are."""
    return torch.tensor(list(itertools.product((0.0, 1.0), repeat=size**2))).double().view(-1, 1, size, size)


@pytest.mark.parametrize("kind", PIXEL_MODELS)
def test_the_probabilities_of_all_pictures_sum_to_one(kind: str) -> None:
    size = 4 if kind == "transformer" else 3
    pictures = every_picture(size)
    log_p = [-made(kind, size).score(part).nats for part in pictures.split(2**13)]
    assert float(torch.cat(log_p).exp().sum()) == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("kind", PIXEL_MODELS)
def test_a_grey_picture_is_completed_in_black_and_white_as_the_whole_network_would(kind: str) -> None:
    model, hole = made(kind, 4), torch.zeros(4, 4, dtype=torch.bool)
    hole[1:3, 1:3] = True
    grey = torch.linspace(0, 1, 16).double().view(1, 1, 4, 4)
    options = PixelOptions(candidates=2)
    *_, last = model.complete(grey, hole, Seeds(0, 3), options)
    assert last.images.unique().tolist() == [0, 1]
    assert last.images[:, 0, ~hole].equal((grey[0, 0, ~hole] > 0.5).float().expand(3, -1))
    entropy = last.views["entropy"]
    assert entropy.high == 1 and entropy.images.max() <= 1
    fast, model.sweep = model.sweep, lambda canvas, labels: FullSweep(model, canvas, labels)
    assert drain(model.complete(grey, hole, Seeds(0, 3), options)).images.equal(last.images)
    model.sweep = fast


def test_a_pixel_has_two_probabilities() -> None:
    table = made("gated-pixelcnn", 4).distribution(torch.rand(1, 4, 4), 2, 1)
    assert table.shape == (1, 2) and float(table.sum()) == pytest.approx(1)


def exact(model: VAE, images: Tensor) -> Tensor:
    """−log p(x) of a VAE with one latent, by a sum over a fine grid of it."""
    z = torch.linspace(-8, 8, 4001)
    log_p = torch.stack([model.log_p(image.expand(len(z), -1, -1, -1), z[:, None]) for image in images])
    prior = -0.5 * z.square() - 0.5 * math.log(2 * math.pi)
    return -(log_p + prior).logsumexp(1) - math.log(16 / 4000)


@torch.inference_mode()
def test_the_importance_weighted_bound_lies_between_the_bound_and_the_truth() -> None:
    torch.manual_seed(0)
    model = VAE(VAE.Config.tiny((), levels=2, latent=1)).eval()
    images = (torch.rand(3, 1, 8, 8) < 0.3).float()
    truth, bound = exact(model, images), model.score(images, draws=64).nats
    tight = model.importance_weighted(images, draws=2000)
    assert (bound > truth).all() and (tight < bound).all()
    torch.testing.assert_close(tight, truth, atol=0.05, rtol=0)


def test_a_vae_of_black_and_white_draws_probabilities_and_scores_what_is_nearest(tiny) -> None:
    model = tiny("vae", levels=2, classes=())
    drawn = drain(model.sample(Seeds(0, 2))).images
    assert drawn.shape == (2, 1, 8, 8) and float(drawn.min()) > 0 and float(drawn.max()) < 1
    grey = torch.rand(2, 1, 8, 8)
    assert model.score(grey).nats.equal(model.score((grey > 0.5).float()).nats)


@pytest.mark.parametrize(("kind", "levels"), [("pixelcnn", 1), ("vae", 16), ("pixelcnnpp", 2)])
def test_so_many_values_are_refused_where_they_mean_nothing(kind: str, levels: int) -> None:
    with pytest.raises(InvalidOption, match=str(levels)) as failure:
        MODELS[kind].Config.tiny((), levels=levels)
    assert failure.value.field == "levels"
