"""What lies between the ends of a way."""

import pytest
import torch

from generative.errors import InvalidOption
from generative.inference.latent.ends import End, check_way, interpolate, seed_of


@pytest.mark.parametrize(
    ("name", "seed"),
    [("seed:7", 7), ("seed:0", 0), ("seed:4294967295", 2**32 - 1), ("example:Bag/0", None), ("a.png", None)],
)
def test_a_seed_is_told_from_a_picture(name: str, seed: int | None) -> None:
    assert seed_of(name) == seed


def test_what_is_no_text_names_no_seed() -> None:
    assert seed_of(7) is None and seed_of(None) is None and seed_of(["seed:7"]) is None


@pytest.mark.parametrize("name", ["seed:", "seed:-1", "seed:1.5", "seed:x", "seed:4294967296", "seed:" + "9" * 5000])
def test_a_seed_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        seed_of(name)
    assert caught.value.field == "seed" and len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("ends", "steps", "path", "words"),
    [
        (3, 5, "lerp", "two ends, for a walk, or four, for a grid; not 3"),
        (0, 5, "lerp", "not 0"),
        (2, 1, "lerp", "steps must be a whole number from 2 to 32, not 1"),
        (2, 33, "lerp", "from 2 to 32, not 33"),
        (4, 13, "lerp", "steps of a side must be a whole number from 2 to 12, not 13"),
        (2, "9", "lerp", "not '9'"),
        (2, 2.5, "lerp", "not 2.5"),
        (2, 9, "arc", "path must be one of slerp, lerp, not 'arc'"),
        (2, 9, None, "path must be one of"),
    ],
)
def test_a_way_that_cannot_be_walked_is_refused(ends: int, steps: object, path: object, words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        check_way(ends, steps, path)


def grey(latents: torch.Tensor) -> torch.Tensor:
    """(N, 2) → (N, 1, 2, 2): the first number is the brightness of the upper row, the second of the lower one."""
    return latents.clamp(0, 1)[:, None, :, None].expand(-1, 1, 2, 2)


def test_a_walk_goes_from_one_end_to_the_other() -> None:
    image = grey(torch.tensor([[0.2, 0.0]]))[0]
    done = interpolate([End(torch.tensor([0.0, 0.0]), image), End(torch.tensor([1.0, 0.5]))], 5, "lerp", grey)
    assert done.latents.tolist() == [[0, 0], [0.25, 0.125], [0.5, 0.25], [0.75, 0.375], [1, 0.5]]
    assert done.misses == [pytest.approx(0.2 / 2**0.5), None]  # half of the picture is met
    assert done.sheet().size == (5 * 4 - 2, 2)
    assert [moment.getpixel((0, 0)) for moment in done.moments()] == [0, 64, 128, 191, 255]


def test_a_grid_has_its_ends_at_its_corners() -> None:
    corners = torch.tensor([[0.0, 0.0], [0.2, 0.4], [0.6, 0.0], [1.0, 0.8]])
    done = interpolate([End(z, grey(z[None])[0]) for z in corners], 3, "lerp", grey)
    assert done.latents.shape == (9, 2) and done.misses == pytest.approx([0] * 4, abs=1e-6)
    torch.testing.assert_close(done.latents[4], corners.mean(0))
    assert done.sheet().size == (3 * 4 - 2, 3 * 4 - 2)
    assert [moment.size for moment in done.moments()] == [(10, 2)] * 3
