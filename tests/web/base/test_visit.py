"""What a visitor chose, and what a tool makes of it when it comes on show."""

import dataclasses
from pathlib import Path

import gradio as gr
import pytest

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.base.tool import Bench
from generative.web.base.visit import Errand, Visit
from generative.web.tools.draw.tool import DrawTool
from tests.building import build

SMALL = {"generator_channels": 2, "discriminator_channels": 2, "latent": 3}
CLOTHES = {"classes": ["a", "b"], "size": 8, **SMALL}
FACES = {"classes": [], "size": 8, "image_channels": 3, **SMALL}


@pytest.fixture
def machine(tmp_path: Path) -> Engine:
    for id, config in (("one/dcgan", CLOTHES), ("one/other", CLOTHES), ("two/dcgan", FACES)):
        weights.save(tmp_path / id, "dcgan", build("dcgan", config), {})
    return Engine(tmp_path, "cpu")


@pytest.fixture
def tool(machine: Engine) -> DrawTool:
    entries = list(machine.entries.values())
    with gr.Blocks(analytics_enabled=False):
        visit = gr.State(Visit("one"))
        built = DrawTool(Bench(machine, entries, entries[0], "samples", "test", visit))
        built.wire()
    return built


def test_a_choice_holds_for_the_data_set_it_is_of(machine: Engine) -> None:
    entries = list(machine.entries.values())
    visit = Visit("one").choose(machine.entry("one/other"))
    assert visit.entry(entries).id == "one/other"
    assert visit.turn("two").entry(entries).id == "two/dcgan"
    assert visit.turn("two").turn("one").entry(entries).id == "one/other"
    assert visit.turn("three").entry(entries).id == "one/other"  # of which there is nothing here
    assert Visit("one").entry(entries, shown="one/other").id == "one/other"


def test_what_was_brought_goes_with_any_data_set_until_another_is_chosen(machine: Engine) -> None:
    own = list(machine.entries.values())
    brought = dataclasses.replace(own[0], id="hf:someone/tiny@abc", dataset="")
    visit = Visit("two").send(Errand(brought, "samples"))
    assert visit.dataset == "two" and visit.entry([*own, brought]) is brought
    assert visit.turn("one").entry([*own, brought], shown=brought.id).id == "one/dcgan"
    assert visit.entry(own).id == "two/dcgan", "a tool that it is not for has another"


def test_a_tool_turns_to_what_was_chosen_meanwhile_and_otherwise_stays(machine: Engine, tool: DrawTool) -> None:
    visit, state = Visit("one").choose(machine.entry("one/other")), tool.bench.visit
    changed = tool._pull(visit, {"model": "one/dcgan"})
    assert changed[tool.controls.model]["value"] == "one/other" and changed[state] is visit
    assert changed[tool.face] == {"model": "one/other", "run": ""}
    assert tool._pull(visit, {"model": "one/other"}) == {state: visit}
    assert tool._pull(visit, ["anything"])[tool.face]["model"] == "one/other"


def test_a_choice_is_told_to_the_visit(tool: DrawTool) -> None:
    changed = tool._change_model(Visit("one"), "one/other")
    assert changed[tool.bench.visit].chosen == {"gans": "one/other"}
    for wrong in (["one/other"], "one/none", None):
        refused = tool._change_model(Visit("one"), wrong)
        assert refused[tool.bench.visit].chosen == {} and "no model" in refused[tool.stage]["error"]


def test_a_run_is_brought_back_once_by_the_tool_that_it_is_for(machine: Engine, tool: DrawTool) -> None:
    request = machine.request("samples", "one/other", seed=5, count=2, condition="b", options={"truncation": 0.5})
    visit = Visit("two").send(Errand(request.entry, "samples", request))
    assert (visit.dataset, visit.chosen) == ("one", {"gans": "one/other"})
    changed = tool._pull(visit, {"model": "one/dcgan"})
    assert changed[tool.face] == {"model": "one/other", "run": visit.errand.token}
    assert changed[tool.bench.visit].errand is None
    assert (changed[tool.controls.seed], changed[tool.controls.count]) == (5, 2)
    assert {"b", 0.5} <= {value for value in changed.values() if isinstance(value, (str, float))}
    for other in (dataclasses.replace(visit.errand, tool="scores"), None):
        assert tool.face not in tool._pull(dataclasses.replace(visit, errand=other), {"model": "one/other"})


def test_an_errand_without_a_run_only_turns_to_the_model(machine: Engine, tool: DrawTool) -> None:
    changed = tool._pull(Visit("two").send(Errand(machine.entry("one/other"), "samples")), {"model": "one/dcgan"})
    assert changed[tool.face] == {"model": "one/other", "run": ""}
    assert changed[tool.controls.model]["value"] == "one/other" and changed[tool.bench.visit].errand is None


def test_everything_that_is_pulled_may_be_changed(machine: Engine, tool: DrawTool) -> None:
    may = {tool.bench.visit, tool.face, *tool.outputs}
    request = machine.request("samples", "two/dcgan")
    visit = Visit("one").send(Errand(request.entry, "samples", request))
    assert may >= {*tool._pull(visit, {})} | {*tool._pull(visit.arrived(), {})} | {*tool.fail("no")}
