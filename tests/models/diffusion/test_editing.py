"""Noising, redrawing and inverting pictures."""

import pytest
import torch

from generative.errors import InvalidOption
from generative.models.model import drain
from generative.seeds import Seeds
from tests.models.diffusion.gaussian import MEAN, SPREAD, BestNetwork

KINDS = ("ddpm", "flow")


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, tiny):
    return tiny(request.param)


@pytest.fixture
def wise(model, monkeypatch: pytest.MonkeyPatch):
    """The model with the best network for pictures of normal pixels, whatever it is told."""
    network = BestNetwork(model.process)
    monkeypatch.setattr(model, "forward", lambda x_t, t, told: network(x_t, t.double()))
    return model


def pictures(count: int = 3) -> torch.Tensor:
    torch.manual_seed(1)
    return ((MEAN + SPREAD * torch.randn(count, 1, 8, 8)) / 2 + 0.5).clamp(0, 1)


def test_noising_follows_the_closed_form(model) -> None:
    images, seeds = pictures(), Seeds(4, 3)
    frames = list(model.noised(images, [0, 400, 999], seeds))
    assert [f.step for f in frames] == [1, 2, 3] and {f.total for f in frames} == {3}
    eps = model.noise(seeds.generators())
    for frame, t in zip(frames, (0, 400, 999), strict=True):
        level = model.process.level(torch.tensor(t))
        x_t = level.noised(model.fold(images), eps)
        assert frame.views["x_t"].images.equal(model.unfold(x_t))
        assert frame.figures["loss"].shape == (3,) and frame.figures["loss"].isfinite().all()


def test_a_little_noise_is_seen_through_and_much_is_not(wise) -> None:
    images = pictures()
    little, much = wise.noised(images, [10, 990], Seeds(0, 3))
    assert (little.images - images).abs().mean() < 0.1 < (much.images - images).abs().mean()


def test_what_is_not_told_is_not_told_in_whatever_form_that_comes(model) -> None:
    images, seeds = pictures(), Seeds(0, 3)
    bare, any_class, told = (drain(model.noised(images, [500], seeds, None, c)) for c in (None, {"class": None}, "a"))
    assert bare.images.equal(any_class.images) and not bare.images.equal(told.images)


@pytest.mark.parametrize("t", [-1, 1000, 2.5, None])
def test_a_timestep_out_of_the_process_is_refused(model, t: object) -> None:
    with pytest.raises(InvalidOption, match="t must be a whole number from 0 to 999"):
        drain(model.noised(pictures(), [t], Seeds(0, 3)))


def test_redrawing_takes_its_share_of_the_steps_and_keeps_more_with_less_strength(wise) -> None:
    images, options = pictures(), wise.Options(num_inference_steps=20)
    changes = []
    for strength, count in ((0.0, 1), (0.3, 6), (0.7, 14), (1.0, 20)):
        frames = list(wise.redraw(images, strength, Seeds(0, 3), options))
        assert len(frames) == count == frames[-1].total
        changes.append(float((frames[-1].images - images).abs().mean()))
    assert changes == sorted(changes) and changes[0] < 0.05


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan"), "all"])
def test_a_strength_out_of_range_is_refused(model, strength: object) -> None:
    with pytest.raises(InvalidOption, match="strength must be a number from 0 to 1"):
        drain(model.redraw(pictures(), strength, Seeds(0, 3)))


def round_trip(model, count: int) -> float:
    images, seeds = pictures(), Seeds(0, 3)
    sampler = {"sampler": "ddim"} if "ddim" in model.samplers else {}
    options = model.Options(num_inference_steps=count, guidance_scale=1.0, **sampler)
    noise = drain(model.invert(images, seeds, options, "a")).latents
    assert noise.shape == (3, *model.latent_shape) and noise.isfinite().all()
    return float((drain(model.sample(seeds, options, "a", start=noise)).images - images).abs().mean())


def test_an_inversion_returns_to_its_start_the_better_the_more_steps(wise) -> None:
    errors = [round_trip(wise, count) for count in (3, 10, 40)]
    assert errors[2] <= errors[0] + 1e-3 and errors[2] < 0.004, errors


def test_the_noise_of_an_inversion_is_normal(wise) -> None:
    images = pictures(200)
    options = wise.Options(num_inference_steps=40, guidance_scale=1.0)
    noise = drain(wise.invert(images, Seeds(0, 200), options)).latents
    assert float(noise.mean()) == pytest.approx(0, abs=0.05) and float(noise.std()) == pytest.approx(1, abs=0.1)


# ── drawing a picture anew ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_goes_to_its_noise_and_comes_back_whatever_the_seed(wise) -> None:
    images, options = pictures(1), wise.Options(num_inference_steps=30)
    frames = list(wise.edit(images, Seeds(5, 2), "invert", 0.0, options))
    assert [frame.step for frame in frames] == list(range(1, 61)) and {frame.total for frame in frames} == {60}
    assert frames[0].label.startswith("to its noise") and frames[-1].label.startswith("and back")
    assert all(frame.images.shape == (2, 1, 8, 8) for frame in frames)
    first, second = frames[-1].images
    assert first.equal(second) and float((first - images[0]).abs().mean()) < 0.005


def test_its_noise_moved_all_the_way_is_that_of_the_seed(model) -> None:
    options = model.Options(num_inference_steps=3, guidance_scale=3.0)
    moved = drain(model.edit(pictures(1), Seeds(5, 2), "invert", 1.0, options, "b")).images
    drawn = drain(model.sample(Seeds(5, 2), model.reversible(options), "b")).images
    torch.testing.assert_close(moved, drawn, atol=1e-4, rtol=0)


def test_several_pictures_each_keep_their_own_noise(wise) -> None:
    images, options = pictures(3), wise.Options(num_inference_steps=20)
    back = drain(wise.edit(images, Seeds(0, 3), "invert", 0.0, options)).images
    assert float((back - images).abs().mean()) < 0.02


def test_variations_differ_by_seed_and_the_more_the_stronger(wise) -> None:
    images, options = pictures(1), wise.Options(num_inference_steps=10)
    for way in ("redraw", "invert"):
        changes = []
        for strength in (0.2, 0.6, 1.0):
            drawn = drain(wise.edit(images, Seeds(0, 4), way, strength, options)).images
            assert not drawn[0].allclose(drawn[1])
            changes.append(float((drawn - images).abs().mean()))
        assert changes == sorted(changes), way


def test_a_way_that_is_none_is_refused(model) -> None:
    with pytest.raises(InvalidOption, match="way must be one of redraw, invert"):
        drain(model.edit(pictures(), Seeds(0, 3), "paint"))
