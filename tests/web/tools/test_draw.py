"""Drawing: what is told of a run besides its pictures, without a browser."""

import json
import re
from html import unescape
from pathlib import Path

import gradio as gr
import pytest
import torch

from generative.families import GENERATIVE
from generative.frame import Frame, View
from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.models.model import drain
from generative.web.base.tool import Bench
from generative.web.tools.draw.mechanism import described
from generative.web.tools.draw.settling import MOST, Settling
from generative.web.tools.draw.tool import DrawTool
from tests.building import build


def frame(step: int, total: int, shade: float) -> Frame:
    images = torch.full((2, 1, 4, 4), shade)
    return Frame(images, step, total, "", {"x0": View("x0", "x0", images)})


def test_how_far_each_estimate_is_from_the_picture_in_the_end() -> None:
    settling = Settling()
    drain(settling.of(frame(step, 3, shade) for step, shade in ((1, 1.0), (2, 0.2), (3, 0.0))))
    assert settling.steps == [1, 2, 3]
    expected = torch.tensor([[1.0] * 2, [0.04] * 2, [0.0] * 2])
    torch.testing.assert_close(settling.changes(), expected)
    chart = json.loads(unescape(re.search(r'data-chart="([^"]+)"', settling.to_html())[1]))
    assert [s["kind"] for s in chart["series"]] == ["other", "other", "mean"]
    assert chart["series"][-1]["points"] == [[1, 1], [2, 0.04], [3, 0]]
    assert "halved by step 2 of 3" in settling.to_html()


def test_a_long_run_is_remembered_thinly() -> None:
    settling = Settling()
    drain(settling.of(frame(step, 1000, 1 - step / 1000) for step in range(1, 1001)))
    assert len(settling.steps) <= MOST + 1 and settling.steps[0] == 1 and settling.steps[-1] == 1000


@pytest.mark.parametrize("frames", [[frame(1, 1, 0.5)], [Frame(torch.zeros(1, 1, 4, 4), s, 2) for s in (1, 2)]])
def test_nothing_is_told_where_nothing_settles(frames: list[Frame]) -> None:
    settling = Settling()
    drain(settling.of(frame for frame in frames))
    assert settling.to_html() == ""


def test_a_run_without_change_has_a_chart_too() -> None:
    settling = Settling()
    drain(settling.of(frame(step, 2, 0.5) for step in (1, 2)))
    assert "halved by step 1 of 2" in settling.to_html()


def test_the_tool_tells_it_when_the_run_is_done(tmp_path: Path) -> None:
    config = {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1, "size": 8}
    for kind, about in (("ddpm", config), ("vae", {"channels": 2, "hidden": 4, "latent": 3, "size": 8})):
        weights.save(tmp_path / "grey" / kind, kind, build(kind, {"classes": ["a", "b"], **about}), {})
    machine = Engine(tmp_path, "cpu")
    with gr.Blocks(analytics_enabled=False):
        tool = DrawTool(Bench.alone(machine, [*machine.entries.values()], "test"))
    for kind, told in (("ddpm", True), ("vae", False)):
        request = machine.request("samples", f"grey/{kind}", count=2)
        shown = tool.controls.show(request)
        values = [shown.get(control, control.value) for control in tool.controls.inputs]
        values[0] = f"grey/{kind}"
        *_, (message, facts, settling) = tool._draw(*values)
        assert message["done"] and "Network evaluations" in facts and ("How the picture settles" in settling) == told
    assert tool.follow(machine.entry("grey/vae"))[tool.settling] == ""


def test_every_family_that_draws_has_a_diagram_and_an_equation() -> None:
    for family in GENERATIVE:
        told = described(family)
        assert told is not None and told["equation"], family
        assert {part["lit"] for part in told["parts"]} <= {"", "first", "last"}
