"""Pictures through an autoencoder, and what is said of them."""

import json
import math
from pathlib import Path

import pytest
import torch

from generative.inference.engine.engine import Engine
from generative.inference.latent.reconstruction import (
    LARGEST_ERROR,
    TOGETHER,
    Reconstruction,
    error_map,
    noisy,
    reconstruct,
)
from generative.library import weights
from generative.library.percentile import RECONSTRUCTION
from generative.models.model import Model
from generative.seeds import Seeds
from tests.building import build

VAE = {"classes": ["a", "b"], "size": 8, "channels": 4, "latent": 3}
CONV_AE = {"classes": [], "size": 8, "image_channels": 3, "channels": 4, "hidden": 8, "latent": 5}


def model(kind: str, config: dict) -> Model:
    torch.manual_seed(0)
    return build(kind, config).eval()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("checkpoints")
    for kind, config in (("vae", VAE), ("conv-ae", CONV_AE)):
        weights.save(root / "toys" / kind, kind, model(kind, config), {})
    return Engine(root, "cpu")


@pytest.mark.parametrize(("kind", "config"), [("vae", VAE), ("conv-ae", CONV_AE)])
def test_shapes_and_errors_fit_together(engine: Engine, kind: str, config: dict) -> None:
    images = torch.rand(3, config.get("image_channels", 1), 8, 8)
    done = reconstruct(engine, f"toys/{kind}", images)
    assert done.result.shape == done.shown.shape == images.shape and torch.equal(done.images, images)
    assert done.latents.shape == (3, config["latent"]) and done.error.shape == (3, 1, 8, 8)
    assert (done.sample is not None) == (kind == "vae")  # only it has a posterior to draw from
    torch.testing.assert_close(done.error.square().mean((1, 2, 3)), done.mse)
    torch.testing.assert_close(done.rmse, (done.result - images).flatten(1).norm(dim=1) / images[0].numel() ** 0.5)
    torch.testing.assert_close(done.psnr, -20 * done.rmse.log10())
    torch.testing.assert_close(done.result, engine.model(f"toys/{kind}").decode(done.latents))


def test_without_noise_the_encoder_sees_the_picture_itself(engine: Engine) -> None:
    images = torch.rand(2, 1, 8, 8)
    done = reconstruct(engine, "toys/vae", images)
    assert torch.equal(done.shown, images) and done.noise == 0
    assert torch.equal(done.latents, engine.model("toys/vae").encode(images))


def test_noise_is_shown_clipped_but_encoded_as_it_is(engine: Engine) -> None:
    images, vae = torch.rand(2, 1, 8, 8), engine.model("toys/vae")
    done = reconstruct(engine, "toys/vae", images, 0.5, seed=7)
    seen = noisy(images, 0.5, Seeds(7, 2))
    assert seen.min() < 0 and seen.max() > 1
    assert torch.equal(done.shown, seen.clamp(0, 1)) and torch.equal(done.images, images)
    assert torch.equal(done.latents, vae.encode(seen))
    torch.testing.assert_close(done.rmse, (done.result - images).square().mean((1, 2, 3)).sqrt())  # to the clean one


def test_noise_has_the_strength_that_was_asked_for() -> None:
    difference = noisy(torch.zeros(4, 3, 64, 64), 0.3, Seeds(0, 4))
    assert float(difference.std()) == pytest.approx(0.3, rel=0.02) and abs(float(difference.mean())) < 0.01


def test_a_picture_fares_alike_in_any_company(engine: Engine) -> None:
    images = torch.rand(TOGETHER + 2, 1, 8, 8)
    many = reconstruct(engine, "toys/vae", images, 0.2, seed=5)
    alone = reconstruct(engine, "toys/vae", images[-1:], 0.2, seed=5 + TOGETHER + 1)
    assert torch.equal(many.shown[-1:], alone.shown)
    for name in ("latents", "result", "sample", "mse"):
        torch.testing.assert_close(getattr(many, name)[-1:], getattr(alone, name))


def test_the_draw_of_the_posterior_depends_on_the_seed_and_not_on_the_noise_of_the_picture(engine: Engine) -> None:
    images, vae = torch.rand(1, 1, 8, 8), engine.model("toys/vae")
    first, again, other = (reconstruct(engine, "toys/vae", images, seed=seed).sample for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    generators = Seeds(1, 1).generators()
    noise, eps = (torch.randn(n, generator=generators[0]) for n in (64, 3))
    mean, log_std = vae.posterior(images)
    torch.testing.assert_close(first, vae.decode(mean + log_std.exp() * eps))
    assert not torch.equal(noise[:3], eps)


def found(result: torch.Tensor, noise: float = 0.0) -> Reconstruction:
    images = torch.full((1, 1, 2, 2), 0.5)
    return Reconstruction(images, images, torch.tensor([[1.0, -2.0]]), result, noise=noise)


def test_programs_are_told_where_a_picture_stands(tmp_path: Path) -> None:
    done = found(torch.full((1, 1, 2, 2), 0.75))
    (row,) = done.rows(tmp_path)
    assert row["latent"] == [1, -2] and row["rmse"] == 0.25 and row["percentile"] is None
    assert row["psnr"] == pytest.approx(20 * math.log10(4))
    (tmp_path / RECONSTRUCTION).write_text(json.dumps({"quantiles": [i / 100 for i in range(101)]}))
    assert done.rows(tmp_path)[0]["percentile"] == pytest.approx(25)
    assert found(done.result, noise=0.1).rows(tmp_path)[0]["percentile"] is None  # test images had none


def test_a_picture_that_is_met_exactly_can_be_told_as_json(tmp_path: Path) -> None:
    (row,) = found(torch.full((1, 1, 2, 2), 0.5)).rows(tmp_path)
    assert (row["rmse"], row["psnr"]) == (0, None)
    json.dumps(row, allow_nan=False)


def test_errors_become_brighter_up_to_the_largest() -> None:
    steps = error_map(torch.tensor([[[0, LARGEST_ERROR / 2, LARGEST_ERROR, 1]]]))
    brightness = steps.sum(0)[0].tolist()
    assert steps.shape == (3, 1, 4) and brightness == sorted(brightness) and brightness[2] == brightness[3]
