"""What the tools of a family's tab answer, without a browser."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import gradio as gr
import pytest
import torch

from generative.abilities import ABILITIES
from generative.conditions import Caption
from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.models.diffusion.latent_diffusion import LatentDiffusion
from generative.web.base.tool import Bench, Tool
from generative.web.rooms import compare_link
from generative.web.rooms.compare import TOLD, UNTOLD, CompareTab
from generative.web.tools import TOOLS
from generative.web.tools.complete.tool import CompleteTool
from generative.web.tools.likelihood.tool import LikelihoodTool
from generative.web.widgets.easel.easel import easel_state, mask_message, picture_message
from tests.building import build
from tests.pretended import pretended

SHAPES = {"grey": {"classes": ["a", "b"], "size": 8}, "colour": {"classes": [], "size": 6, "image_channels": 3}}


@pytest.fixture
def machine(tmp_path: Path) -> Engine:
    """Two data sets, of which one has no classes; of the other a model that was told them and one that was not."""
    kinds = {"gated-pixelcnn": {"channels": 4, "dilations": [1]}, "pixelcnn": {"channels": 6, "blocks": 1}}
    for dataset, kind in (("grey", "gated-pixelcnn"), ("grey", "pixelcnn"), ("colour", "pixelcnn")):
        model = build(kind, {**SHAPES[dataset], **kinds[kind]})
        weights.save(tmp_path / dataset / kind, kind, model, {})
    return Engine(tmp_path, "cpu")


def tool(kind: type, machine: Engine) -> LikelihoodTool | CompleteTool:
    with gr.Blocks(analytics_enabled=False):
        return kind(Bench.alone(machine, [*machine.entries.values()], "test"))


def value(channels: int, size: int) -> dict:
    return {**picture_message(torch.rand(channels, size, size), "Mine"), **mask_message(torch.ones(size, size))}


@pytest.mark.parametrize("kind", [LikelihoodTool, CompleteTool])
def test_a_picture_stays_for_the_next_model_if_it_fits(machine: Engine, kind: type) -> None:
    tried = tool(kind, machine)
    held = value(1, 8)
    changed = tried.follow(machine.entry("grey/pixelcnn"), held).get(tried.easel, held)
    assert easel_state(changed).image.equal(easel_state(held).image) and changed["alt"] == "Mine"
    changed = tried.follow(machine.entry("colour/pixelcnn"), held)[tried.easel]
    assert changed["shape"] == [3, 6, 6] and changed["picture"] is None


def test_why_a_picture_cannot_be_scored_stands_on_the_page(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = tool(LikelihoodTool, machine)
    assert "bits/dim" in tried.follow(machine.entry("grey/pixelcnn"), value(1, 8))[tried.verdict]
    (machine.library.root / "grey" / "gated-pixelcnn" / "model.safetensors").unlink()
    answer = tried.follow(machine.entry("grey/gated-pixelcnn"), value(1, 8))
    assert 'role="alert"' in answer[tried.verdict] and tried.controls.model in answer
    monkeypatch.setattr(machine, "limits", replace(machine.limits, seconds=-1))
    assert 'role="alert"' in tried._measure("grey/pixelcnn", value(1, 8), "")[tried.verdict]
    assert "6×6" in tried._measure("colour/pixelcnn", value(1, 8), "")[tried.verdict]


def test_compare_asks_what_a_model_can_be_told_and_tells_it_to_those(machine: Engine) -> None:
    with gr.Blocks(analytics_enabled=False):
        tab = CompareTab(machine, "grey")
    assert tab.note.value == TOLD and tab.told["grey"].group.visible
    changed = tab._change_dataset("colour")
    assert changed[tab.note] == UNTOLD and not changed[tab.told["grey"].group]["visible"]
    assert "needed to compare" in changed[tab.problem]
    (told,) = tab.told.controls
    said = {tab.models: ["grey/gated-pixelcnn", "grey/pixelcnn"], tab.count: 2, tab.seed: 5, told: "b"}
    requests = tab._requests(*(said[control] for control in tab.inputs))
    assert [request.captions for request in requests] == [["b", "b"], ["", ""]]
    assert machine.request("samples", "colour/pixelcnn", count=2).captions == ["", ""]
    again = compare_link.read(machine, dict(parse_qsl(compare_link.written(requests)[1:])))
    assert [r.plain() for r in again] == [r.plain() for r in requests]
    came = tab.recall(again)
    assert (came[tab.models], came[tab.count], came[tab.seed], came[told]) == (said[tab.models], 2, 5, "b")
    assert came[tab.face]["run"] and tab.recall(()) == {}
    assert tab.follow("colour", "grey")[tab.dataset] == "colour" and tab.follow("grey", "grey") == {}


def test_compare_draws_on_every_device_what_it_draws_on_one(machine: Engine) -> None:
    def drawn(engine: Engine) -> tuple[str, list[str]]:
        """What is said of how they run, and the pictures that each stage ends with."""
        with gr.Blocks(analytics_enabled=False):
            tab = CompareTab(engine, "grey")
        said = {tab.models: ["grey/gated-pixelcnn", "grey/pixelcnn"], tab.count: 2, tab.seed: 5}
        updates = list(tab._compare(*(said.get(control) for control in tab.inputs)))
        done = [stage.get("frames") for stage in tab.stages[:2] for stage in [last(updates, stage)]]
        return str(tab.models.info), [frames[-1]["views"] for frames in done]

    def last(updates: list[dict], stage: gr.components.Component) -> dict:
        return [update[stage] for update in updates if stage in update][-1]

    how, alone = drawn(machine)
    assert "one after another" in how
    with pretended(devices=2):
        both = Engine(machine.library, "cuda")
        how, pictures = drawn(both)
        assert {str(device) for device, _ in both._models} == {"cuda:0", "cuda:1"}
    assert "at the same time" in how and pictures == alone


ALL_ABLE = {
    "pixelcnn": {"channels": 6, "blocks": 1},
    "vae": {"channels": 2, "hidden": 4, "latent": 3},
    "ddpm": {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1},
    "flow": {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1},
    "equilibrium": {"channels": [16, 16]},
    "transformer": {"width": 8, "heads": 2, "layers": 2, "hidden": 8, "run": 2},
    "stylegan": {"generator_channels": 2, "discriminator_channels": 2, "latent": 3, "style": 4},
    "dcgan": {"generator_channels": 2, "discriminator_channels": 2, "latent": 3},
}


@pytest.fixture(scope="module")
def able_machine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("able")
    for dataset, shape in {**SHAPES, "colour": {**SHAPES["colour"], "size": 8}}.items():
        for kind, config in ALL_ABLE.items():
            weights.save(root / dataset / kind, kind, build(kind, {**shape, **config}), {})
    return Engine(root, "cpu")


def translating_machine(root: Path) -> Engine:
    """Of models that are of avatars only."""
    for kind in ("cyclegan-pencil", "cyclegan-sunglasses"):
        config = {"size": 32, "image_channels": 3, "channels": 2, "blocks": 1}
        weights.save(root / "avatars" / kind, kind, build(kind, config), {}, "avatars")
    return Engine(root, "cpu")


def listening_machine(root: Path) -> Engine:
    """Of models that are all told sentences."""
    config = LatentDiffusion.Config.tiny(told=(Caption(("a", "hat"), 5),), image_channels=3)
    for model in ("one", "two"):
        weights.save(root / "told" / model, "latent-diffusion", LatentDiffusion(config).eval(), {})
    return Engine(root, "cpu")


def writing_machine(root: Path) -> Engine:
    """Of models that write text."""
    for model in ("one", "two"):
        weights.save(root / "told" / model, "language", build("language", {"length": 20, "width": 8, "heads": 2}), {})
    return Engine(root, "cpu")


OWN = {"listens": listening_machine, "translates": translating_machine, "writes": writing_machine}


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_says_what_it_needs_and_changes_only_what_it_says(
    name: str, able_machine: Engine, tmp_path: Path
) -> None:
    kind = TOOLS[name]
    machine = OWN[kind.ability](tmp_path) if kind.ability in OWN else able_machine
    able = [entry for entry in machine.entries.values() if kind.ability in entry.abilities]
    assert kind.title and kind.ability in ABILITIES and len(able) >= 2
    with gr.Blocks(analytics_enabled=False):
        built = kind(Bench.alone(machine, able, "test"))
    assert issubclass(kind, Tool) and built.controls.entries == able
    own = {*built.outputs}
    assert own >= {*built.fail("No such model")}
    for entry in able:
        assert own >= {*built.follow(entry, *[component.value for component in built.held])}
