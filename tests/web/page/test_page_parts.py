"""What the page says, without a browser."""

import json
import shutil
from pathlib import Path

import gradio as gr
import pytest
import torch

from generative.figures import amount
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.inference.pictures.grids import grid
from generative.library import weights
from generative.web.base import run as runs
from generative.web.base.card import card, sheet_message, tiles
from generative.web.base.run import Run, duration, facts
from generative.web.page import page
from generative.web.rooms.guide import tables
from generative.web.rooms.taxonomy import taxonomy
from generative.web.widgets.plot.curve import curve
from tests.building import build as build_model

DDPM = {"channels": [16, 16], "attention": [False, False], "layers_per_block": 1}
DCGAN = {"generator_channels": 4, "discriminator_channels": 4, "latent": 4}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A diffusion model and a GAN, of which the GAN's weights are cut short."""
    for kind, config in (("ddpm", DDPM), ("dcgan", DCGAN)):
        model = build_model(kind, {"classes": ["Bag", "Coat"], "size": 8, **config})
        weights.save(tmp_path / "toys" / kind, kind, model, {"minutes": 1})
    damaged = tmp_path / "toys" / "dcgan" / "model.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    return Engine(tmp_path, "cpu")


def wish(machine: Engine, label: str = "", **options: object) -> Request:
    told = {"class": label}
    options = {"num_inference_steps": 4, **options}
    return machine.request("samples", "toys/ddpm", seed=5, count=2, condition=told, options=options)


def test_the_page_is_built_around_a_damaged_model(engine: Engine) -> None:
    assert isinstance(page.build(engine), gr.Blocks)
    broken = engine.entries["toys/dcgan"]
    assert broken.family == "gans" and "truncated" in broken.problem
    assert "unavailable" in card(broken) and "unavailable" in sheet_message(broken)["error"]
    assert "unavailable" in tables(list(engine.entries.values()))


def test_damaged_side_files_cost_their_side_show_only(engine: Engine) -> None:
    folder = engine.entries["toys/ddpm"].folder
    for name in ("training.csv", "samples.png", "metrics.json"):
        (folder / name).write_bytes(b"\xff\x00{" * 50)
    entry = Engine(engine.library.root, "cpu").entry("toys/ddpm")
    told = card(entry)
    assert told.count("<th>Damaged</th>") == 3 and "gen-plot" not in told and "In training" in told
    assert "Press Generate" in sheet_message(entry)["notice"]
    assert "unavailable" not in tables([entry])


def test_a_page_without_models_says_how_to_get_some(tmp_path: Path) -> None:
    assert "generative train" in json.dumps(page.build(Engine(tmp_path, "cpu")).get_config_file(), default=str)


def test_a_run_becomes_messages_that_end_with_recipes(engine: Engine) -> None:
    run = Run(engine, wish(engine, "Coat"))
    messages = list(run.messages())
    assert [m["done"] for m in messages] == [False] * (len(messages) - 1) + [True]
    assert [f["step"] for m in messages for f in m["frames"]] == [1, 2, 3, 4]
    assert [json.loads(r)["seed"] for r in messages[-1]["recipe"]] == [5, 6]
    assert json.loads(messages[-1]["grid_recipe"])["count"] == 2
    assert messages[-1]["captions"] == ["Coat", "Coat"]
    assert {m["link"] for m in messages} == {run.request.link()}  # a browser may pass over all but the last
    told = facts(run)
    assert "8 an image" in told and "python -m generative sample toys/ddpm --seed 5 --count 2 --class Coat" in told
    assert told.count("<pre>") == 3 and "api_name=&quot;/generate&quot;" in told


@pytest.mark.parametrize(("most_bytes", "moments"), [(runs.MOST_BYTES, 250), (1000, runs.LEAST_MOMENTS)])
def test_a_long_run_sends_as_many_moments_as_have_room(engine: Engine, monkeypatch, most_bytes, moments) -> None:
    monkeypatch.setattr(runs, "MOST_BYTES", most_bytes)
    run = Run(engine, wish(engine, num_inference_steps=250, guidance_scale=1.0))
    steps = [f["step"] for m in run.messages() for f in m["frames"]]
    assert len(steps) == moments and steps[-1] == 250


def test_a_link_leaves_defaults_out(engine: Engine) -> None:
    address = wish(engine, "Bag", guidance_scale=3.5).link()
    assert "class=Bag" in address and "guidance_scale=3.5" in address and "eta" not in address


@pytest.mark.parametrize(("seconds", "words"), [(0.0421, "42 ms"), (3.24, "3.2 s"), (125, "2 min 5 s")])
def test_durations_are_told_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_figures_are_told_with_their_unit() -> None:
    assert amount("class_agreement", {"value": 0.912, "unit": "share"}) == "91.2 %"
    assert amount("bits_per_dim", {"value": 2.912, "kind": "exact"}) == "2.91 bits/dim"
    assert amount("nearest_training", {"value": 0.1231}) == "0.123"


def test_a_curve_is_drawn_for_each_loss_of_a_game(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i * 8},{i},{1 / (i + 1)},{i}\n" for i in range(30))
    (tmp_path / "training.csv").write_text("step,images,seconds,d_loss,g_loss\n" + rows)
    drawn = curve(tmp_path / "training.csv")
    assert drawn.count("&quot;line&quot;") == 2 and "not how good the images are" in drawn
    assert curve(tmp_path / "none.csv") == ""


def test_the_taxonomy_holds_each_model_and_says_so_in_words(engine: Engine) -> None:
    svg = taxonomy(list(engine.entries.values()))
    assert svg.count('class="chip"') == 2 and "Diffusion (DDPM)" in svg


def test_a_sample_sheet_is_cut_into_its_images(engine: Engine, tmp_path: Path) -> None:
    entry = engine.entries["toys/ddpm"]
    images = (torch.rand(64, 1, 8, 8) * 255).round() / 255
    grid(images).save(entry.folder / "samples.png")
    message = sheet_message(entry)
    assert message["frames"][0]["shape"] == [16, 1, 8, 8] and message["captions"][:3] == ["Bag", "Coat", "Bag"]
    large, picture = torch.rand(16, 1, 128, 128).round(), tmp_path / "large.png"
    grid(large).save(picture)
    assert torch.equal(tiles(picture, 128, 1), large), "of large images there are fewer, on a sheet no larger"
    shutil.rmtree(tmp_path)
