"""Masks, exactness and the incremental sampler."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generative.errors import InvalidOption
from generative.models.autoregressive.gated_pixelcnn import GatedPixelCNN
from generative.models.autoregressive.incremental import GatedSweep
from generative.models.model import drain, to_bytes
from generative.seeds import Seeds


def test_no_pixel_depends_on_itself_or_a_later_one_and_all_earlier_ones_count(tiny) -> None:
    model = tiny("gated-pixelcnn", channels=8, size=7, dilations=[1, 1, 1, 1]).double()
    images = torch.rand(1, 1, 7, 7, dtype=torch.float64, requires_grad=True)
    logits = model(images, torch.tensor([1]))
    for row, column in [(0, 0), (0, 4), (3, 0), (3, 3), (6, 6)]:
        (gradient,) = torch.autograd.grad(logits[0, :, row, column].square().sum(), images, retain_graph=True)
        seen = gradient[0, 0].flatten() != 0
        here = row * 7 + column
        assert not seen[here:].any()
        assert seen[:here].all()  # no blind spot


@settings(max_examples=12, deadline=None)
@given(
    kernel=st.sampled_from([3, 5, 7]),
    dilations=st.lists(st.integers(1, 3), max_size=3),
    size=st.integers(4, 9),
    channels=st.integers(1, 5),
    count=st.integers(1, 3),
    frequencies=st.integers(0, 3),
)
def test_the_incremental_sampler_computes_what_the_network_computes(
    tiny, kernel, dilations, size, channels, count, frequencies
) -> None:
    config = {"first_kernel": kernel, "dilations": dilations, "channels": channels, "frequencies": frequencies}
    model = tiny("gated-pixelcnn", size=size, **config).double()
    images, labels = torch.rand(count, 1, size, size, dtype=torch.float64), torch.arange(count) % 3
    with torch.inference_mode():
        sweep = GatedSweep(model, images, labels)
        pixels = [sweep.logits(r, c, 0) for r in range(size) for c in range(size)]
        torch.testing.assert_close(torch.stack(pixels, -1).view(count, 256, size, size), model(images, labels))


def test_completion_keeps_known_pixels_bit_for_bit(tiny) -> None:
    model, known = tiny("gated-pixelcnn"), torch.rand(1, 1, 8, 8)
    mask = torch.zeros(8, 8, dtype=torch.bool)
    mask[3:6, 2:7] = True
    images = drain(model.complete(known, mask, Seeds(0, 3))).images
    assert images[..., ~mask].equal(known[..., ~mask].expand(3, -1, -1))
    assert not images[0][..., mask].equal(images[1][..., mask])


def test_completing_everything_is_sampling(tiny) -> None:
    model = tiny("gated-pixelcnn")
    everything = torch.ones(8, 8, dtype=torch.bool)
    completed = drain(model.complete(torch.rand(1, 1, 8, 8), everything, Seeds(4, 2))).images
    assert completed.equal(drain(model.sample(Seeds(4, 2))).images)


def test_a_mask_of_another_size_is_refused(tiny) -> None:
    with pytest.raises(InvalidOption, match=r"mask must be a bool tensor of shape \(8, 8\)"):
        drain(tiny("gated-pixelcnn").complete(torch.rand(1, 1, 8, 8), torch.ones(4, 4, dtype=torch.bool), Seeds(0)))


def test_probabilities_of_all_images_of_one_pixel_sum_to_one(tiny) -> None:
    model = tiny("gated-pixelcnn", size=1)
    everything = (torch.arange(256) / 255).view(256, 1, 1, 1)
    bits = model.score(everything, torch.zeros(256, dtype=torch.long)).bits_per_dim
    assert math.isclose(float((2.0**-bits).sum()), 1, rel_tol=1e-4)


def test_without_a_class_the_likelihood_is_the_mean_over_all_classes(tiny) -> None:
    model, images = tiny("gated-pixelcnn"), torch.rand(2, 1, 8, 8)
    as_each = torch.stack([-model.score(images, torch.full((2,), k)).nats for k in range(3)])
    mixed = model.score(images)
    torch.testing.assert_close(-mixed.nats, as_each.logsumexp(0) - math.log(3))
    torch.testing.assert_close(mixed.posterior, as_each.softmax(0).T, atol=1e-3, rtol=0)
    torch.testing.assert_close(mixed.parts.sum((1, 2, 3)), mixed.nats)
    assert mixed.kind == "exact" and mixed.told is None


def test_without_a_class_probabilities_of_all_images_sum_to_one_too(tiny) -> None:
    everything = (torch.arange(256) / 255).view(256, 1, 1, 1)
    nats = disturbed(tiny("gated-pixelcnn", size=1)).score(everything).nats
    assert math.isclose(float((-nats).exp().sum()), 1, rel_tol=1e-4)


def test_without_a_class_a_pixel_is_expected_with_the_probability_that_its_surprise_says(tiny) -> None:
    model, images = disturbed(tiny("gated-pixelcnn", size=4)), torch.rand(1, 1, 4, 4)
    parts = model.score(images).parts[0, 0]
    values = to_bytes(images)[0, 0]
    for row, column in ((0, 0), (1, 3), (3, 2)):
        table = model.distribution(images[0], row, column)[0]
        assert math.isclose(float(table.sum()), 1, rel_tol=1e-5)
        assert math.isclose(float(-table[values[row, column]].log()), float(parts[row, column]), rel_tol=1e-3)


def disturbed(model: GatedPixelCNN) -> GatedPixelCNN:
    """Every weight is moved, so that classes differ."""
    for weight in model.requires_grad_(False).parameters():
        weight.add_(0.3 * torch.randn_like(weight))
    return model


def test_a_low_temperature_draws_the_likeliest_values(tiny) -> None:
    model = tiny("gated-pixelcnn")
    cold = [drain(model.sample(Seeds(s, 1), model.Options(temperature=0.1), "a")).images for s in range(8)]
    warm = [drain(model.sample(Seeds(s, 1), model.Options(temperature=2.0), "a")).images for s in range(8)]
    assert torch.cat(cold)[:, 0, 0, 0].unique().numel() <= torch.cat(warm)[:, 0, 0, 0].unique().numel()
