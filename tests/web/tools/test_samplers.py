"""Samplers and guidance beside each other: what the tools answer, without a browser."""

import base64
import html
import re
import shutil
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest
import torch

from generative.errors import GenerativeError
from generative.inference.engine.engine import Engine
from generative.inference.pictures.provenance import read_note
from generative.library import weights
from generative.web.base.tool import Bench
from generative.web.base.visit import Visit
from generative.web.page.arrivals import Arrivals
from generative.web.tools.guidance.tool import GuidanceTool
from generative.web.tools.paths.tool import PathsTool
from generative.web.tools.samplers.tool import SamplersTool
from tests.building import build

CONFIG = {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1, "size": 8}
FREE = ["classifier-free"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("checkpoints")
    for kind in ("ddpm", "flow"):
        torch.manual_seed(0)
        weights.save(root / "grey" / kind, kind, build(kind, {"classes": ["a", "b"], **CONFIG}), {})
    return Engine(root, "cpu")


def built(kind: type, machine: Engine) -> Any:
    with gr.Blocks(analytics_enabled=False):
        return kind(Bench.alone(machine, [*machine.entries.values()], "test"))


def test_the_table_fills_cell_by_cell_and_each_is_a_link_to_its_run(machine: Engine) -> None:
    tool = built(SamplersTool, machine)
    moments = list(tool._compare("grey/ddpm", ["ddim", "heun"], [2, 4], 2, 7, "a"))
    assert [m[tool.table].count("<a ") for m in moments] == [0, 1, 2, 3, 4]
    assert "3 of 4 cells" in moments[3][tool.state] and "Link to this table" in moments[-1][tool.state]
    last = moments[-1][tool.table]
    assert last.count("<img") == 8 and "4 steps" in last and "sampler=heun" in last and "seed=7" in last
    assert all(f">{n} evaluations" in last for n in (4, 8, 6, 14))  # guided at scale 2: two a look


def test_each_model_offers_its_own_samplers(machine: Engine) -> None:
    tool = built(SamplersTool, machine)
    offered = tool.follow(machine.entry("grey/flow"))[tool.samplers]
    assert offered["choices"] == ["euler", "heun"] and set(offered["value"]) <= {"euler", "heun"}


@pytest.mark.parametrize(
    "wrong",
    [
        ("grey/none", ["ddim"], [2], 1, 0),
        ("grey/ddpm", [], [2], 1, 0),
        ("grey/ddpm", ["ddim"], [2, 3, 4, 5, 6, 7], 1, 0),
        ("grey/ddpm", ["dim"], [2], 1, 0),
        ("grey/ddpm", ["ddim"], [1001], 1, 0),
        ("grey/ddpm", ["ddim"], [2], "many", 0),
        ("grey/ddpm", ["ddim"], [2], 1, -1),
        ("grey/ddpm", ["ddim"], [float("nan")], 1, 0),
    ],
)
def test_what_cannot_be_compared_is_told_in_words(machine: Engine, wrong: tuple) -> None:
    tool = built(SamplersTool, machine)
    (answer,) = tool._compare(*wrong, "")
    assert 'role="alert"' in answer[tool.state]


def test_a_column_for_each_scale_and_what_it_costs_in_variety(machine: Engine) -> None:
    tool = built(GuidanceTool, machine)
    *_, last = tool._compare("grey/ddpm", [1, 4], [], 0.2, 0.8, 3, 5, "a", "b")
    table = last[tool.table]
    assert table.count("<img") == 6 and "scale 1" in table and "scale 4" in table and "Variety" in table
    assert "20 evaluations" in table and "32 evaluations" in table  # twice between 0.2 and 0.8
    assert "guides" in table and "guidance_start=0.2" in table and "data-chart" in table


def test_a_classifier_beside_the_model_guides_the_same_noises_in_a_table_of_its_own(machine, tmp_path) -> None:
    shutil.copytree(machine.library.root / "grey" / "ddpm", tmp_path / "grey" / "ddpm")
    for kind in ("noisy-classifier", "classifier"):
        judge = build(kind, {"classes": ["a", "b"], "size": 8, "channels": 4})
        weights.save(tmp_path / "grey" / kind, kind, judge, {})
    guided = Engine(tmp_path, "cpu")
    with gr.Blocks(analytics_enabled=False):
        tool = GuidanceTool(Bench.alone(guided, [guided.entry("grey/ddpm")], "test"))
    assert tool.kinds.visible and not built(GuidanceTool, machine).kinds.visible
    *_, last = tool._compare("grey/ddpm", [0, 3], ["classifier-free", "classifier"], 0, 1, 2, 5, "a", "")
    table = last[tool.table]
    assert table.count("<img") == 8 and table.count("<h3>") == 2 and table.count("<gen-plot") == 1
    assert "40 evaluations" in table and "+ 20 of the classifier" in table and "guided_by=classifier" in table
    assert "kinds=classifier-free%2Cclassifier" in html.unescape(last[tool.state])
    (answer,) = tool._compare("grey/ddpm", [2], [], 0, 1, 2, 5, "a", "")
    assert "kinds must be from 1 to 3" in answer[tool.state]
    assert tool.kinds.choices == [("Classifier-free", "classifier-free"), ("By a classifier", "classifier")]


def test_a_worse_model_beside_it_guides_too(machine, tmp_path) -> None:
    shutil.copytree(machine.library.root / "grey" / "ddpm", tmp_path / "grey" / "ddpm")
    own = weights.load(tmp_path / "grey" / "ddpm").config
    worse = build("ddpm-small", {**own.plain(), "layers_per_block": 2})
    weights.save(tmp_path / "grey" / "ddpm-small", "ddpm-small", worse, {})
    judge = build("classifier", {"classes": ["a", "b"], "size": 8, "channels": 4})
    weights.save(tmp_path / "grey" / "classifier", "classifier", judge, {})
    guided = Engine(tmp_path, "cpu")
    with gr.Blocks(analytics_enabled=False):
        tool = GuidanceTool(Bench.alone(guided, [guided.entry("grey/ddpm")], "test"))
    assert [name for _, name in tool.kinds.choices] == ["classifier-free", "autoguidance"]
    *_, last = tool._compare("grey/ddpm", [1, 3], ["classifier-free", "autoguidance"], 0, 1, 2, 5, "a", "")
    table = last[tool.table]
    assert "+ 20 of the smaller model" in table and "guided_by=autoguidance" in table and table.count("<h3>") == 2
    assert "dashed, by a worse model (autoguidance)" in table
    assert not tool.offered(guided.entry("grey/ddpm-small"))["visible"]


def test_without_anything_to_lead_away_from_it_leads_away_from_nothing_told(machine: Engine) -> None:
    tool = built(GuidanceTool, machine)
    *_, last = tool._compare("grey/ddpm", [2], [], 0, 1, 2, 0, "a", "")
    assert "ability=guides" not in last[tool.table]


def test_a_link_away_from_a_class_opens_guidance_with_it(machine: Engine) -> None:
    tool = built(GuidanceTool, machine)
    options = {"guidance_scale": 4, "guidance_end": 0.5}
    request = machine.request("guides", "grey/flow", seed=9, count=3, condition="a", against="b", options=options)
    updates = tool.recall(request)
    assert updates[tool.scales] == [4] and (updates[tool.seed], updates[tool.count], updates[tool.end]) == (9, 3, 0.5)
    told, away = (
        updates[form.controls[0]] for form in (*tool.controls.told.forms.values(), *tool.against.forms.values())
    )
    assert (told, away) == ("a", "b")


def test_paths_come_one_after_another_with_what_few_steps_lose(machine: Engine) -> None:
    tool = built(PathsTool, machine)
    offered = tool.follow(machine.entry("grey/ddpm"))[tool.ways]
    assert offered["value"] == ["grey/ddpm=ddim", "grey/flow=euler"]  # of both models, on one noise
    *_, half, last = tool._compare(offered["value"], [1, 3], 2, 5, "grey/ddpm", "a")
    assert "5 of 6 runs" in half[tool.state] and "Save it as PNG" in last[tool.state]
    table = last[tool.table]
    assert table.count("<gen-plot") == 2 and table.count("<img") == 12 and "by the mixing alone 1.00" in table
    assert "3 evaluations" in table and "from the whole path" in table and "sampler=ddim" in table


@pytest.mark.parametrize(
    "wrong",
    [
        ([], [2], 1, 0, "grey/ddpm"),
        (["grey/ddpm=no"], [2], 1, 0, "grey/ddpm"),
        (["grey/ddpm"], [0], 1, 0, "grey/ddpm"),
        (["grey/ddpm"], [2], 5, 0, "grey/ddpm"),
        (["grey/ddpm"], [2], 1, -1, "grey/ddpm"),
        ("x", {}, None, None, None),
    ],
)
def test_ways_that_there_are_not_are_told_in_words(machine: Engine, wrong: tuple) -> None:
    tool = built(PathsTool, machine)
    (answer,) = tool._compare(*wrong, "")
    assert 'role="alert"' in answer[tool.state]


@pytest.mark.parametrize(
    ("kind", "name", "asked", "lists"),
    [
        (SamplersTool, "samplers", (["ddim", "heun"], [2, 7], 2, 7), {"samplers": ["ddim", "heun"], "steps": [2, 7]}),
        (PathsTool, "paths", ([1, 6], 2, 7), {"ways": ["grey/ddpm=ddim"], "steps": [1, 6]}),
        (
            GuidanceTool,
            "guidance",
            ([0, 2.2], [], 0.2, 0.8, 2, 7),
            {"scales": [0.0, 2.2], "kinds": ["classifier-free"]},
        ),
    ],
)
def test_a_table_that_was_kept_comes_back_whole(
    machine: Engine, kind: type, name: str, asked: tuple, lists: dict[str, list]
) -> None:
    tool = built(kind, machine)
    own = (["grey/ddpm=ddim"], *asked, "grey/ddpm", "b") if kind is PathsTool else ("grey/ddpm", *asked, "b")
    *_, last = tool._compare(*own, *[""] * (kind is GuidanceTool))
    link, picture = re.findall('href="([^"]*)"', last[tool.state])
    with gr.Blocks(analytics_enabled=False):
        arrivals = Arrivals(machine, gr.State(), gr.Tabs(), gr.Radio(), gr.HTML())
    note = read_note(base64.b64decode(picture.partition(",")[2]))
    for errand in (
        arrivals._go(Visit(), dict(parse_qsl(html.unescape(link)[1:])))[arrivals.visit].errand,
        arrivals._table(note["tool"], machine.recall(note)[0], note),
    ):
        assert (errand.tool, errand.request.seeds.first, errand.request.told) == (name, 7, {"class": "b"})
        updates = {**tool.recall(errand.request), **tool.lay(errand.table)}
        for said, values in lists.items():
            update = updates[getattr(tool, said)]
            assert (update["value"] if isinstance(update, dict) else update) == values
        assert (updates[tool.seed], updates[tool.count]) == (7, 2)


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (SamplersTool, {"samplers": "dim", "steps": "3"}),
        (SamplersTool, {"samplers": "ddim", "steps": "1e9"}),
        (SamplersTool, {"steps": [2]}),
        (PathsTool, {"ways": "grey/none", "steps": "2"}),
        (GuidanceTool, {"scales": [99]}),
        (GuidanceTool, {"scales": [2], "kinds": "nobody"}),
    ],
)
def test_a_table_that_nobody_can_have_kept_is_refused(machine: Engine, kind: type, table: dict) -> None:
    with pytest.raises(GenerativeError):
        built(kind, machine).lay(table)


@pytest.mark.parametrize(
    "wrong",
    [
        ("grey/ddpm", [-0.5], FREE, 0, 1, 2, 0, "", ""),
        ("grey/ddpm", [11], FREE, 0, 1, 2, 0, "", ""),
        ("grey/ddpm", [2], FREE, -1, 1, 2, 0, "", ""),
        ("grey/ddpm", [2], FREE, 0, 1, 0, 0, "", ""),
        ("grey/ddpm", [2], FREE, 0, 1, 2, 0, "", "c"),
        ("grey/ddpm", None, FREE, 0, 1, 2, 0, "", ""),
    ],
)
def test_guidance_that_cannot_be_is_told_in_words(machine: Engine, wrong: tuple) -> None:
    tool = built(GuidanceTool, machine)
    (answer,) = tool._compare(*wrong)
    assert 'role="alert"' in answer[tool.state]
