"""Rectified flow: its process, its samplers, and drawing with it."""

from itertools import pairwise

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FlowMatchHeunDiscreteScheduler

from generative.models.diffusion.process import CLEAN, Straight
from generative.models.diffusion.samplers import FLOW_SAMPLERS, steps
from generative.models.model import drain
from generative.seeds import Seeds, normal
from tests.models.diffusion.gaussian import BestNetwork, where_the_flow_leads

FLOW = Straight(1000)


def run(name: str, count: int, network=None) -> torch.Tensor:
    generators = Seeds(0, 2).generators()
    x_t = normal(generators, 1, 4, 4)
    return drain(
        steps(FLOW_SAMPLERS[name], FLOW, FLOW.timesteps(count), network or BestNetwork(FLOW), x_t, generators)
    ).x_t


def plain(x: torch.Tensor, count: int, heun: bool) -> torch.Tensor:
    """dx/dt = u from t = 1 to 0 in even steps."""
    network = BestNetwork(FLOW)
    times = [k / count for k in range(count, -1, -1)]
    for t, after in pairwise(times):
        u = network(x, torch.tensor(1000 * t))
        if heun and after:
            u = (u + network(x + (after - t) * u, torch.tensor(1000 * after))) / 2
        x = x + (after - t) * u
    return x


def test_the_line_is_straight_and_the_velocity_its_direction() -> None:
    x0, eps, t = torch.randn(3, 1, 2, 2), torch.randn(3, 1, 2, 2), torch.tensor([1.0, 500.0, 1000.0])
    level = FLOW.level(t)
    x_t = level.noised(x0, eps)
    torch.testing.assert_close(x_t, x0 + (t / 1000)[:, None, None, None] * (eps - x0))
    estimate = FLOW.estimate(x_t, FLOW.target(x0, eps, level), level)
    torch.testing.assert_close(estimate.x0, x0)
    torch.testing.assert_close(estimate.eps, eps)
    assert float(CLEAN.sigma) == 0


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20, 61])
@pytest.mark.parametrize("name", FLOW_SAMPLERS)
def test_a_sampler_is_the_plain_loop_and_makes_as_many_evaluations_as_told(name: str, count: int) -> None:
    network = BestNetwork(FLOW)
    drawn = run(name, count, network)
    start = normal(Seeds(0, 2).generators(), 1, 4, 4)
    torch.testing.assert_close(drawn, plain(start, count, name == "heun"), atol=1e-4, rtol=1e-4)
    assert network.asked == pytest.approx(FLOW_SAMPLERS[name].visits(FLOW.timesteps(count)), rel=1e-5)
    assert len(network.asked) == (2 * count - 1 if name == "heun" else count) and min(network.asked) > 0


@pytest.mark.parametrize("kind", [FlowMatchEulerDiscreteScheduler, FlowMatchHeunDiscreteScheduler])
def test_a_sampler_is_the_loop_of_diffusers(kind: type) -> None:
    """Their last step is from 1/1000, so theirs and ours agree where the steps are 1000."""
    scheduler, network = kind(), BestNetwork(FLOW)
    scheduler.set_timesteps(1000)
    x = normal(Seeds(0, 2).generators(), 1, 4, 4)
    for t in scheduler.timesteps:
        x = scheduler.step(network(x, t), t, x).prev_sample
    name = "heun" if kind is FlowMatchHeunDiscreteScheduler else "euler"
    torch.testing.assert_close(run(name, 1000), x, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", FLOW_SAMPLERS)
def test_more_steps_are_never_worse(name: str) -> None:
    start = normal(Seeds(0, 2).generators(), 1, 4, 4)
    end = where_the_flow_leads(start, FLOW.level(torch.tensor(1000.0)))
    errors = [float((run(name, count) - end).abs().mean()) for count in (1, 2, 3, 5, 10, 20, 61, 201)]
    assert all(after <= 1.02 * before + 2e-3 for before, after in pairwise(errors)), errors
    assert errors[-1] < 5e-3


def test_frames_views_and_guidance_are_those_of_the_family(tiny) -> None:
    model = tiny("flow")
    options = model.Options(num_inference_steps=4, sampler="heun", guidance_start=0.3)
    frames = list(model.sample(Seeds(0, 2), options))
    assert [f.step for f in frames] == [1, 2, 3, 4] and set(frames[0].views) == {"x_t", "x0", "noise"}
    assert model.evaluations(options) == 7 + 5  # at t 1, .75, .75, .5, .5 with guidance, at .25, .25 without
