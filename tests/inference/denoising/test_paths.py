"""The way from noise to picture as a curve."""

import math
from typing import Any

import pytest
import torch

from generative.errors import GenerativeError, InvalidOption
from generative.inference.denoising.paths import MOST_SEEDS, WHOLE, curve, walked, ways
from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.models.diffusion.process import Level
from tests.building import build

CONFIG = {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1, "size": 8}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("checkpoints")
    for kind in ("ddpm", "flow"):
        torch.manual_seed(0)
        weights.save(root / "grey" / kind, kind, build(kind, {"classes": ["a", "b"], **CONFIG}), {})
    weights.save(root / "grey" / "large", "ddpm", build("ddpm", {"classes": ["a", "b"], **CONFIG, "size": 16}), {})
    return Engine(root, "cpu")


def levels(alphas: list[float], sigmas: list[float]) -> list[Level]:
    return [Level(torch.tensor(a).double(), torch.tensor(s).double()) for a, s in zip(alphas, sigmas, strict=True)]


def test_a_straight_line_has_length_one_and_nothing_aside() -> None:
    noise, picture, shares = torch.randn(3, 1, 4, 4), torch.randn(3, 1, 4, 4), [0, 0.3, 0.5, 1]
    places = torch.stack([(1 - t) * noise + t * picture for t in shares])
    found = curve(places, levels(shares, [1 - t for t in shares]))
    assert found.points[..., 0].allclose(torch.tensor(shares).double()[:, None].expand(4, 3), atol=1e-5)
    assert found.points[..., 1].abs().max() < 1e-5
    assert found.length.allclose(torch.ones(3).double()) and found.still.allclose(torch.ones(3).double())


def test_a_quarter_of_a_circle_has_its_length_and_its_height() -> None:
    angles = torch.linspace(0, math.pi / 2, 500).double()
    noise, picture = torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2)
    noise[0, 0, 0, 0] = picture[0, 0, 1, 1] = 2.0
    places = torch.stack([a.cos() * noise + a.sin() * picture for a in angles])
    found = curve(places, levels(angles.sin().tolist(), angles.cos().tolist()))
    quarter = math.pi / 2 / math.sqrt(2)
    assert float(found.length) == pytest.approx(quarter, abs=1e-4)
    assert float(found.still) == pytest.approx(quarter, abs=1e-4)
    assert float(found.points[..., 1].max()) == pytest.approx((1 - math.sqrt(0.5)) / math.sqrt(2), abs=1e-4)


def test_ways_begin_with_one_noise_and_few_steps_are_runs_of_their_own(machine: Engine) -> None:
    asked = ways(machine, "grey/ddpm=ddim,grey/flow", "2,3", seed=4, count=2, condition="a")
    assert [way.name for way in asked] == ["grey/ddpm=ddim", "grey/flow=euler"]
    found = list(walked(machine, asked))
    assert [(one.way.name, len(one.few)) for one in found] == [(way.name, n) for way in asked for n in range(3)]
    for one in (found[2], found[5]):
        assert one.curve.points.shape == (WHOLE + 1, 2, 2)
        assert one.curve.points[0].abs().max() < 1e-9 and (one.curve.points[-1, :, 0] - 1).abs().max() < 1e-9
        assert (one.curve.length >= 1 - 1e-9).all()
        assert one.images.equal(machine.answer(one.way.whole).images)
        two, three = one.few
        assert (two.steps, two.evaluations, three.steps, three.evaluations) == (2, 2, 3, 3)
        assert two.images.equal(machine.answer(two.request).images)
        assert two.rmse.allclose((two.images - one.images).square().mean((1, 2, 3)).sqrt())
    assert found[5].curve.still.allclose(torch.ones(2).double())  # a line is what flow matching mixes along


def test_fresh_noise_makes_a_far_longer_way(machine: Engine) -> None:
    found = list(walked(machine, ways(machine, ["grey/ddpm=ddim", "grey/ddpm=ddpm"], [1])))
    assert float(found[2].curve.length) > 2 * float(found[0].curve.length)


@pytest.mark.parametrize(
    ("names", "steps", "about", "words"),
    [
        ([], [2], {}, "ways must be from 1 to 3"),
        (["grey/ddpm=ddim"] * 2 + ["grey/flow", "grey/ddpm=heun", "grey/ddpm"], [2], {}, "ways must be from 1 to 3"),
        (["grey/ddpm=dim"], [2], {}, "sampler must be one of"),
        (["grey/none"], [2], {}, "grey/none"),
        (["grey/ddpm"], [0], {}, "num_inference_steps"),
        (["grey/ddpm", "grey/large"], [2], {}, "have one size"),
        (["grey/ddpm"], [2], {"count": MOST_SEEDS + 1}, "count must be from 1 to 4, not 5"),
        ([3], [2], {}, "3"),
        (None, [2], {}, "ways must be from 1 to 3"),
    ],
)
def test_ways_that_there_are_not_are_refused(machine: Engine, names: Any, steps: Any, about: Any, words: str) -> None:
    with pytest.raises(GenerativeError, match=words):
        ways(machine, names, steps, **about)


def test_too_many_numbers_of_steps_are_refused(machine: Engine) -> None:
    with pytest.raises(InvalidOption, match="steps must be from 1 to 5"):
        ways(machine, "grey/ddpm", "1,2,3,4,5,6")
