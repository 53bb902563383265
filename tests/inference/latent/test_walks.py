"""Ways through a latent space: what holds for every pair of ends, and where an arc is not defined."""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from generative.errors import InvalidOption
from generative.inference.latent.walks import (
    MAX_SIDE,
    MAX_STEPS,
    PATHS,
    angle,
    changes,
    corners,
    lerp,
    rim,
    slerp,
    walk,
)

SHARES = torch.linspace(0, 1, 9)


def ends(seed: int, dims: int, scale: float = 1.0) -> tuple[Tensor, Tensor]:
    points = torch.randn(2, dims, generator=torch.Generator().manual_seed(seed))
    return points[0] * scale, points[1]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize(("seed", "dims"), [(0, 1), (1, 2), (2, 16), (3, 80)])
def test_the_ends_are_exact(path: str, scale: float, seed: int, dims: int) -> None:
    start, end = ends(seed, dims, scale)
    points = walk(start, end, 7, path)
    assert points.shape == (7, dims) and points.isfinite().all()
    assert points[0].equal(start) and points[-1].equal(end)


@pytest.mark.parametrize("steps", [2, 3, MAX_STEPS])
def test_lerp_goes_in_equal_steps(steps: int) -> None:
    start, end = ends(0, 16)
    apart = walk(start, end, steps, "lerp").diff(dim=0)
    torch.testing.assert_close(apart, ((end - start) / (steps - 1)).expand_as(apart), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_lengths_on_an_arc_lie_between_those_of_its_ends_and_change_evenly(seed: int) -> None:
    start, end = ends(seed, 32, 3.0)
    lengths = slerp(start, end, SHARES).norm(dim=-1)
    torch.testing.assert_close(lengths, torch.lerp(start.norm(), end.norm(), SHARES))
    assert lerp(start, end, SHARES).norm(dim=-1)[4] < lengths[4]  # the straight line cuts across the sphere


@pytest.mark.parametrize("seed", range(5))
def test_an_arc_turns_evenly_and_stays_in_the_plane_of_its_ends(seed: int) -> None:
    start, end = ends(seed, 32)
    points = slerp(start, end, SHARES)
    turned = angle(points[:-1], points[1:])
    torch.testing.assert_close(turned, (angle(start, end) / 8).expand(8))
    assert torch.linalg.matrix_rank(torch.cat([torch.stack([start, end]), points]), rtol=1e-4) == 2


@pytest.mark.parametrize("path", PATHS)
def test_the_way_back_is_the_way_there_reversed(path: str) -> None:
    start, end = ends(4, 16)
    torch.testing.assert_close(walk(start, end, 9, path), walk(end, start, 9, path).flip(0))


@pytest.mark.parametrize("path", PATHS)
def test_from_a_point_to_itself_nothing_moves(path: str) -> None:
    point, _ = ends(5, 16)
    assert walk(point, point, 5, path).equal(point.expand(5, -1))


def test_where_there_is_no_arc_the_way_is_straight() -> None:
    point, _ = ends(6, 16)
    for start, end in ((point, -2 * point), (torch.zeros(16), point), (point, torch.zeros(16))):
        assert slerp(start, end, SHARES).equal(lerp(start, end, SHARES))
    assert slerp(torch.zeros(16), torch.zeros(16), SHARES).equal(torch.zeros(9, 16))


@pytest.mark.parametrize("off", [1e-7, 1e-5, 1e-3, 1e-2])
@pytest.mark.parametrize("sign", [1, -1])
def test_near_the_same_and_near_the_opposite_point_nothing_blows_up(off: float, sign: int) -> None:
    start, aside = ends(7, 16)
    points = slerp(start, sign * start + off * aside, SHARES)
    assert points.isfinite().all() and (points.norm(dim=-1) <= 1.1 * start.norm()).all()
    if off >= 1e-3:
        assert (points.norm(dim=-1) >= 0.9 * start.norm()).all()


def test_angles_are_told_right_where_the_arc_cosine_is_blind() -> None:
    x = torch.tensor([1.0, 0.0])
    for true in (0.0, 1e-5, 0.5, math.pi / 2, math.pi - 1e-5):
        end = torch.tensor([math.cos(true), math.sin(true)])
        assert float(angle(x, 3 * end)) == pytest.approx(true, abs=1e-6)
    assert float(angle(x, torch.zeros(2))) == 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("side", [2, 3, MAX_SIDE])
def test_the_corners_of_the_grid_are_the_corners(path: str, side: int) -> None:
    points = torch.randn(4, 16, generator=torch.Generator().manual_seed(side))
    grid = corners(points, side, path)
    assert grid.shape == (side * side, 16)
    assert grid[[0, side - 1, -side, -1]].equal(points)
    assert grid[:side].equal(walk(points[0], points[1], side, path))
    assert grid[::side].equal(walk(points[0], points[2], side, path))


def test_four_times_the_same_corner_is_one_point() -> None:
    point, _ = ends(8, 16)
    assert corners(point.expand(4, -1), 5).equal(point.expand(25, -1))


def test_the_rim_of_a_grid_goes_once_around_it() -> None:
    assert rim(2) == [0, 1, 3, 2, 0]
    assert rim(3) == [0, 1, 2, 5, 8, 7, 6, 3, 0]
    places = rim(MAX_SIDE)
    assert len(places) == 4 * (MAX_SIDE - 1) + 1 == len(set(places)) + 1
    steps = {abs(a - b) for a, b in pairwise(places)}
    assert steps == {1, MAX_SIDE}


def test_changes_are_means_over_pixels() -> None:
    images = torch.tensor([0.0, 0.1, 0.3, 0.7])[:, None, None, None].repeat(1, 3, 2, 2)
    images[3, :, 0] = 0.2
    torch.testing.assert_close(changes(images), torch.tensor([0.1, 0.2, 0.25]))


@pytest.mark.parametrize("bad", [1, MAX_STEPS + 1, 2.5, "3", True, float("nan"), None])
def test_a_number_of_steps_out_of_range_is_refused(bad: object) -> None:
    with pytest.raises(InvalidOption, match="steps must be a whole number from 2 to 32"):
        walk(*ends(0, 4), bad)


def test_a_path_or_a_side_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidOption, match="path must be one of slerp, lerp, not 'nlerp'"):
        walk(*ends(0, 4), 3, "nlerp")
    with pytest.raises(InvalidOption, match="side must be a whole number"):
        corners(torch.zeros(4, 2), MAX_SIDE + 1)
