"""What the Interpolate tool answers, without a browser."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch

from generative.inference import sources
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.latent.walks import PATHS, walk
from generative.inference.sources import seeded
from generative.library import weights
from generative.web.base.tool import Bench
from generative.web.sources.anchor import AnchorPicker, Source, known, located
from generative.web.sources.picker import gallery
from generative.web.sources.spread import spread_update
from generative.web.tools.interpolate.ends import ends_message, read_ends
from generative.web.tools.interpolate.tool import OPENING, InterpolateTool, opening
from tests.building import build

SMALL = {
    "ae": {"hidden": 8, "latent": 3},
    "dcgan": {"latent": 4, "class_embedding": 2, "generator_channels": 2, "discriminator_channels": 2},
}
AE, GAN, GREY = "fashion-mnist/ae", "fashion-mnist/dcgan", "grey/ae"


@pytest.fixture
def machine(tmp_path: Path) -> Engine:
    """Of one data set an autoencoder and a GAN, of another, which has no test images, an autoencoder."""
    torch.manual_seed(0)  # some draws of so few weights decode neighbours to the same bytes
    for id in (AE, GAN, GREY):
        kind, classes = id.split("/")[1], ["a", "b"] if id == GAN else []
        shape = {"classes": classes, "size": 8 if id == GREY else 28}
        weights.save(tmp_path / id, kind, build(kind, {**shape, **SMALL[kind]}), {})
    return Engine(tmp_path, "cpu")


@pytest.fixture
def tool(machine: Engine) -> InterpolateTool:
    with gr.Blocks(analytics_enabled=False):
        return InterpolateTool(Bench.alone(machine, [*machine.entries.values()], "test"))


def pictures(machine: Engine, id: str) -> dict[str, Any]:
    images, names = gallery("fashion-mnist", 28)
    return ends_message(machine.entry(id), [Source(names[i], picture=images[i]) for i in OPENING])


def seeds(machine: Engine, id: str) -> dict[str, Any]:
    return ends_message(machine.entry(id), [Source(f"seed {i}", seed=i) for i in (5, 6, 7, 8)])


def draw(
    tool: InterpolateTool,
    value: Any,
    shape: Any = "walk",
    path: Any = "slerp",
    steps: Any = 5,
    side: Any = 3,
    spread: Any = 1,
):
    return list(tool._draw(value, shape, path, steps, side, spread))


def test_it_opens_with_pictures_where_an_encoder_finds_them_at_once(machine: Engine) -> None:
    assert all(s.picture is not None for s in opening(machine.entry(AE)))
    for id in (GAN, GREY):
        assert [s.seed for s in opening(machine.entry(id))] == list(OPENING)


def test_a_walk_goes_there_and_back(machine: Engine, tool: InterpolateTool) -> None:
    value = pictures(machine, AE)
    (answer,) = draw(tool, value)
    frames = answer[tool.stage]["frames"]
    views = [frame["views"]["image"] for frame in frames]
    assert len(frames) == 9 and views == views[::-1] and len(set(views)) == 5
    assert [f["label"] for f in frames[:3]] == ["0 %", "25 %", "50 %"] and answer[tool.stage]["done"]
    assert answer[tool.sheet].count("<i ") == 5
    keys = [end["key"] for end in value["ends"]]
    found = answer[tool.ends]["found"]
    assert list(found) == keys[:2] and all(f["words"].startswith("differs by") for f in found.values())
    assert answer[tool.ends]["names"] == ["From", "To"]


def test_the_facts_compare_both_paths(machine: Engine, tool: InterpolateTool) -> None:
    facts = draw(tool, seeds(machine, AE), path="lerp")[0][tool.facts]
    assert facts.count("of 255, at most") == 2 and all(f"per step, {path}" in facts for path in PATHS)
    start, end = (seeded(machine, AE, seed, 1)[0] for seed in (5, 6))
    assert f"{float((start - end).norm()):.2f}, at " in facts


@pytest.mark.parametrize("path", PATHS)
def test_everything_is_decoded_in_one_call(
    machine: Engine, tool: InterpolateTool, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded, run = [], machine.run

    def counting(request: Request, visitor: str = "") -> Iterator[Any]:
        if request.ability.name == "decodes":
            decoded.append(request.inputs["latents"])
        return run(request, visitor)

    monkeypatch.setattr(machine, "run", counting)
    draw(tool, seeds(machine, AE), path=path, steps=32)
    draw(tool, seeds(machine, AE), "grid", path, side=12)
    assert [len(latents) for latents in decoded] == [64, 144 + 45]
    start, end = (seeded(machine, AE, seed, 1)[0] for seed in (5, 6))
    assert decoded[0][:32].equal(walk(start, end, 32, path))


def test_a_grid_stands_between_four_corners(machine: Engine, tool: InterpolateTool) -> None:
    value = pictures(machine, AE)
    (answer,) = draw(tool, value, "grid", side=4)
    assert len(answer[tool.ends]["found"]) == 4 and len(answer[tool.ends]["names"]) == 4
    views = [frame["views"]["image"] for frame in answer[tool.stage]["frames"]]
    assert len(views) == 13 and views[0] == views[-1] and len(set(views)) == 12
    assert 'alt="16 pictures between' in answer[tool.sheet]
    edges = ("along the top", "along the bottom", "on the left", "on the right")
    assert all(f"Distance {edge}" in answer[tool.facts] for edge in edges)


def test_a_search_is_shown_and_what_it_found_is_remembered(machine: Engine, tool: InterpolateTool) -> None:
    value = pictures(machine, GAN)
    *shown, last = draw(tool, value)
    news = [news for answer in shown for news in answer[tool.ends]["found"].values()]
    assert {n["words"].split(":")[0] for n in news} == {"searching"} and all(n["busy"] for n in news)
    assert {key for answer in shown for key in answer[tool.ends]["found"]} == {e["key"] for e in value["ends"][:2]}
    again = draw(tool, value)
    assert len(again) == 1 and again[0][tool.sheet] == last[tool.sheet]


def test_no_more_is_remembered_than_fits(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "REMEMBERED", 1)
    entry, images = machine.entry(GAN), gallery("fashion-mnist", 28)[0]
    first, second = Source("a", picture=images[0]), Source("b", picture=images[1])
    latent = located(machine, entry, first)
    assert known(machine, entry, first).equal(latent)
    located(machine, entry, second)
    assert known(machine, entry, first) is None and known(machine, entry, second) is not None


def test_the_ends_follow_to_another_model(machine: Engine, tool: InterpolateTool) -> None:
    mixed = pictures(machine, AE)
    mixed["ends"][1] = {"key": "mine", "name": "seed 11", "seed": 11}
    message = tool.follow(machine.entry(GAN), mixed)[tool.ends]
    kept = [end.source for end in read_ends(message, machine.entry(GAN))]
    assert message["model"] == GAN and kept[1].seed == 11
    assert kept[0].picture.equal(read_ends(mixed, machine.entry(AE))[0].source.picture)
    message = tool.follow(machine.entry(GREY), mixed)[tool.ends]  # pictures of another size and data set
    kept = [end.source for end in read_ends(message, machine.entry(GREY))]
    assert [source.picture for source in kept] == [None] * 4 and [source.seed for source in kept][:2] == [0, 11]
    assert tool.follow(machine.entry(AE), None)[tool.ends]["model"] == AE


def test_pictures_are_refused_where_nothing_finds_their_latent(machine: Engine, tool: InterpolateTool) -> None:
    entry = machine.entry(GAN)
    blind = dataclasses.replace(entry, abilities=[a for a in entry.abilities if a != "projects"])
    answer = tool._choose(blind, Source("Bag", picture=torch.zeros(1, 28, 28)))
    assert "Choose seeds" in answer[tool.ends]["error"]
    assert tool._choose(blind, Source("seed 3", seed=3))[tool.ends]["arrived"] == {"name": "seed 3", "seed": 3}


def broken(value: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {**value, "ends": [{**value["ends"][0], **changed}, *value["ends"][1:]]}


def test_what_cannot_be_drawn_is_told_in_words(machine: Engine, tool: InterpolateTool) -> None:
    value, image = seeds(machine, AE), pictures(machine, AE)
    for wrong in (None, 7, {}, {"model": AE}, {"model": AE, "ends": [1, 2, 3, 4]}, {**value, "model": "no/model"}):
        (answer,) = draw(tool, wrong)
        assert answer[tool.ends]["error"]
    for wrong in (
        broken(value, seed=-1),
        broken(value, seed="seven"),
        broken(value, seed=None),
        broken(image, shape=[1]),
    ):
        assert draw(tool, wrong)[0][tool.ends]["error"]
    assert "incomplete" in draw(tool, broken(image, picture="AAAA"))[0][tool.ends]["error"]
    alien = {**pictures(machine, AE), "model": GREY}
    assert "grey, 8×8 pixels" in draw(tool, alien)[0][tool.ends]["error"]
    for settings in ({"shape": "ring"}, {"path": "nlerp"}, {"steps": 1}, {"steps": None}, {"steps": float("nan")}):
        assert list(draw(tool, value, **settings)[0]) == [tool.ends]
    assert "from 2 to 12" in draw(tool, value, "grid", side=13)[0][tool.ends]["error"]


def test_a_name_from_outside_is_no_html(machine: Engine, tool: InterpolateTool) -> None:
    (answer,) = draw(tool, broken(pictures(machine, AE), name='"><b>x'))
    assert "<b>" not in answer[tool.sheet]


def test_seeds_are_spread_and_pictures_are_not(machine: Engine, tool: InterpolateTool) -> None:
    value = seeds(machine, GAN)
    (narrow,), (wide,) = draw(tool, value, spread=0.5), draw(tool, value)
    ends = [seeded(machine, GAN, seed, 1, options={"truncation": 0.5})[0] for seed in (5, 6)]
    assert f"{float((ends[0] - ends[1]).norm()):.2f}, at " in narrow[tool.facts]
    assert narrow[tool.sheet] != wide[tool.sheet]
    (narrow,), (wide,) = draw(tool, pictures(machine, AE), spread=0.5), draw(tool, pictures(machine, AE))
    assert narrow[tool.sheet] == wide[tool.sheet]
    for spread in (7, None, "wide", float("nan")):
        assert "truncation must be" in draw(tool, value, spread=spread)[0][tool.ends]["error"]


def test_the_slider_of_the_spread_is_called_as_the_model_calls_it(machine: Engine, tool: InterpolateTool) -> None:
    slider = tool.anchor.spread
    for id, label, low in ((GAN, "Truncation", 0.1), (AE, "Temperature", 0)):
        update = tool.follow(machine.entry(id), None)[slider]
        assert (update["label"], update["minimum"], update["visible"]) == (label, low, True) and "value" not in update
    assert spread_update(dataclasses.replace(machine.entry(AE), kind="ddpm"))["visible"] is False


def test_a_latent_is_told_once_it_is_chosen(machine: Engine) -> None:
    """Where one point is chosen at a time, a seed counts as soon as it changes."""
    with gr.Blocks(analytics_enabled=False) as page:
        model = gr.Dropdown([AE], value=AE)
        picker = AnchorPicker(machine, machine.entry(AE), "one")
        told = gr.JSON()
        picker.on_anchor(model, lambda entry, z, name: {told: [entry.id, len(z), name]}, lambda w: {told: w}, [told])
    seeded = next(f for f in page.fns.values() if (picker.seed._id, "change") in f.targets)
    assert seeded.fn(AE, 7, 1) == {told: [AE, 3, "seed 7"]}
    assert "seed must be" in seeded.fn(AE, -7, 1)[told]
