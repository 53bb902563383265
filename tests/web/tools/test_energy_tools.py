"""The tools of energies, without a browser: rolling, composing, surveying."""

from typing import Any

import gradio as gr
import pytest
import torch

from generative.data.known import DATASETS
from generative.inference.energy.landscape import MARGIN, SIDE, along, plane
from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.base.falling import Falling, ordinal
from generative.web.base.tool import Bench
from generative.web.sources.picker import gallery
from generative.web.tools.compose.tool import ComposeTool
from generative.web.tools.descend.tool import DescendTool
from generative.web.tools.draw.tool import DrawTool
from generative.web.tools.landscape import charts
from generative.web.tools.landscape.tool import LandscapeTool, pictures
from generative.web.widgets.easel.easel import easel_state, picture_message
from tests.building import build

ID, STEPS = "fashion-mnist/equilibrium", 3
CONFIG = {"classes": list(DATASETS["fashion-mnist"].classes), "channels": [16, 16], "options": {"steps": STEPS}}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    weights.save(root / ID, "equilibrium", build("equilibrium", CONFIG), {}, "fashion-mnist")
    return Engine(root, "cpu")


def made(machine: Engine, kind: type) -> Any:
    with gr.Blocks(analytics_enabled=False):
        return kind(Bench.alone(machine, [*machine.entries.values()], "test"))


def wish(tool: Any, *more: Any, count: int = 2) -> list[Any]:
    """The values of the controls, as an event hands them over."""
    said = {control: control.value for control in tool.controls.inputs} | {tool.controls.count: count}
    return [*said.values(), *more]


def easel() -> dict[str, Any]:
    return picture_message(gallery("fashion-mnist", 28)[0][3], "Mine")


def test_a_drawing_shows_its_energies_under_the_pictures_and_in_a_chart(machine: Engine) -> None:
    *_, (message, facts, chart) = made(machine, DrawTool)._draw(*wish(made(machine, DrawTool)))
    assert message["done"] and [caption.partition(" · ")[2] for caption in message["captions"]] == CONFIG["classes"][:2]
    assert "Lowest energy" in facts and "Exploded" not in facts
    assert "<gen-plot" in chart and "Energies of 2 pictures" in chart


def test_a_picture_rolls_downhill_and_its_energy_with_it(machine: Engine) -> None:
    tool = made(machine, DescendTool)
    *_, (message, facts, chart) = tool._roll(*wish(tool, easel()))
    assert message["done"] and sorted(message["order"]) == [1, 2] and "Lowest energy" in facts and "<gen-plot" in chart
    *_, (refused, _, _) = tool._roll(*wish(tool, None))
    assert "no picture on the easel" in refused["error"]


def test_a_descent_comes_back_with_its_picture(machine: Engine) -> None:
    tool = made(machine, DescendTool)
    given = {"images": easel_state(easel()).image, "options": {"disturbed": 0.25}}
    request = machine.request("descends", ID, seed=4, count=3, **given)
    again, _ = machine.recall(request.plain())
    updates = tool.recall(again)
    assert updates[tool.controls.seed] == 4 and updates[tool.easel]["picture"] == easel()["picture"]
    assert machine.follow({"model": ID, "ability": "composes", "other": '{"class": "Bag"}'})[0].inputs["other"]


def test_two_classes_are_composed_and_the_second_must_be_one(machine: Engine) -> None:
    tool = made(machine, ComposeTool)
    values = [control.value for control in tool.other.controls]
    assert values == ["Trouser"]
    *_, (message, _, chart) = tool._compose(*wish(tool, ID, *values))
    assert message["done"] and "<gen-plot" in chart and message["captions"][0].endswith("T-shirt/top")
    *_, (refused, _, _) = tool._compose(*wish(tool, ID, ""))
    assert "Say what else to draw" in refused["error"]
    request = machine.request("composes", ID, condition="Bag", other="Coat")
    assert "Coat" in tool.recall(request).values()
    assert "--other Coat" in request.code("cli") and "other={'class': 'Coat'}" in request.code("api")


def test_a_survey_tells_height_slope_and_slices(machine: Engine) -> None:
    tool = made(machine, LandscapeTool)
    updates = tool._survey(ID, easel(), 4, 7, "")
    assert "energy" in updates[tool.verdict] and "it would change row" in updates[tool.verdict]
    assert updates[tool.map]["overlay"] and updates[tool.map]["overlay_name"] == "Darker … lighter"
    assert updates[tool.slices].count("<figure>") == 2 and "<b style" in updates[tool.slices]
    pointed = {**easel(), "marked": [3, 4]}
    assert "Row 3, column 4 would become" in tool._point(ID, easel(), pointed, "")
    assert "no picture" in tool._point(ID, None, pointed, "")
    for b in (-1, 99, None):
        assert "picture" in tool._survey(ID, None, b, 7, "")[tool.verdict] or b is None
        assert tool._survey(ID, easel(), b, 7, "")[tool.slices] == ""


def test_another_picture_brings_its_height_and_takes_the_slices_away(machine: Engine) -> None:
    tool = made(machine, LandscapeTool)
    images, names = gallery("fashion-mnist", 28)
    updates = tool._bring(machine.entry(ID), images[:1], [names[0]])
    assert updates[tool.slices] == "" and "energy" in updates[tool.verdict]
    assert len(pictures(machine.entry(ID))) == len(names)


def test_slices_go_through_the_pictures_that_they_are_of(machine: Engine) -> None:
    images, _ = gallery("fashion-mnist", 28)
    a, b, c = images[:3]
    entry = machine.entry(ID)
    alone = machine.answer(machine.request("scores", entry, images=images[:3])).number
    line = along(machine, entry, a, b)
    torch.testing.assert_close(line[[0, -1]], alone[:2])
    heights, places = plane(machine, entry, a, b, c)
    assert heights.shape == (SIDE, SIDE) and float(places[0]) == -MARGIN
    middle = places.abs().argmin()
    assert float(places[middle]) == pytest.approx(0, abs=0.06)


def test_the_pixel_that_goes_first_is_the_steepest() -> None:
    pull = torch.zeros(1, 4, 5)
    pull[0, 2, 3], pull[0, 1, 1] = -3, 2
    assert charts.first(pull) == "it would change row 2, column 3 first, and make it darker"
    assert charts.at(pull, 1, 1).startswith("Row 1, column 1 would become lighter, with 67 % of the strongest pull; it")


def test_a_chart_of_energies_says_who_lies_highest_and_who_exploded() -> None:
    falling = Falling(9, [1, 2], [torch.tensor([5.0, 7.0]), torch.tensor([1.0, 6.0])], torch.tensor([0.0, 1.0]))
    text = falling.to_html()
    assert "the 2nd of the pictures" in text and "1 exploded" in text
    assert Falling().to_html() == "" and [ordinal(n) for n in (1, 3, 11, 22)] == ["1st", "3rd", "11th", "22nd"]
