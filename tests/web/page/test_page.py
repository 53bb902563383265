"""What the page sends before anybody has opened anything."""

import json
from pathlib import Path

import gradio as gr
import pytest

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.base.visit import Visit
from generative.web.page import page
from generative.web.rooms.family import FamilyTab, offered
from generative.web.tools import TOOLS
from tests.building import build


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(device="cpu")


def test_the_page_is_a_skeleton_until_a_tool_is_opened(engine: Engine) -> None:
    config = page.build(engine).get_config_file()
    drawn = [c for c in config["components"] if c["type"] != "api"]  # those stand for parameters of endpoints
    assert len(drawn) <= 200
    assert len(json.dumps(config, default=str)) < 800_000


def test_a_family_offers_the_tools_that_a_model_of_it_can_serve(engine: Engine) -> None:
    for family in ("autoregressive", "autoencoders", "gans", "diffusion"):
        entries = [e for e in engine.entries.values() if e.family == family]
        tools = offered(entries)
        assert next(iter(tools)) == "samples"
        assert all(TOOLS[name].ability in e.abilities for name, some in tools.items() for e in some)


def test_a_family_whose_models_do_not_draw_has_a_tab(tmp_path: Path) -> None:
    """No ability is privileged."""
    model = build("pixelcnn", {"classes": [], "size": 8, "channels": 6, "blocks": 1})
    weights.save(tmp_path / "toys" / "pixelcnn", "pixelcnn", model, {})
    machine = Engine(tmp_path, "cpu")
    object.__setattr__(machine.entries["toys/pixelcnn"], "abilities", ["scores"])
    with page.build(machine) as built:
        FamilyTab("autoregressive", machine, gr.State(), lambda stage: None)._build("scores", Visit())
    ids = {component["props"].get("elem_id") for component in built.get_config_file()["components"]}
    assert list(offered([*machine.entries.values()])) == ["scores"]
    assert "autoregressive-easel" in ids and "autoregressive-stage" not in ids
