"""Adding noise: what the tool answers, without a browser."""

import base64
import json
import math
from urllib.parse import parse_qsl

import gradio as gr
import numpy as np
import pytest
import torch

from generative.inference.denoising.schedules import schedules
from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.library.losses import Losses
from generative.models.model import drain
from generative.seeds import Seeds
from generative.web.base.panel import asked
from generative.web.base.tool import Bench
from generative.web.tools.noise.charts import loss_chart
from generative.web.tools.noise.noising import ONE, chosen, strip_of
from generative.web.tools.noise.tool import NoiseTool
from generative.web.widgets.easel.easel import easel_state, picture_message
from tests.building import build

CONFIG = {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1, "size": 8}
PICTURE = (torch.arange(64) / 64 * 255).round().view(1, 8, 8) / 255
EASEL = picture_message(PICTURE, "Mine")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A diffusion model, one with another schedule, and a flow."""
    root = tmp_path_factory.mktemp("checkpoints")
    for name, kind, more in (("ddpm", "ddpm", {}), ("line", "ddpm", {"beta_schedule": "linear"}), ("flow", "flow", {})):
        torch.manual_seed(0)
        weights.save(root / "grey" / name, kind, build(kind, {"classes": ["a", "b"], **CONFIG, **more}), {})
    weights.write_json(root / "grey" / "ddpm" / "denoising.json", {"timesteps": [0, 999], "loss": [0.9, 0.4]})
    return Engine(root, "cpu")


@pytest.fixture
def tool(machine: Engine) -> NoiseTool:
    with gr.Blocks(analytics_enabled=False):
        return NoiseTool(Bench.alone(machine, [*machine.entries.values()], "test"))


def floats(mix: dict) -> tuple[np.ndarray, np.ndarray]:
    """Picture in [−1, 1] and noise, as the browser reads them, in the order H, W, C."""
    picture = np.frombuffer(base64.b64decode(mix["picture"]), np.uint8) / 255 * 2 - 1
    return picture, np.frombuffer(base64.b64decode(mix["noise"]), "<i2") / ONE


@pytest.mark.parametrize("name", ["ddpm", "flow"])
def test_the_browser_mixes_what_python_would(tool: NoiseTool, machine: Engine, name: str) -> None:
    entry = machine.entry(f"grey/{name}")
    message = tool._renew(asked(entry), EASEL, 7, {"t": 300}, "")[tool.noising]
    model, mix = machine.model(entry), message["mix"]
    picture, noise = floats(mix)
    for t in (0, 300, 999):
        frame = drain(model.noised(PICTURE[None], [t], Seeds(7, 1)))
        shown = np.clip((mix["alpha"][t] * picture + mix["sigma"][t] * noise + 1) / 2, 0, 1)
        expected = frame.views["x_t"].images[0].permute(1, 2, 0).flatten().numpy()
        np.testing.assert_allclose(shown, expected, atol=5e-4)


def test_what_is_believed_is_what_one_pass_finds_without_guidance(tool: NoiseTool, machine: Engine) -> None:
    entry = machine.entry("grey/ddpm")
    for label, condition in (("", None), ("a", "a")):
        told = tool._look(asked(entry), EASEL, 3, {"t": 500}, label)[tool.noising]["believed"]
        model = machine.model(entry)
        frame = drain(model.noised(PICTURE[None], [500], Seeds(3, 1), model.Options(guidance_scale=1.0), condition))
        assert told["t"] == 500 and told["loss"] == pytest.approx(float(frame.figures["loss"]), rel=1e-4)
        pixels = np.frombuffer(base64.b64decode(told["pixels"]), np.uint8)
        np.testing.assert_allclose(pixels / 255, frame.images[0].permute(1, 2, 0).flatten(), atol=3e-3)


def test_a_saved_picture_brings_back_picture_noise_and_t(tool: NoiseTool, machine: Engine) -> None:
    entry = machine.entry("grey/ddpm")
    told = tool._look(asked(entry), EASEL, 3, {"t": 123}, "b")[tool.noising]["believed"]
    for request, _ in (machine.recall(json.loads(told["recipe"])), follow(machine, told["link"])):
        updates = tool.recall(request)
        assert easel_state(updates[tool.easel]).image.equal(PICTURE)
        assert updates[tool.seed] == 3 and updates[tool.noising]["t"] == 123 and "b" in updates.values()


def follow(machine: Engine, link: str) -> tuple:
    return machine.follow(dict(parse_qsl(link.removeprefix("?"))))


def test_what_cannot_be_looked_at_is_told_in_words(tool: NoiseTool, machine: Engine) -> None:
    entry = machine.entry("grey/ddpm")
    for wrong in ((None, EASEL, 0), (asked(entry), None, 0), (asked(entry), EASEL, -1), (asked(entry), EASEL, "x")):
        for act in (tool._renew, tool._look):
            assert act(*wrong, {"t": 10}, "")[tool.noising]["error"]
    other = picture_message(torch.zeros(3, 9, 9), "Large")
    assert "8×8" in tool._look(asked(entry), other, 0, {}, "")[tool.noising]["error"]


@pytest.mark.parametrize("wrong", [None, {}, {"t": -1}, {"t": 1000}, {"t": 1.5}, {"t": True}, {"t": "3"}, [3]])
def test_a_t_that_is_none_is_the_usual_one(wrong: object) -> None:
    assert chosen(wrong, 1000) == 400 and chosen(wrong, 50) == 49
    assert chosen({"t": 7}, 1000) == 7


def test_the_strip_goes_all_the_way() -> None:
    assert strip_of(1000) == [0, 100, 200, 300, 400, 500, 599, 699, 799, 899, 999]
    assert strip_of(2) == [0, 1]


def test_schedules_follow_their_closed_forms(machine: Engine) -> None:
    cosine, linear, sigmoid = (
        next(s for s in schedules(machine.model("grey/ddpm")) if s.name == name)
        for name in ("cosine", "linear", "sigmoid")
    )
    t = torch.arange(1000, dtype=torch.float64)
    torch.testing.assert_close(linear.beta, 1e-4 + (0.02 - 1e-4) * t / 999, rtol=1e-4, atol=1e-7)
    expected = (
        torch.cos(((t + 1) / 1000 + 0.008) / 1.008 * math.pi / 2).square() / math.cos(0.008 / 1.008 * math.pi / 2) ** 2
    )
    torch.testing.assert_close(cosine.share[:990], expected[:990], rtol=1e-3, atol=1e-4)
    for schedule in (cosine, linear, sigmoid):
        assert (schedule.share.diff() < 0).all() and ((schedule.beta > 0) & (schedule.beta < 1)).all()
        torch.testing.assert_close(schedule.log_snr, (schedule.share / (1 - schedule.share)).log())
        torch.testing.assert_close((1 - schedule.beta).cumprod(0), schedule.share, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(("name", "own"), [("ddpm", "cosine"), ("line", "linear"), ("flow", "straight line")])
def test_the_models_own_schedule_is_marked(tool: NoiseTool, machine: Engine, name: str, own: str) -> None:
    found = schedules(machine.model(f"grey/{name}"))
    assert [s.name for s in found if s.own] == [own] and found[-1].own
    answer = tool._renew(asked(machine.entry(f"grey/{name}")), EASEL, 0, {}, "")
    first, *_, last = answer[tool.curves]["charts"]
    assert {"name": f"{own}, this model's", "kind": "own"} in first["legend"] and len(first["legend"]) == len(found)
    assert (last["title"] == "Error of the network") == (name == "ddpm")
    assert ("generative evaluate grey/" in answer[tool.missing]) == (name != "ddpm")


def test_an_error_counts_in_the_picture_where_noise_is_strong_and_in_the_noise_where_it_is_weak(
    machine: Engine,
) -> None:
    model = machine.model("grey/ddpm")
    chart = loss_chart(model, Losses((0.0, 999.0), (0.9, 0.4)))["chart"]
    lines = {series["kind"]: [y for _, y in series["points"]] for series in chart["series"]}
    assert lines["own"] == [0.9, 0.4]
    assert lines["second"] == pytest.approx([0, 0.4], abs=1e-3) and lines["third"] == pytest.approx([0.9, 0], abs=1e-3)
