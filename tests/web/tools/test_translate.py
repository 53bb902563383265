"""Translating: what the tool answers, without a browser."""

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.models.gans.domains import PENCIL
from generative.web.base.controls import manner
from generative.web.base.panel import asked
from generative.web.base.tool import Bench
from generative.web.tools.translate.tool import TranslateTool
from generative.web.tools.translate.views import verdict
from generative.web.widgets.easel.easel import easel_state, picture_message
from tests.building import build

TINY = {"size": 32, "image_channels": 3, "channels": 2, "blocks": 1}
DCGAN = {"size": 32, "image_channels": 3, "generator_channels": 2, "discriminator_channels": 2, "latent": 4}
PICTURE = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(1)).mul(255).round().div(255)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Both pairs, and a model that draws pictures of the same kind."""
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    for kind, config in {"cyclegan-pencil": TINY, "cyclegan-sunglasses": TINY, "dcgan": DCGAN}.items():
        weights.save(root / "avatars" / kind, kind, build(kind, config), {}, "avatars")
    return Engine(root, "cpu")


@pytest.fixture
def tool(machine: Engine) -> TranslateTool:
    entries = TranslateTool.serves(list(machine.entries.values()))
    assert [entry.folder.name for entry in entries] == ["cyclegan-pencil", "cyclegan-sunglasses"]
    with gr.Blocks(analytics_enabled=False):
        return TranslateTool(Bench.alone(machine, entries, "test"))


def easel(channels: int = 3) -> dict[str, Any]:
    return picture_message(PICTURE[:channels], "Mine")


def wish(tool: TranslateTool, model: str, *more: Any, noise: float = 0.1) -> list[Any]:
    """The values of the controls, as an event hands them over, and of what else the tool asks."""
    controls = tool.controls
    said = {control: control.value for control in controls.inputs}
    said |= {controls.model: model, controls.seed: 7}
    said[controls.options[manner(tool.engine.entry(model))].asked["disturbed"].controls[""]] = noise
    return [*said.values(), *more]


@pytest.mark.parametrize(
    ("model", "to", "prepared", "pictures"),
    [
        ("avatars/cyclegan-pencil", "drawing", True, 8),
        ("avatars/cyclegan-pencil", "colour", True, 8),
        ("avatars/cyclegan-pencil", "colour", False, 6),
        ("avatars/cyclegan-sunglasses", "plain", True, 6),
    ],
)
def test_the_whole_way_is_shown_and_the_truth_where_it_is_known(
    tool: TranslateTool, model: str, to: str, prepared: bool, pictures: int
) -> None:
    message, facts, way = list(tool._translate(*wish(tool, model, easel(), to, prepared)))[-1]
    assert message["done"] and message["seeds"] == [7]
    assert way.count("<img") == pictures and ("The truth" in way) == (pictures == 8) == ("To the truth" in facts)
    assert "What is hidden in between?" in way and "Cycle SSIM" in facts and "deviation 0.1" in way


def test_whether_something_was_hidden_is_said_as_it_was_measured() -> None:
    assert "in plain sight" in verdict({"cycle_error": 0.1, "disturbed_error": 0.11}, 0.05)
    assert "<b>hidden</b>" in verdict({"cycle_error": 0.1, "disturbed_error": 0.2}, 0.05)
    assert "2.0 times" in verdict({"cycle_error": 0.1, "disturbed_error": 0.2}, 0.05)
    assert "Nothing was disturbed" in verdict({"cycle_error": 0.1, "disturbed_error": 0.1}, 0)


def test_the_gallery_goes_both_ways(tool: TranslateTool) -> None:
    for model, names in (
        ("pencil", ("error, to the truth",)),
        ("sunglasses", ("Face with sunglasses → face without",)),
    ):
        shown = tool._gallery(asked(tool.engine.entry(f"avatars/cyclegan-{model}")))
        assert shown.count("<h3>") == 2 and 6 < shown.count("<img") <= 36 and all(name in shown for name in names)
    assert 'role="alert"' in tool._gallery("nonsense")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((easel(), "oil", True), "to must be one of drawing, colour, not 'oil'"),
        ((easel(), None, True), "needs to. Give it"),
        ((easel(1), "colour", True), "takes images of"),
        ((None, "colour", True), "no picture on the easel"),
        ((easel(), "colour", "perhaps"), "prepared must be true or false"),
    ],
    ids=range(5),
)
def test_what_cannot_be_translated_is_told_on_the_stage(tool: TranslateTool, given: tuple, words: str) -> None:
    message, *_ = list(tool._translate(*wish(tool, "avatars/cyclegan-pencil", *given)))[-1]
    assert words in message["error"] and message["stopped"]


def test_another_model_offers_its_own_kinds(machine: Engine, tool: TranslateTool) -> None:
    glasses, pencil = (tool.follow(machine.entry(f"avatars/cyclegan-{n}"), easel()) for n in ("sunglasses", "pencil"))
    assert [name for _, name in glasses[tool.to]["choices"]] == ["sunglasses", "plain"]
    assert not glasses[tool.prepared]["visible"] and pencil[tool.prepared]["visible"]
    assert tool.easel not in glasses and set(glasses) <= set(tool.outputs)
    assert not tool._turn("avatars/cyclegan-pencil", "drawing")["visible"]
    assert tool._turn("avatars/cyclegan-pencil", "colour")["visible"]


def test_a_translation_comes_back_with_the_kind_that_it_became(machine: Engine, tool: TranslateTool) -> None:
    given = {"images": easel_state(easel()).image, "to": "drawing", "prepared": False}
    request = tool.controls.request(*wish(tool, "avatars/cyclegan-pencil"), **given)
    again, _ = machine.recall(request.plain())
    back = tool.recall(again)
    assert easel_state(back[tool.easel]).image.equal(PICTURE) and back[tool.to]["value"] == "drawing"
    assert (back[tool.prepared]["visible"], back[tool.prepared]["value"]) == (False, False)
    assert set(back) <= set(tool.outputs)


def test_a_picture_can_be_drawn_of_the_seed(tool: TranslateTool, tmp_path: Path) -> None:
    one, other = (tool._draw("avatars/cyclegan-pencil", seed)[tool.easel] for seed in (3, 4))
    assert easel_state(one).image.shape == PICTURE.shape and not easel_state(one).image.equal(easel_state(other).image)
    assert "whole number" in tool._draw("avatars/cyclegan-pencil", "x")[tool.stage]["error"]
    assert PENCIL.prepares(1) and not PENCIL.prepares(0)
