"""Editing and restoring: what the tools answer, without a browser."""

from typing import Any

import gradio as gr
import pytest
import torch

from generative.inference.engine.engine import Engine
from generative.inference.restoring.inversion import between
from generative.library import weights
from generative.web.base.controls import manner
from generative.web.base.panel import asked
from generative.web.base.tool import Bench, Tool
from generative.web.tools.edit.tool import EditTool
from generative.web.tools.restore.tool import RestoreTool
from generative.web.widgets.easel.easel import easel_state, mask_message, picture_message
from tests.building import build

DDPM = {"size": 8, "channels": [16, 16], "attention": [False, False], "layers_per_block": 1}
HOLE = torch.zeros(8, 8, dtype=torch.bool)
HOLE[3:6, 3:6] = True


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A model of grey pictures that was told classes, and one of pictures in colour that was not."""
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    weights.save(root / "grey" / "ddpm", "ddpm", build("ddpm", {"classes": ["a", "b"], **DDPM}), {})
    weights.save(root / "colour" / "ddpm", "ddpm", build("ddpm", {"classes": [], "image_channels": 3, **DDPM}), {})
    return Engine(root, "cpu")


def built(kind: type[Tool], machine: Engine) -> Any:
    with gr.Blocks(analytics_enabled=False):
        return kind(Bench.alone(machine, [machine.entry("grey/ddpm"), machine.entry("colour/ddpm")], "test"))


@pytest.fixture
def restorer(machine: Engine) -> RestoreTool:
    return built(RestoreTool, machine)


@pytest.fixture
def editor(machine: Engine) -> EditTool:
    return built(EditTool, machine)


def easel(channels: int = 1, hole: torch.Tensor | None = None) -> dict[str, Any]:
    picture = torch.rand(channels, 8, 8, generator=torch.Generator().manual_seed(1))
    return {**picture_message(picture, "Mine"), **mask_message(hole)}


def wish(tool: Any, model: str, *more: Any, count: int = 2) -> list[Any]:
    """The values of the controls, as an event hands them over, and of what else the tool asks."""
    controls = tool.controls
    said = {control: control.value for control in controls.inputs}
    said |= {controls.model: model, controls.count: count, controls.seed: 7}
    form = controls.options[manner(tool.engine.entry(model))]
    said[form.asked["num_inference_steps"].controls[""]] = 2
    return [*said.values(), *more]


def test_what_has_no_say_in_restoring_is_not_offered(restorer: RestoreTool, editor: EditTool) -> None:
    restoring, editing = (t.controls.options[manner(t.bench.first)].asked for t in (restorer, editor))
    assert "sampler" not in restoring and "eta" not in restoring and "num_inference_steps" in restoring
    assert "sampler" in editing
    assert restorer.controls.generate.value == "Restore" and editor.controls.generate.value == "Draw it anew"


@pytest.mark.parametrize(
    ("model", "channels", "spoil", "how"),
    [
        ("grey/ddpm", 1, (2, False, 0.0), "bicubic"),
        ("grey/ddpm", 1, (1, False, 0.2), "as it is"),
        ("colour/ddpm", 3, (1, True, 0.0), "grey"),
    ],
)
def test_a_restoration_tells_how_near_it_comes_beside_what_needs_no_model(
    restorer: RestoreTool, model: str, channels: int, spoil: tuple, how: str
) -> None:
    before = restorer._look(asked(restorer.engine.entry(model)), easel(channels), *spoil)
    assert before.count("<img") == 2 and f"Without a model: {how}" in before
    message, facts, left = list(restorer._restore(*wish(restorer, model, easel(channels), *spoil)))[-1]
    assert message["done"] and message["seeds"] == [7, 8]
    assert all(caption.endswith(" dB") for caption in message["captions"])
    assert "PSNR" in facts and f"to {how}" in facts and "Nearest" in facts
    assert left.count("<img") == 3 and "Mean of the restorations" in left


def test_a_painted_hole_is_lost(restorer: RestoreTool) -> None:
    answer = restorer._look(asked(restorer.engine.entry("grey/ddpm")), easel(1, HOLE), 1, False, 0.0)
    assert "Without a model: mean fill" in answer
    message, *_ = list(restorer._restore(*wish(restorer, "grey/ddpm", easel(1, HOLE), 1, False, 0.0)))[-1]
    assert message["done"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((easel(), 1, False, 0.0), "nothing of the picture is taken away"),
        ((easel(), 3, False, 0.0), "factor must be one of 1, 2, 4"),
        ((easel(), 1, True, 0.0), "grey as they are"),
        ((easel(), 1, False, 9), "noise must be a number"),
        ((easel(3), 2, False, 0.0), "takes images of"),
        ((None, 2, False, 0.0), "no picture on the easel"),
        ((easel(1, torch.ones(8, 8, dtype=torch.bool)), 1, False, 0.0), "Nothing of the picture is left"),
    ],
    ids=range(7),
)
def test_what_cannot_be_restored_is_told_on_the_stage(restorer: RestoreTool, given: tuple, words: str) -> None:
    message, *_ = list(restorer._restore(*wish(restorer, "grey/ddpm", *given)))[-1]
    assert words in message["error"] and message["stopped"]
    if words != "nothing of the picture is taken away":
        assert 'role="alert"' in restorer._look(asked(restorer.engine.entry("grey/ddpm")), *given)
    assert 'role="alert"' in restorer._look("nonsense", *given)


def test_colours_are_only_taken_from_a_model_that_has_them(machine: Engine, restorer: RestoreTool) -> None:
    held = easel()
    grey, colour = (restorer.follow(machine.entry(id), held) for id in ("grey/ddpm", "colour/ddpm"))
    assert not grey[restorer.grey]["visible"] and colour[restorer.grey]["visible"]
    assert restorer.easel not in grey and colour[restorer.easel]["shape"] == [3, 8, 8]


def test_a_restoration_comes_back_with_all_that_was_spoiled(machine: Engine, restorer: RestoreTool) -> None:
    request = restorer.controls.request(
        *wish(restorer, "colour/ddpm"),
        images=easel_state(easel(3)).image,
        mask=HOLE,
        factor=2,
        grey=True,
        noise=0.1,
    )
    again, _ = machine.recall(request.plain())
    back = restorer.recall(again)
    assert easel_state(back[restorer.easel]).mask.equal(HOLE)
    assert (back[restorer.factor], back[restorer.noise], back[restorer.grey]["value"]) == (2, 0.1, True)
    assert set(back) <= set(restorer.outputs)


@pytest.mark.parametrize(("way", "steps"), [("redraw", 1), ("invert", 4)])
def test_an_edit_is_watched(editor: EditTool, way: str, steps: int) -> None:
    message, facts = list(editor._edit(*wish(editor, "grey/ddpm", easel(), way, 0.5)))[-1]
    assert message["done"] and message["seeds"] == [7, 8] and message["frames"][-1]["total"] == steps
    assert "Seeds" in facts


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((easel(), "paint", 0.5), "way must be one of"),
        ((easel(), "redraw", 2), "strength must be a number from 0 to 1"),
        ((None, "redraw", 0.5), "no picture on the easel"),
    ],
    ids=range(3),
)
def test_what_cannot_be_edited_is_told_on_the_stage(editor: EditTool, given: tuple, words: str) -> None:
    message, _ = list(editor._edit(*wish(editor, "grey/ddpm", *given)))[-1]
    assert words in message["error"] and message["stopped"]


def test_the_way_back_is_measured_for_more_and_more_steps(editor: EditTool) -> None:
    answers = list(editor._measure("grey/ddpm", easel()))
    assert len(answers) == 5 and "2 steps" in answers[0] and "50 steps" in answers[-1]
    assert 'role="alert"' in [*editor._measure("grey/ddpm", easel(3))][-1]
    assert 'role="alert"' in [*editor._measure("nobody", easel())][-1]


def test_an_edit_comes_back_with_its_way(machine: Engine, editor: EditTool) -> None:
    request = editor.controls.request(
        *wish(editor, "grey/ddpm"), images=easel_state(easel()).image, way="invert", strength=0.25
    )
    again, _ = machine.recall(request.plain())
    back = editor.recall(again)
    assert (back[editor.way], back[editor.strength]) == ("invert", 0.25)
    assert set(back) <= set(editor.outputs)


def test_the_way_between_two_noises_begins_with_the_picture_and_ends_with_the_seed_s(
    machine: Engine, editor: EditTool
) -> None:
    *_, last = editor._walk(*wish(editor, "grey/ddpm", easel()))
    assert last.count("<img") == last.count("<a ") == 6 and "your picture" in last and "strength=0.4" in last
    about = {"seed": 7, "count": 2, "condition": "a", "options": {"num_inference_steps": 2}, "strength": 0.5}
    images = easel_state(easel()).image
    request = machine.request("edits", "grey/ddpm", images=images, **about)
    walk = list(between(machine, request, (0.0, 0.5, 1.0)))
    for one, image in walk:
        again = machine.request(
            "edits", "grey/ddpm", images=images, way="invert", **about | {"strength": one.inputs["strength"]}
        )
        torch.testing.assert_close(machine.answer(again).images[0], image)
    assert (walk[0][1] - walk[2][1]).abs().max() > 0.01
    assert 'role="alert"' in [*editor._walk(*wish(editor, "grey/ddpm", None))][-1]
