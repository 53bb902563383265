"""Schedules against their closed forms, and where the steps lie."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generative.models.diffusion.process import SCHEDULES, SIGMA_MAX, SPACINGS, VariancePreserving
from tests.models.diffusion.gaussian import cosine

CLOSED = {
    # Nichol & Dhariwal 2021, eq. 17; the last β is cut at 0.999.
    "squaredcos_cap_v2": lambda s: math.cos((s / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2,
    # Ho et al. 2020, section 4.
    "linear": lambda s: math.prod(1 - (1e-4 + (0.02 - 1e-4) * i / 999) for i in range(s)),
    # Xu et al. 2022 (GeoDiff).
    "sigmoid": lambda s: math.prod(1 - (1e-4 + (0.02 - 1e-4) / (1 + math.exp(6 - 12 * i / 999))) for i in range(s)),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_is_its_closed_form(schedule: str) -> None:
    alpha_bar, closed = VariancePreserving(1000, schedule).alpha_bar, CLOSED[schedule]
    for t in (0, 1, 99, 500, 900, 998):
        assert float(alpha_bar[t]) == pytest.approx(closed(t + 1) / closed(0), rel=1e-3)


def test_level_keeps_the_variance_and_lies_between_its_neighbours() -> None:
    process = cosine()
    for t in (0.0, 0.4, 500.5, 998.9, 999.0):
        level = process.level(torch.tensor(t))
        assert float(level.alpha**2 + level.sigma**2) == pytest.approx(1)
        assert process.alpha_bar[math.ceil(t)] <= level.alpha**2 + 1e-15 <= process.alpha_bar[math.floor(t)] + 2e-15


def test_a_whole_timestep_is_the_table_to_the_bit() -> None:
    process = cosine()
    assert process.level(torch.arange(1000)).alpha.flatten().equal(process.alpha_bar.sqrt())


def test_what_the_network_is_taught_is_what_is_read_from_it() -> None:
    process, x0, eps = cosine(), torch.randn(3, 1, 2, 2), torch.randn(3, 1, 2, 2)
    level = process.level(torch.tensor([0, 500, 999]))
    estimate = process.estimate(level.noised(x0, eps), process.target(x0, eps, level), level)
    torch.testing.assert_close(estimate.x0, x0, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(estimate.eps, eps, atol=1e-5, rtol=1e-5)


@settings(max_examples=50, deadline=None)
@given(count=st.integers(1, 1000), spacing=st.sampled_from(SPACINGS))
def test_there_are_as_many_timesteps_as_steps_and_none_below_zero(count: int, spacing: str) -> None:
    timesteps = cosine().timesteps(count, spacing)
    assert len(timesteps) == count and timesteps.diff().lt(0).all()
    assert timesteps.min() >= 0 and timesteps.max() <= 999
    fractions = [cosine().fraction(float(t)) for t in timesteps]
    assert min(fractions) > 0 and max(fractions) <= 1


def test_even_steps_begin_with_pure_noise_and_are_whole_at_every_count() -> None:
    for count in range(1, 1001):
        timesteps = cosine().timesteps(count, "even").tolist()
        assert timesteps[0] == 999 and timesteps[-1] >= 0 and len(timesteps) == count
        gaps = {a - b for a, b in itertools.pairwise(timesteps)}
        assert not gaps or (min(gaps) >= 1 and max(gaps) - min(gaps) <= 1 and all(g == int(g) for g in gaps))


@pytest.mark.parametrize(("spacing", "power"), [("karras", lambda s: s ** (1 / 7)), ("log-snr", torch.log)])
def test_the_noise_is_spaced_as_the_papers_say(spacing: str, power) -> None:
    process = cosine()
    levels = process.level(process.timesteps(12, spacing))
    sigma = (levels.sigma / levels.alpha).flatten()
    assert float(sigma[0]) == pytest.approx(SIGMA_MAX, rel=0.02)
    gaps = power(sigma).diff()
    torch.testing.assert_close(gaps, gaps.mean().expand(11), rtol=0.02, atol=0)
