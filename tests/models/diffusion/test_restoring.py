"""What is known of a picture, and restoring it so that what is known stays."""

import pytest
import torch

from generative.errors import InvalidOption, InvalidPicture
from generative.models.diffusion.restoring import Measurement
from generative.models.model import drain
from generative.seeds import Seeds
from tests.models.diffusion.gaussian import BestNetwork

HOLE = torch.zeros(8, 8, dtype=torch.bool)
HOLE[2:5, 3:7] = True

DEGRADED = {
    "x2": {"factor": 2},
    "x4": {"factor": 4},
    "grey": {"grey": True},
    "hole": {"hole": HOLE},
    "grey x4": {"factor": 4, "grey": True},
    "x2 with a hole": {"factor": 2, "hole": HOLE},
    "grey with a hole": {"grey": True, "hole": HOLE},
}


def colours(count: int = 2) -> torch.Tensor:
    return torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("degraded", DEGRADED.values(), ids=DEGRADED)
def test_spreading_is_the_pseudo_inverse_of_measuring(degraded: dict) -> None:
    measurement, images = Measurement((3, 8, 8), **degraded), colours().double()
    known = measurement.measure(images)
    torch.testing.assert_close(measurement.measure(measurement.spread(known)), known)  # A A† = I
    within = measurement.spread(known)
    assert float((within * (images - within)).sum().abs()) < 1e-9  # A†A projects at right angles


def test_blocks_and_grey_are_means() -> None:
    images = colours()
    blocks = Measurement((3, 8, 8), factor=4).measure(images)
    torch.testing.assert_close(blocks.view(2, 3, 2, 2), torch.nn.functional.avg_pool2d(images, 4))
    torch.testing.assert_close(Measurement((3, 8, 8), grey=True).measure(images).view(2, 8, 8), images.mean(1))


@pytest.mark.parametrize("degraded", DEGRADED.values(), ids=DEGRADED)
def test_fitting_keeps_what_is_known_and_stays_between_black_and_white(degraded: dict) -> None:
    measurement = Measurement((3, 8, 8), **degraded)
    known = measurement.measure(colours())
    fitted = measurement.fitted(colours(2).flip(0) * 3 - 1, known)
    assert fitted.min() >= 0 and fitted.max() <= 1
    torch.testing.assert_close(measurement.measure(fitted), known, atol=1e-6, rtol=0)


def test_a_hole_as_large_as_the_picture_is_refused() -> None:
    with pytest.raises(InvalidPicture, match="Nothing of the picture is left"):
        Measurement((1, 8, 8), hole=torch.ones(8, 8, dtype=torch.bool))


@pytest.mark.parametrize("kind", ["ddpm", "flow"])
@pytest.mark.parametrize("degraded", DEGRADED.values(), ids=DEGRADED)
def test_restoring_keeps_what_is_known_exactly(tiny, kind: str, degraded: dict) -> None:
    model, measurement = tiny(kind, image_channels=3), Measurement((3, 8, 8), **degraded)
    known = measurement.measure(colours())
    frames = list(model.restored(known, measurement, Seeds(0, 2), model.Options(num_inference_steps=3), travel=2))
    assert [frame.step for frame in frames] == [1, 2, 3]
    for frame in frames:
        torch.testing.assert_close(measurement.measure(frame.images), known, atol=1e-6, rtol=0)
    assert frames[-1].images.shape == (2, 3, 8, 8)


@pytest.mark.parametrize("kind", ["ddpm", "flow"])
def test_inpainting_keeps_the_known_pixels_to_the_bit_and_invents_by_seed(tiny, kind: str) -> None:
    model, image = tiny(kind, image_channels=3), colours(1)
    options = model.Options(num_inference_steps=3)
    drawn = drain(model.complete(image, HOLE, Seeds(0, 3), options, "b")).images
    assert drawn[:, :, ~HOLE].equal(image.expand(3, -1, -1, -1)[:, :, ~HOLE])
    assert not drawn[0].allclose(drawn[1])
    assert drawn.equal(drain(model.complete(image, HOLE, Seeds(0, 3), options, "b")).images)


@pytest.mark.parametrize("kind", ["ddpm", "flow"])
@pytest.mark.parametrize("degraded", [{}, {"factor": 2}], ids=["noise", "x2 with noise"])
def test_removing_noise_is_better_than_what_was_measured(tiny, kind: str, degraded: dict, monkeypatch) -> None:
    """With the best network for normal pixels; what was measured is itself off by 0.2."""
    model = tiny(kind)
    network = BestNetwork(model.process)
    monkeypatch.setattr(model, "forward", lambda x_t, t, told: network(x_t, t.double()))
    torch.manual_seed(0)
    images = (0.65 + 0.25 * torch.randn(60, 1, 8, 8)).clamp(0, 1)
    measurement = Measurement((1, 8, 8), noise=0.2, **degraded)
    known = measurement.measure(images)
    known = known + 0.2 * torch.randn_like(known)
    drawn = drain(model.restored(known, measurement, Seeds(0, 60), model.Options(num_inference_steps=20))).images
    off = (measurement.measure(drawn) - measurement.measure(images)).square().mean().sqrt()
    assert float(off) < 0.18


@pytest.mark.parametrize("kind", ["ddpm", "flow"])
def test_a_class_that_may_be_any_is_told_nothing(tiny, kind: str) -> None:
    """Of a picture that is there, the class whose turn it is would mostly be the wrong one."""
    model, image, options = tiny(kind, image_channels=3), colours(1), {"num_inference_steps": 2}
    drawn = []
    for condition, scale in ((None, 1), ({"class": None}, 3), ({"class": "b"}, 3)):
        wish = model.Options(**options, guidance_scale=scale)
        drawn.append(drain(model.complete(image, HOLE, Seeds(0, 2), wish, condition)).images)
    assert drawn[0].equal(drawn[1]) and not drawn[0].equal(drawn[2])


def test_where_nothing_is_known_a_picture_is_drawn_from_nothing(tiny) -> None:
    model, options = tiny("ddpm"), {"num_inference_steps": 3}
    everything, wish = torch.ones(8, 8, dtype=torch.bool), (Seeds(0, 2), model.Options(**options))
    drawn = drain(model.complete(torch.zeros(1, 1, 8, 8), everything, *wish)).images
    assert drawn.equal(drain(model.sample(*wish)).images)


def test_a_picture_is_spoiled_in_the_same_way_for_all_seeds(tiny) -> None:
    model, options = tiny("ddpm"), {"num_inference_steps": 3}
    picture = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    spoil = {"factor": 2, "mask": HOLE}
    drawn = drain(model.restore(picture, Seeds(0, 3), **spoil, options=model.Options(**options))).images
    measurement = Measurement((1, 8, 8), factor=2, hole=HOLE)
    known = measurement.measure(picture).expand(3, -1)
    torch.testing.assert_close(measurement.measure(drawn), known, atol=1e-6, rtol=0)
    assert not drawn[0].allclose(drawn[1])
    alone = drain(model.restore(picture, Seeds(1), **spoil, options=model.Options(**options))).images
    torch.testing.assert_close(drawn[1:2], alone, atol=1e-4, rtol=0)


def test_the_noise_of_a_measurement_is_always_the_same_and_as_strong_as_said() -> None:
    measurement, images = Measurement((3, 8, 8), noise=0.2), colours(2)
    noise = measurement.taken(images) - measurement.measure(images)
    torch.testing.assert_close(noise[0], noise[1])
    assert float(noise.std()) == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize("spoil", [{}, {"factor": 1}, {"grey": True}], ids=str)
def test_a_picture_of_which_nothing_is_lost_is_refused(tiny, spoil: dict) -> None:
    with pytest.raises(InvalidOption, match="nothing of the picture is taken away"):
        drain(tiny("ddpm").restore(torch.zeros(1, 1, 8, 8), Seeds(0), **spoil))


@pytest.mark.parametrize(("spoil", "field"), [({"factor": 0}, "factor"), ({"noise": -1}, "noise")])
def test_a_measurement_that_cannot_be_is_refused_by_name(spoil: dict, field: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        Measurement((1, 8, 8), **spoil)
    assert caught.value.field == field
