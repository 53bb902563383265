"""The same noise under several settings."""

from typing import Any

import pytest
import torch

from generative.errors import InvalidOption
from generative.inference.denoising.trials import (
    guidance_trials,
    judgement,
    names,
    sampler_trials,
    several,
    tried,
    variety,
)
from generative.inference.engine.engine import Engine
from generative.library import weights
from tests.building import build

CONFIG = {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1, "size": 8}
CLASSES = ["a", "b"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    weights.save(root / "grey" / "ddpm", "ddpm", build("ddpm", {"classes": CLASSES, **CONFIG}), {})
    weights.save(
        root / "grey" / "classifier",
        "classifier",
        build("classifier", {"classes": CLASSES, "size": 8, "channels": 4}),
        {},
    )
    return Engine(root, "cpu")


def count_calls(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many images the network was shown, a number for each call."""
    model, calls = machine.model("grey/ddpm"), []
    own = model.unet.forward

    def counted(x: torch.Tensor, *rest: Any, **more: Any) -> Any:
        calls.append(len(x))
        return own(x, *rest, **more)

    monkeypatch.setattr(model.unet, "forward", counted)
    return calls


def test_every_cell_says_how_often_the_network_really_ran(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = count_calls(machine, monkeypatch)
    trials = sampler_trials(machine, machine.entry("grey/ddpm"), "ddim,heun,unipc", "2,5", seed=3, condition="a")
    assert [(t.row, t.column) for t in trials] == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
    for one in tried(machine, trials):
        assert sum(calls) == one.evaluations and one.seconds > 0
        assert one.images.shape == (1, 1, 8, 8)
        calls.clear()


def test_a_cell_is_the_run_that_its_request_makes(machine: Engine) -> None:
    (one,) = tried(machine, sampler_trials(machine, machine.entry("grey/ddpm"), ["ddim"], [3], seed=4, count=2))
    request = machine.request(
        "samples", "grey/ddpm", seed=4, count=2, options={"sampler": "ddim", "num_inference_steps": 3}
    )
    assert one.images.equal(machine.answer(request).images)


def test_scale_one_costs_one_pass_and_so_does_an_empty_interval(machine: Engine) -> None:
    entry, few = machine.entry("grey/ddpm"), {"num_inference_steps": 4}
    done = list(tried(machine, guidance_trials(machine, entry, [1, 3], {}, few, condition="a")))
    assert [one.evaluations for one in done] == [4, 8]
    nowhere = few | {"guidance_start": 1.0}
    (plain,) = tried(machine, guidance_trials(machine, entry, [3], {}, nowhere, condition="a"))
    assert plain.evaluations == 4 and plain.images.equal(done[0].images)


def test_away_from_a_class_is_another_picture(machine: Engine) -> None:
    entry, few = machine.entry("grey/ddpm"), {"num_inference_steps": 4}
    plain, away = (
        next(tried(machine, guidance_trials(machine, entry, [3], against, few, condition="a"))).images
        for against in ({}, {"class": "b"})
    )
    assert not plain.equal(away)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("5, 2,10", [2, 5, 10]),
        ([3, "1", 3.0], [1, 3]),
        (["ddim", "heun", "ddim"], ["ddim", "heun"]),
        ("ddim", ["ddim"]),
    ],
)
def test_several_are_read_from_a_list_or_from_text(said: Any, read: list) -> None:
    assert several("steps", said, 5) == read


@pytest.mark.parametrize("said", [None, [], [1, 2, 3, 4, 5, 6], 3, [[1]], {"a": 1}])
def test_too_many_or_none_are_refused(said: Any) -> None:
    with pytest.raises(InvalidOption, match="steps must be from 1 to 5 of them") as caught:
        several("steps", said, 5)
    assert caught.value.field == "steps"


@pytest.mark.parametrize(
    ("samplers", "steps"), [("dim", "3"), ("ddim", "0"), ("ddim", "1001"), ("ddim", "2.5"), ("ddim", "nan")]
)
def test_what_a_model_does_not_have_is_refused(machine: Engine, samplers: str, steps: str) -> None:
    with pytest.raises(InvalidOption):
        sampler_trials(machine, machine.entry("grey/ddpm"), samplers, steps)


def test_variety_is_the_root_mean_square_of_all_differences() -> None:
    images = torch.stack([torch.zeros(1, 4, 4), torch.full((1, 4, 4), 0.5), torch.full((1, 4, 4), 1.0)])
    assert variety(images) == pytest.approx(((0.25 + 1 + 0.25) / 3) ** 0.5)
    assert variety(images[:1]) == 0 and variety(images[[0, 0]]) == 0


def test_a_picture_shows_its_class_or_a_value_of_every_attribute() -> None:
    logits = torch.tensor([[0.0, 3, 1, 5, 4], [9, 3, 1, 2, 4]])
    assert names(logits[:, :3], ["a", "b", "c"]) == [{"b"}, {"a"}]
    told = ["hair: bun", "hair: bob", "hair: hat", "mouth: smile", "mouth: open"]
    assert names(logits, told) == [{"hair: bob", "mouth: smile"}, {"hair: bun", "mouth: open"}]


def test_a_classifier_of_the_same_pictures_says_how_often_the_class_is_seen(machine: Engine) -> None:
    entry = machine.entry("grey/ddpm")
    (one,) = tried(machine, guidance_trials(machine, entry, [2], {}, {"num_inference_steps": 2}, count=6))
    logits = machine.answer(machine.request("classifies", "grey/classifier", images=one.images))
    expected = int((logits.argmax(1) == torch.arange(6) % 2).sum())
    found = judgement(machine, one)
    assert found.by_classifier and found.seen == (expected, 6)
    assert found.variety == pytest.approx(variety(logits))
