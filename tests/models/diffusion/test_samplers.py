"""Every sampler against a plain loop, against diffusers' own loop, and against what must be true of it."""

import itertools
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generative.models.diffusion.process import SPACINGS
from generative.models.diffusion.samplers import SAMPLERS, Moment, steps
from generative.models.model import drain
from generative.seeds import Seeds, normal
from tests.models.diffusion import plain_loops
from tests.models.diffusion.gaussian import MEAN, SPREAD, BestNetwork, best_x0, cosine, where_the_flow_leads

LOOPS = {
    "dpm-solver++": plain_loops.dpm_solver,
    "dpm-solver++3": partial(plain_loops.dpm_solver, order=3),
    "unipc": plain_loops.unipc,
    "ddim": plain_loops.ddim,
    "ddpm": plain_loops.ddpm,
    "euler": plain_loops.euler,
    "euler-ancestral": plain_loops.euler_ancestral,
    "heun": plain_loops.heun,
}
NOISY = {"ddpm", "euler-ancestral"}
COUNTS = (1, 2, 3, 5, 7, 10, 14, 15, 20, 37, 61, 100, 251, 501)


def run(name: str, count: int, size: int = 2, eta: float = 0.0, spacing: str = "", network=None) -> list[Moment]:
    process, sampler, generators = cosine(), SAMPLERS[name], Seeds(0, size).generators()
    timesteps = process.timesteps(count, spacing or sampler.spacing)
    x_t = normal(generators, 1, 4, 4)
    return list(steps(sampler, process, timesteps, network or BestNetwork(process), x_t, generators, eta))


def near(name: str, spacing: str) -> dict[str, float]:
    """Even steps begin at σ/α = 20,000, of which float32 leaves 0.002; Heun multiplies that."""
    if spacing == "even" and SAMPLERS[name].scaled:
        return {"atol": 1.0, "rtol": 0.05} if name == "heun" else {"atol": 5e-3, "rtol": 0.01}
    return {"atol": 5e-4, "rtol": 5e-4}


def test_every_sampler_has_a_loop_to_compare_with() -> None:
    assert set(LOOPS) == set(SAMPLERS)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("count", [1, 2, 3, 14, 15, 40])
@pytest.mark.parametrize(("name", "eta"), [*((name, 0.0) for name in SAMPLERS), ("ddim", 0.6), ("ddim", 1.0)])
def test_a_sampler_is_the_loop_of_its_paper(name: str, eta: float, count: int, spacing: str) -> None:
    process, generators = cosine(), Seeds(0, 2).generators()
    levels = [process.level(t) for t in process.timesteps(count, spacing)]
    x, loop = normal(generators, 1, 4, 4).double(), LOOPS[name]
    more = {"eta": eta} if name == "ddim" else {}
    wanted = loop(x, levels, best_x0, lambda: normal(generators, 1, 4, 4).double(), **more)
    drawn = run(name, count, eta=eta, spacing=spacing)[-1].x_t
    torch.testing.assert_close(drawn.double(), wanted, **near(name, spacing))


@pytest.mark.parametrize("count", [1, 10, 50])
@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_is_the_loop_of_diffusers_where_that_is_right(name: str, count: int) -> None:
    """At counts that divide 1000 diffusers' own timesteps are sound."""
    sampler, process, generators = SAMPLERS[name], cosine(), Seeds(0, 2).generators()
    network = BestNetwork(process)
    scheduler = sampler.kind(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        **sampler.settings,
    )
    scheduler.set_timesteps(count)
    x = normal(generators, 1, 4, 4) * scheduler.init_noise_sigma
    more = {"generator": generators} if name in {*NOISY, "ddim"} else {}
    for t in scheduler.timesteps:
        output = network(scheduler.scale_model_input(x, t), t)
        x = scheduler.step(output, t, x, **more).prev_sample
    torch.testing.assert_close(run(name, count, spacing="even")[-1].x_t, x, **near(name, "even"))


ANY = {"name": st.sampled_from(list(SAMPLERS)), "spacing": st.sampled_from(SPACINGS)}


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 1000), **ANY)
def test_a_scheduler_visits_exactly_the_timesteps_it_is_given(count: int, name: str, spacing: str) -> None:
    timesteps = cosine().timesteps(count, spacing)
    scheduler, visits = SAMPLERS[name].over(cosine(), timesteps), SAMPLERS[name].visits(timesteps)
    assert len(visits) == len(scheduler.timesteps) == (2 * count - 1 if name == "heun" else count)
    assert timesteps.flip(0)[scheduler.timesteps.long()].tolist() == visits
    assert min(visits) >= 0


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 70), **ANY)
def test_exactly_as_many_steps_as_asked_and_all_finite(count: int, name: str, spacing: str) -> None:
    network = BestNetwork(cosine())
    moments = run(name, count, size=1, spacing=spacing, network=network)
    assert [m.step for m in moments] == list(range(1, count + 1)) and {m.total for m in moments} == {count}
    assert network.asked == pytest.approx(SAMPLERS[name].visits(cosine().timesteps(count, spacing)))
    assert all(m.x_t.isfinite().all() and m.estimate.x0.isfinite().all() for m in moments)


@pytest.mark.parametrize("count", [*range(1, 16), 100, 501])
def test_ddim_with_all_its_noise_is_finite_at_every_count(count: int) -> None:
    assert run("ddim", count, eta=1.0)[-1].x_t.isfinite().all()


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - NOISY))
def test_more_steps_are_never_worse_on_the_way_to_where_the_flow_leads(name: str) -> None:
    process = cosine()
    start = normal(Seeds(0, 2).generators(), 1, 4, 4)
    level = process.level(process.timesteps(1, SAMPLERS[name].spacing)[0])
    end = where_the_flow_leads(start, level)
    counts = COUNTS[4:] if name == "heun" else COUNTS  # a second-order step across all of the noise overshoots
    errors = [float((run(name, count)[-1].x_t - end).abs().mean()) for count in counts]
    for i, error in enumerate(errors[1:], start=1):
        assert error <= 1.02 * min(errors[:i]) + 5e-3, dict(zip(counts, errors, strict=True))
    assert errors[-1] < 5e-3


@pytest.mark.parametrize(("name", "eta"), [("ddpm", 0.0), ("euler-ancestral", 0.0), ("ddim", 1.0), ("ddim", 0.5)])
def test_samplers_that_add_noise_draw_the_distribution_better_with_more_steps(name: str, eta: float) -> None:
    off = []
    for count in (2, 5, 20, 61, 201):
        drawn = run(name, count, size=300, eta=eta)[-1].x_t
        off.append(abs(float(drawn.std()) - SPREAD) + abs(float(drawn.mean()) - MEAN))
    assert all(b <= a + 0.02 for a, b in itertools.pairwise(off)), off
    assert off[-1] < 0.03


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_run_from_a_later_level_ends_where_the_flow_leads(name: str) -> None:
    """As image to image begins: with the last 30 of 60 timesteps."""
    process, sampler, generators = cosine(), SAMPLERS[name], Seeds(0, 400).generators()
    timesteps = process.timesteps(60, sampler.spacing)[30:]
    level, noise = process.level(timesteps[0]), normal(generators, 1, 4, 4)
    x_t = level.noised(MEAN + SPREAD * normal(generators, 1, 4, 4), noise)
    drawn = drain(steps(sampler, process, timesteps, BestNetwork(process), x_t, generators)).x_t
    assert float(drawn.mean()) == pytest.approx(MEAN, abs=0.02)
    assert float(drawn.std()) == pytest.approx(SPREAD, abs=0.04)


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_same_seeds_give_the_same_result(name: str) -> None:
    assert run(name, 7)[-1].x_t.equal(run(name, 7)[-1].x_t)


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_estimate_of_a_step_is_what_the_network_saw(name: str) -> None:
    moment = run(name, 6)[-1]
    torch.testing.assert_close(moment.x_t, moment.estimate.x0, atol=2e-4, rtol=1e-3)  # the last step goes all the way
