"""Features from few labels: what the tool, programs and the command line answer, without a browser."""

import json
from pathlib import Path

import gradio as gr
import pytest
import torch
from PIL import Image

from generative.__main__ import main
from generative.inference.engine.engine import Engine
from generative.inference.features import few_labels
from generative.inference.pictures.provenance import read_note
from generative.library import weights
from generative.web.api.features import FeatureEndpoints
from generative.web.base.tool import Bench
from generative.web.tools.features import tool as features_tool
from generative.web.tools.features.tool import FeaturesTool
from tests.building import build

CLOTHES = ["T-shirt/top", "Bag"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An autoencoder that was told no class, one that was, and one of a data set without labelled pictures."""
    root, tiny = tmp_path_factory.mktemp("checkpoints"), {"channels": 4, "hidden": 8, "latent": 3}
    made = {"fashion-mnist/conv-ae": {"size": 28}, "fashion-mnist/vae": {"size": 28, "classes": CLOTHES}}
    for id, config in {**made, "avatars/conv-ae": {"size": 64, "image_channels": 3}}.items():
        torch.manual_seed(0)
        dataset, kind = id.split("/")
        weights.save(root / id, kind, build(kind, {**tiny, **config}), {}, dataset)
    return Engine(root, "cpu")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few_labels, "draws", lambda each: 2 if each < 10 else 1)
    monkeypatch.setattr(features_tool, "COUNTS", (1, 10))


@pytest.fixture(scope="module")
def tool(machine: Engine) -> FeaturesTool:
    with gr.Blocks(analytics_enabled=False):
        return FeaturesTool(Bench.alone(machine, FeaturesTool.serves([*machine.entries.values()]), "test"))


def test_it_is_for_models_of_which_labelled_pictures_are_bundled(machine: Engine, tool: FeaturesTool) -> None:
    served = FeaturesTool.serves([*machine.entries.values()])
    assert [e.id for e in served] == ["fashion-mnist/conv-ae", "fashion-mnist/vae"]
    assert (
        "told the class" not in tool.follow(served[0])[tool.note]
        and "told the class" in tool.follow(served[1])[tool.note]
    )


def test_the_number_chosen_comes_first_and_the_whole_chart_has_a_link_that_brings_it_back(
    machine: Engine, tool: FeaturesTool
) -> None:
    *_, first = tool._learn("fashion-mnist/conv-ae", 10, 3)
    assert "With 10 labels a class" in first[tool.verdict] and "test pictures are told wrongly" in first[tool.wrong]
    assert "1 of 2 numbers" in first[tool.state]
    *_, last = tool._learn_others("fashion-mnist/conv-ae", 10, 3)
    assert last[tool.chart].count("legend") == 1 and "tool=features&amp;labels=10" in last[tool.state]
    request, _ = machine.follow({"model": "fashion-mnist/conv-ae", "seed": "3", "count": "1"})
    came = {**tool.recall(request), **tool.lay({"labels": "10"})}
    assert came[tool.seed] == 3 and came[tool.labels]["value"] == 10


def test_the_map_is_pointed_at_and_clusters_are_told(tool: FeaturesTool) -> None:
    told = tool._map("fashion-mnist/conv-ae")
    message = told[tool.map]
    assert len(json.loads(message["places"])) == len(message["names"]) == 400 and message["chosen"] == 0
    assert message["sheet"].startswith("data:image/webp;base64,")
    near = tool._pick("fashion-mnist/conv-ae", {"model": "fashion-mnist/conv-ae", "pick": 399})
    assert near.count("<img") == 9 and "Ankle boot" in near
    assert tool._group("fashion-mnist/conv-ae", 3, 0).count("<img") == 3


@pytest.mark.parametrize("pick", [None, {}, {"pick": 400}, {"pick": "1"}])
def test_whatever_a_browser_sends_is_answered_in_words(tool: FeaturesTool, pick: object) -> None:
    assert 'role="alert"' in tool._pick("fashion-mnist/conv-ae", pick)
    assert 'role="alert"' in tool._group("fashion-mnist/conv-ae", 1000, 0)
    assert 'role="alert"' in list(tool._learn("fashion-mnist/conv-ae", "many", 0))[-1][tool.state]
    assert list(tool._learn_others("fashion-mnist/conv-ae", "many", 0)) == []


def test_programs_and_the_command_line_are_told_the_same(
    machine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = FeatureEndpoints(machine).features("fashion-mnist/vae", [1, 10], seed=3, clusters=4)
    assert [row["labels"] for row in told["rows"]] == [1, 10] and told["was_told"] and told["clusters"] == 4
    assert len(told["wrong"]) == 16 and ", said " in told["wrong"][0]["words"]
    words = ["features", "fashion-mnist/vae", "--root", str(machine.library.root), "--labels", "1,10", "--seed", "3"]
    words += ["--clusters", "4", "--device", "cpu", "--out", str(tmp_path / "wrong.png")]
    assert main([*words, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["rows"] == told["rows"] and printed["purity"] == told["purity"]
    note = read_note((tmp_path / "wrong.png").read_bytes())
    assert (note["tool"], note["labels"], note["seed"]) == ("features", [1, 10], 3)
    assert Image.open(tmp_path / "wrong.png").size[0] > 224
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "PROBE ON FEATURES" in said and "purity" in said and "have seen labels" in said
    with pytest.raises(gr.Error, match="labels"):
        FeatureEndpoints(machine).features("fashion-mnist/vae", "0")
