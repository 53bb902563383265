"""Folding, guidance and the samplers."""

import pytest
import torch

from generative.models.diffusion.ddpm import SAMPLERS
from generative.models.model import drain
from generative.seeds import Seeds


@pytest.mark.parametrize("size", [8, 28])
@pytest.mark.parametrize("image_channels", [1, 3])
def test_unfolding_undoes_folding(tiny, size: int, image_channels: int) -> None:
    model = tiny("ddpm", size=size, image_channels=image_channels)
    images = torch.rand(2, image_channels, size, size)
    torch.testing.assert_close(model.unfold(model.fold(images)), images)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_takes_the_steps_it_is_given(tiny, sampler: str) -> None:
    model = tiny("ddpm")
    frames = list(model.sample(Seeds(0, 2), model.Options(sampler=sampler, num_inference_steps=5)))
    assert len(frames) == 5 and set(frames[0].views) == {"x_t", "x0"}
    assert frames[-1].images.equal(frames[-1].views["x_t"].images)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_network_that_knows_the_answer_is_led_to_it(tiny, sampler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the exact v of a data set of one image, every sampler ends at that image."""
    model, image = tiny("ddpm"), torch.rand(1, 1, 8, 8)
    x0, alpha_bar = model.fold(image), model.scheduler().alphas_cumprod

    def exact(x_t: torch.Tensor, t: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        a = alpha_bar[t]
        eps = (x_t - a.sqrt() * x0) / (1 - a).sqrt()
        return a.sqrt() * eps - (1 - a).sqrt() * x0

    monkeypatch.setattr(model, "forward", exact)
    drawn = drain(model.sample(Seeds(1, 2), model.Options(sampler=sampler, num_inference_steps=30, guidance_scale=1)))
    torch.testing.assert_close(drawn.images, image.expand(2, -1, -1, -1), atol=0.05, rtol=0)


def test_guidance_of_one_is_the_plain_model_and_costs_one_pass(tiny) -> None:
    model, options = tiny("ddpm"), tiny("ddpm").Options
    x_t, t, labels = torch.randn(2, 4, 4, 4), torch.tensor(500), torch.tensor([0, 1])
    with torch.inference_mode():
        torch.testing.assert_close(model.guided(x_t, t, labels, 1.0), model(x_t, t, labels))
        assert not model.guided(x_t, t, labels, 3.0).allclose(model(x_t, t, labels))
    assert model.evaluations(options(guidance_scale=1.0)) == 20
    assert model.evaluations(options(guidance_scale=2.0)) == 40
