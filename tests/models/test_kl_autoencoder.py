"""The first half of latent diffusion: what is special to it beside what holds for every autoencoder."""

from collections.abc import Callable

import pytest
import torch

from generative.errors import InvalidOption
from generative.models.autoencoders.kl_autoencoder import KLAutoencoder, KLAutoencoderConfig
from generative.models.model import Model

Tiny = Callable[..., Model]


def test_latents_keep_a_sixteenth_of_the_places_in_four_channels() -> None:
    model = KLAutoencoder(KLAutoencoderConfig(size=64, image_channels=3)).eval()
    assert model.shrink(torch.rand(1, 3, 64, 64)).shape == (1, 4, 16, 16)
    assert model.dims == 1024


def test_a_size_that_does_not_halve_is_refused() -> None:
    with pytest.raises(InvalidOption, match="multiple of 4"):
        KLAutoencoderConfig(size=30)


def test_what_was_measured_has_mean_0_and_variance_1_in_every_channel(tiny: Tiny) -> None:
    model, images = tiny("kl-autoencoder"), torch.rand(50, 1, 8, 8)
    before = model.draw(model.shrink(images))
    model.measure(model.distribution(images)[0])
    latents = model.shrink(images)
    torch.testing.assert_close(latents.mean((0, 2, 3)), torch.zeros(2), atol=1e-4, rtol=0)
    torch.testing.assert_close(latents.std((0, 2, 3)), torch.ones(2))
    torch.testing.assert_close(model.draw(latents), before, msg="decoding goes the same way back")


def test_the_linear_decoder_is_the_one_of_least_error(tiny: Tiny) -> None:
    model, latents = tiny("kl-autoencoder"), torch.randn(40, 2, 4, 4)
    truth = torch.nn.Conv2d(2, 4, 3, padding=1)
    images = torch.nn.functional.pixel_shuffle(truth(latents), 2).detach() * 0.1 + 0.5
    model.fit(latents, images)
    torch.testing.assert_close(model.preview(latents), images.clamp(0, 1), atol=1e-3, rtol=0)


def test_posteriors_pay_for_what_they_tell(tiny: Tiny) -> None:
    model = tiny("kl-autoencoder")
    learnt = model(torch.rand(3, 1, 8, 8))
    assert learnt.images.shape == (3, 1, 8, 8) and float(learnt.kl.detach()) >= 0
