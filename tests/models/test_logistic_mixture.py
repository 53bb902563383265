"""The mixture's likelihood: exact, whole, and finite wherever the network may go."""

import pytest
import torch
from torch import Tensor

from generative.models.autoregressive.logistic_mixture import LogisticMixture, first_bias, width_of
from generative.models.model import to_bytes

K = 4


def pixels(channels: int, count: int = 64) -> Tensor:
    """(N, C, 6): random values, and in the first two places black and white."""
    images = torch.randint(0, 256, (count, channels, 6), generator=torch.Generator().manual_seed(1)).double() / 255
    images[..., 0], images[..., 1] = 0, 1
    return images


def mixture(channels: int, spread: float = 1.0, dtype: torch.dtype = torch.float64) -> LogisticMixture:
    noise = torch.randn(64, width_of(K, channels), 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    output = spread * noise + first_bias(K, channels, anchored=0).double()[:, None]
    return LogisticMixture.of(output.to(dtype), K, channels)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_every_table_sums_to_one(channels, dtype, tolerance) -> None:
    for spread in (0.1, 1.0, 10.0, 1e4):
        p, images = mixture(channels, spread, dtype), pixels(channels).to(dtype)
        for channel in range(channels):
            total = p.table(images, channel).exp().sum(1)
            torch.testing.assert_close(total, torch.ones_like(total), atol=tolerance, rtol=0)


@pytest.mark.parametrize("channels", [1, 3])
def test_surprise_is_what_the_tables_say(channels) -> None:
    p, images = mixture(channels), pixels(channels)
    tables = torch.stack([p.table(images, channel) for channel in range(channels)], 1)
    said = -tables.log_softmax(2).gather(2, to_bytes(images)[:, :, None])[:, :, 0]
    torch.testing.assert_close(p.nats(images), said)


def test_the_surprise_of_a_pixel_is_that_of_the_mixture_written_out() -> None:
    """Equations 1 to 3 with differences of sigmoids, at wide scales, where these still have digits."""
    p, images = mixture(3), pixels(3)
    p = LogisticMixture(p.log_weights, p.means, p.log_scales + 3, p.pull)
    (r, g, b), (alpha, beta, gamma) = images[:, :, None].unbind(1), p.pull.unbind(1)
    red, green, blue = p.means.unbind(1)
    means = red, green + alpha * (r - red), blue + beta * (r - red) + gamma * (g - green)
    likelihood = p.log_weights.exp()
    for x, mean, log_scale in zip((r, g, b), means, p.log_scales.unbind(1), strict=True):
        below = torch.where(x > 0, torch.sigmoid((x - mean - 1 / 510) / log_scale.exp()), 0)
        up_to = torch.where(x < 1, torch.sigmoid((x - mean + 1 / 510) / log_scale.exp()), 1)
        mass = up_to - below
        mass[:, -1] = 1 / 256  # the last component is uniform
        likelihood = likelihood * mass
    torch.testing.assert_close(p.nats(images).sum(1), -likelihood.sum(1).log(), rtol=1e-6, atol=0)


@pytest.mark.parametrize("spread", [10.0, 1e3, 1e6])
def test_surprise_and_its_gradient_stay_finite_at_extreme_means_and_scales(spread) -> None:
    noise = torch.randn(64, width_of(K, 3), 6, generator=torch.Generator().manual_seed(2))
    output = (spread * noise).requires_grad_()
    nats = LogisticMixture.of(output, K, 3).nats(pixels(3).float())
    nats.sum().backward()
    assert nats.isfinite().all() and output.grad.isfinite().all() and output.grad.any()


def test_parameters_in_half_precision_are_computed_in_single() -> None:
    p = mixture(3, dtype=torch.bfloat16)
    assert p.nats(pixels(3).float()).dtype == torch.float32
