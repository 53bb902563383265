"""Folding, guidance, and drawing with every sampler."""

from dataclasses import replace

import pytest
import torch

from generative.errors import InvalidOption
from generative.models.diffusion.ddpm import DDPM
from generative.models.diffusion.samplers import SAMPLERS
from generative.models.model import drain
from generative.seeds import Seeds


@pytest.mark.parametrize("size", [8, 28])
@pytest.mark.parametrize("image_channels", [1, 3])
def test_unfolding_undoes_folding(tiny, size: int, image_channels: int) -> None:
    model = tiny("ddpm", size=size, image_channels=image_channels)
    images = torch.rand(2, image_channels, size, size)
    torch.testing.assert_close(model.unfold(model.fold(images)), images)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_yields_the_steps_it_is_given(tiny, sampler: str) -> None:
    model = tiny("ddpm")
    frames = list(model.sample(Seeds(0, 2), model.Options(sampler=sampler, num_inference_steps=5)))
    assert len(frames) == 5 and set(frames[0].views) == {"x_t", "x0", "noise"}
    assert frames[-1].images.equal(frames[-1].views["x_t"].images)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_network_that_knows_the_answer_is_led_to_it(tiny, sampler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the exact v of a data set of one image, every sampler ends at that image."""
    model, image = tiny("ddpm"), torch.rand(1, 1, 8, 8)
    x0 = model.fold(image)

    def exact(x_t: torch.Tensor, t: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        level = model.process.level(t)
        alpha, sigma = level.of(x_t)
        return model.process.target(x0, (x_t - alpha * x0) / sigma, level)

    monkeypatch.setattr(model, "forward", exact)
    drawn = drain(model.sample(Seeds(1, 2), model.Options(sampler=sampler, num_inference_steps=30, guidance_scale=1)))
    torch.testing.assert_close(drawn.images, image.expand(2, -1, -1, -1), atol=0.01, rtol=0)


class Counted:
    """Counts the images that the network is shown."""

    def __init__(self, model: DDPM) -> None:
        self.images, self.handle = 0, model.unet.register_forward_pre_hook(self.count)

    def count(self, module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        self.images += len(inputs[0])


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize(
    ("guidance", "both"),
    [({"guidance_scale": 1.0}, 0), ({}, 1), ({"guidance_start": 0.25, "guidance_end": 0.8}, None)],
)
def test_the_evaluations_told_are_those_made(tiny, sampler: str, guidance: dict, both: int | None) -> None:
    model = tiny("ddpm")
    counted, options = Counted(model), model.Options(sampler=sampler, num_inference_steps=9, **guidance)
    drain(model.sample(Seeds(0, 2), options))
    counted.handle.remove()
    assert counted.images == 2 * model.evaluations(options)
    plain = model.evaluations(replace(options, guidance_scale=1.0))
    assert plain == (17 if sampler == "heun" else 9)
    assert both is None or model.evaluations(options) == plain * (1 + both)
    assert both is not None or plain < model.evaluations(options) < 2 * plain


@pytest.mark.parametrize("none", [{"guidance_scale": 1.0}, {"guidance_start": 0.6, "guidance_end": 0.6}])
def test_scale_one_and_an_empty_interval_are_the_plain_model(tiny, none: dict) -> None:
    model = tiny("ddpm")

    def draw(against: str | None = None, **options: object) -> torch.Tensor:
        return drain(model.sample(Seeds(3, 3), model.Options(num_inference_steps=4, **options), against=against)).images

    plain = draw(guidance_scale=1.0)
    assert draw(**none).equal(plain) and draw(**none, against="a").equal(plain)
    assert not draw(guidance_scale=3.0).allclose(plain)
    assert not draw(guidance_scale=3.0, guidance_start=0.5).allclose(draw(guidance_scale=3.0))


def test_guidance_leads_away_from_nothing_or_from_a_class(tiny) -> None:
    model, told = tiny("ddpm"), torch.tensor([0, 1])
    x_t, t = torch.randn(2, 4, 4, 4), torch.tensor(500.0)
    with torch.inference_mode():
        output = model(x_t, t, told)
        for against, away in ((None, model.untold(told)), ("C", torch.tensor([2, 2]))):
            other = model(x_t, t, away)
            asked = against and model.asked(Seeds(0, 2), against)
            guided = model.guided(told, model.Options(guidance_scale=3.0), asked)(x_t, t)
            torch.testing.assert_close(guided, other + 3 * (output - other))


def test_a_class_to_avoid_that_there_is_not_is_refused(tiny) -> None:
    with pytest.raises(InvalidOption, match="There is no class 'd'"):
        drain(tiny("ddpm").sample(Seeds(), against="d"))


def test_more_steps_than_the_process_has_are_refused(tiny) -> None:
    model = tiny("ddpm", num_train_timesteps=10)
    with pytest.raises(InvalidOption, match="at most 10 for this model, not 11"):
        drain(model.sample(Seeds(), model.Options(num_inference_steps=11)))


def test_a_run_may_begin_with_noise_of_ones_own(tiny) -> None:
    model, seeds = tiny("ddpm"), Seeds(5, 2)
    options = model.Options(num_inference_steps=3)
    own = drain(model.sample(Seeds(0, 2), options, "b", start=model.noise(seeds.generators()))).images
    assert own.equal(drain(model.sample(seeds, options, "b")).images)


def test_no_schedule_of_another_name(tiny) -> None:
    with pytest.raises(Exception, match="beta_schedule must be one of"):
        tiny("ddpm", beta_schedule="spiral")
