"""Autoguidance: away from what a smaller model, which has learnt less, says of the same."""

import pytest
import torch

from generative.errors import NotSupported
from generative.models.diffusion.by_another import BY_WORSE, FREE, HELPER, WORSE, kinds
from generative.models.diffusion.ddpm import DDPM
from generative.models.model import drain
from generative.seeds import Seeds

T, TOLD = torch.tensor(500.0), torch.tensor([0, 2])


@pytest.fixture
def model(tiny) -> DDPM:
    ddpm, small = tiny("ddpm"), tiny(WORSE, layers_per_block=2).requires_grad_(False)
    assert ddpm.suits(small)
    ddpm.helpers[WORSE] = small
    return ddpm


def draw(model: DDPM, **options: object) -> torch.Tensor:
    return drain(model.sample(Seeds(3, 3), model.Options(num_inference_steps=4, **options))).images


def test_the_network_goes_on_away_from_what_the_worse_one_says_of_the_same(model: DDPM) -> None:
    x_t = torch.randn(2, 4, 4, 4)
    with torch.inference_mode():
        own, worse = model(x_t, T, TOLD), model.worse(x_t, T, TOLD)
        led = model.guided(TOLD, model.Options(guided_by=BY_WORSE, guidance_scale=3.0))(x_t, T)
        torch.testing.assert_close(led, own + 2 * (own - worse))
        away = model.guided(TOLD, model.Options(guided_by=BY_WORSE, guidance_scale=3.0), away=TOLD.flip(0))(x_t, T)
        torch.testing.assert_close(away, own + 2 * (own - model.worse(x_t, T, TOLD.flip(0))))
    assert not own.allclose(worse, atol=1e-4)


def test_scale_one_an_empty_interval_and_a_model_that_is_no_worse_change_nothing(model: DDPM) -> None:
    plain = draw(model, guided_by=FREE, guidance_scale=1)
    assert plain.equal(draw(model, guided_by=BY_WORSE, guidance_scale=1))
    assert plain.equal(draw(model, guided_by=BY_WORSE, guidance_scale=4, guidance_end=0.0))
    assert not plain.allclose(draw(model, guided_by=BY_WORSE, guidance_scale=4))
    model.helpers[WORSE] = model
    torch.testing.assert_close(plain, draw(model, guided_by=BY_WORSE, guidance_scale=4))


@pytest.mark.parametrize(("sampler", "passes"), [("ddim", 6), ("heun", 11)])
def test_passes_of_the_worse_model_are_counted_apart(model: DDPM, sampler: str, passes: int) -> None:
    seen = {"own": 0, "worse": 0}
    model.unet.register_forward_pre_hook(lambda _, given: seen.update(own=seen["own"] + len(given[0])))
    model.worse.unet.register_forward_pre_hook(lambda _, given: seen.update(worse=seen["worse"] + len(given[0])))
    about = {"sampler": sampler, "num_inference_steps": 6, "guidance_scale": 2.0, "guidance_end": 0.6}
    options = model.Options(guided_by=BY_WORSE, **about)
    drain(model.sample(Seeds(0, 2), options))
    assert (seen["own"], seen["worse"]) == (2 * model.evaluations(options), 2 * model.helper_passes(options))
    assert model.evaluations(options) == passes and 0 < model.helper_passes(options) < passes


def test_only_a_model_of_the_same_pictures_noise_and_words_can_help(tiny) -> None:
    ddpm = tiny("ddpm")
    others = {"told": ()}, {"size": 16}, {"image_channels": 3}, {"beta_schedule": "linear"}, {"num_train_timesteps": 50}
    assert not any(ddpm.suits(tiny(WORSE, **changes)) for changes in others)
    assert not ddpm.suits(tiny("vae"))
    assert kinds([]) == (FREE,) and kinds([WORSE]) == (FREE, BY_WORSE) and len(kinds([HELPER, WORSE])) == 3
    with pytest.raises(NotSupported, match=f"Train one: python -m generative train <dataset>/{WORSE}") as refused:
        draw(ddpm, guided_by=BY_WORSE)
    assert refused.value.field == "guided_by"
