"""Chains that roll down energies whose every valley is known."""

import torch
from torch import Tensor

from generative.models.energy.descent import FARTHEST, Pace, descend
from generative.models.model import drain
from generative.seeds import Seeds, normal


def bowl(width: float):
    """The energy whose exp(−E) is a Gaussian of that standard deviation."""

    def slope(x: Tensor) -> tuple[Tensor, Tensor]:
        return x.square().flatten(1).sum(1) / (2 * width**2), x / width**2

    return slope


def from_noise(count: int, *shape: int) -> tuple[Tensor, list[torch.Generator]]:
    generators = Seeds(0, count).generators()
    return normal(generators, *shape), generators


def test_langevin_dynamics_reaches_the_variance_of_a_gaussian() -> None:
    x, generators = from_noise(64, 64)
    for width in (0.5, 2.0):
        last = drain(descend(bowl(width), x, Pace(800, 0.02 * width**2, temperature=1.0), generators))
        assert abs(float(last.x.std()) / width - 1) < 0.03


def test_the_noise_is_a_temperature() -> None:
    x, generators = from_noise(64, 64)
    last = drain(descend(bowl(1.0), x, Pace(400, 0.02, temperature=0.25), generators))
    assert abs(float(last.x.std()) - 0.5) < 0.02


def test_momentum_gets_down_a_flat_valley_in_fewer_steps() -> None:
    x, generators = from_noise(4, 16)
    ends = [float(drain(descend(bowl(1.0), x, Pace(30, 0.02, mu), generators)).energy.mean()) for mu in (0.0, 0.7)]
    assert ends[1] < ends[0] / 5


def test_each_moment_has_the_energy_and_the_slope_of_its_own_place() -> None:
    x, generators = from_noise(3, 5)
    moments = list(descend(bowl(1.5), x, Pace(6, 0.1, 0.5), generators))
    assert [m.step for m in moments] == list(range(1, 7)) and moments[-1].total == 6
    for moment in moments:
        energy, gradient = bowl(1.5)(moment.x)
        assert moment.energy.equal(energy) and moment.gradient.equal(gradient)


def test_a_chain_that_explodes_is_stopped_and_the_others_go_on() -> None:
    def slope(x: Tensor) -> tuple[Tensor, Tensor]:
        steep = torch.tensor([1.0, 500.0, 1.0])[:, None]
        return (steep * x.square()).sum(1) / 2, steep * x

    x, generators = from_noise(3, 4)
    *_, before, last = descend(slope, x, Pace(60, 0.1), generators)
    assert last.exploded.tolist() == [False, True, False]
    assert last.x.isfinite().all() and last.x.abs().max() <= FARTHEST
    assert last.x[1].equal(before.x[1]) and last.energy[1] == before.energy[1]
    assert last.x[[0, 2]].abs().max() < 0.05
    alone = drain(descend(bowl(1.0), x[:1], Pace(60, 0.1), generators[:1]))
    torch.testing.assert_close(last.x[:1], alone.x)


def test_an_energy_that_is_no_number_stops_its_chain() -> None:
    def slope(x: Tensor) -> tuple[Tensor, Tensor]:
        return x.sum(1).log(), -torch.ones_like(x)  # NaN from where the sum is negative

    moments = list(descend(slope, torch.ones(1, 2), Pace(9, -0.25), [torch.Generator()]))
    assert moments[-1].exploded.all() and moments[-1].energy.isfinite().all()


def test_what_is_held_does_not_move() -> None:
    x, generators = from_noise(2, 6)
    known = torch.arange(6.0) - 3

    def hold(place: Tensor) -> Tensor:
        return torch.where(torch.arange(6) < 3, known, place)

    for moment in descend(bowl(1.0), x, Pace(10, 0.1, 0.5, 1.0), generators, hold):
        assert moment.x[:, :3].equal(known[:3].expand(2, -1))
    assert not moment.x[:, 3:].equal(x[:, 3:])
