"""Guidance by a classifier that knows noise."""

import pytest
import torch

from generative.conditions import Attributes
from generative.errors import NotSupported
from generative.models.diffusion.by_another import BY_CLASSIFIER, FREE, HELPER
from generative.models.diffusion.ddpm import DDPM
from generative.models.model import drain
from generative.seeds import Seeds

T, TOLD = torch.tensor(500.0), torch.tensor([0, 2])


@pytest.fixture
def model(tiny) -> DDPM:
    ddpm, classifier = tiny("ddpm"), tiny(HELPER).requires_grad_(False)
    assert ddpm.suits(classifier)
    ddpm.helpers[HELPER] = classifier
    return ddpm


def slope(model: DDPM, x_t: torch.Tensor, told: torch.Tensor, away: torch.Tensor | None = None) -> torch.Tensor:
    return model.slope(model.classifier, x_t, model.process.level(T), told, away)


def draw(model: DDPM, **options: object) -> torch.Tensor:
    return drain(model.sample(Seeds(3, 3), model.Options(num_inference_steps=4, **options))).images


def test_the_slope_is_that_of_finite_differences(model: DDPM) -> None:
    level = model.process.level(T)
    x_t, direction, step = torch.randn(2, 4, 4, 4), torch.randn(2, 4, 4, 4), 0.02

    def log_p(x: torch.Tensor) -> torch.Tensor:
        return model.classifier.log_probability(model.classifier(model.flat(x), level), TOLD).double()

    found = (slope(model, x_t, TOLD) * direction).sum((1, 2, 3)).double()
    near = (log_p(x_t + step * direction) - log_p(x_t - step * direction)) / (2 * step)
    torch.testing.assert_close(found, near, rtol=0.02, atol=1e-5)
    assert found.abs().min() > 1e-4


def test_the_noise_that_is_seen_is_less_by_the_slope(model: DDPM) -> None:
    x_t, level = torch.randn(2, 4, 4, 4), model.process.level(T)
    options = model.Options(guided_by=BY_CLASSIFIER, guidance_scale=3.0)
    with torch.inference_mode():
        plain = model.process.estimate(x_t, model(x_t, T, model.untold(TOLD)), level)
        led = model.process.estimate(x_t, model.guided(TOLD, options)(x_t, T), level)
        torch.testing.assert_close(led.eps, plain.eps - 3 * level.sigma.float() * slope(model, x_t, TOLD))
        assert not led.eps.allclose(plain.eps, atol=1e-4)


def test_what_is_not_told_has_no_slope_and_what_is_avoided_the_opposite(model: DDPM, tiny) -> None:
    x_t = torch.randn(2, 4, 4, 4)
    assert not slope(model, x_t, model.untold(TOLD)).any()
    torch.testing.assert_close(slope(model, x_t, model.untold(TOLD), TOLD), -slope(model, x_t, TOLD))
    groups = Attributes((("hat", ("red", "tall")), ("eye", ("one", "two", "six"))))
    faces = tiny("ddpm", told=(groups,))
    faces.helpers[HELPER] = tiny(HELPER, labels=("hat: red", "hat: tall", "eye: one", "eye: two", "eye: six"))
    assert faces.suits(faces.helpers[HELPER]) and not faces.suits(tiny(HELPER))
    both, hat, eye = (slope(faces, x_t, torch.tensor([told] * 2)) for told in ([1, 2], [1, -1], [-1, 2]))
    torch.testing.assert_close(both, hat + eye)


def test_scale_zero_and_an_empty_interval_are_the_model_that_is_told_nothing(model: DDPM) -> None:
    plain = draw(model, guided_by=BY_CLASSIFIER, guidance_scale=0)
    assert plain.equal(draw(model, guided_by=BY_CLASSIFIER, guidance_scale=9, guidance_end=0.0))
    assert plain.equal(draw(model, guided_by=FREE, guidance_scale=0))
    assert not plain.allclose(draw(model, guided_by=BY_CLASSIFIER, guidance_scale=9))


@pytest.mark.parametrize(("sampler", "scale"), [("ddim", 2.0), ("heun", 2.0), ("ddim", 0.0)])
def test_passes_of_the_classifier_are_counted_apart(model: DDPM, sampler: str, scale: float) -> None:
    about = {"sampler": sampler, "num_inference_steps": 6, "guidance_scale": scale, "guidance_end": 0.6}
    seen: dict[str, int] = {"network": 0, "classifier": 0}

    def count(name: str, images: torch.Tensor) -> None:
        seen[name] += len(images)

    model.unet.register_forward_pre_hook(lambda _, given: count("network", given[0]))
    model.classifier.register_forward_pre_hook(lambda _, given: count("classifier", given[0]))
    for kind in (FREE, BY_CLASSIFIER):
        options = model.Options(guided_by=kind, **about)
        drain(model.sample(Seeds(0, 2), options))
        assert (seen["network"], seen["classifier"]) == (
            2 * model.evaluations(options),
            2 * model.helper_passes(options),
        )
        seen.update(network=0, classifier=0)
    assert model.evaluations(options) == (11 if sampler == "heun" else 6)
    assert (model.helper_passes(options) > 0) == (scale > 0)


def test_without_a_classifier_beside_it_the_remedy_is_told(tiny) -> None:
    with pytest.raises(NotSupported, match="Train one: python -m generative train") as refused:
        draw(tiny("ddpm"), guided_by=BY_CLASSIFIER)
    assert refused.value.field == "guided_by"


def test_the_noisier_the_less_a_pixel_says(tiny) -> None:
    classifier, told = tiny(HELPER), torch.tensor([1])
    x = torch.randn(1, 1, 8, 8).requires_grad_()
    sizes = []
    for t in (100, 900, 999):
        log_p = classifier.log_probability(classifier(x, classifier.process.level(torch.tensor(t))), told)
        sizes.append(float(torch.autograd.grad(log_p.sum(), x)[0].norm()))
    assert sizes[0] > 3 * sizes[1] > 30 * sizes[2]
