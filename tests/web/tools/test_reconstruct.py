"""What the tool Reconstruct answers, without a browser."""

import json
import re
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch

from generative.inference.engine.engine import Engine
from generative.inference.latent.reconstruction import Reconstruction, reconstruct
from generative.library import weights
from generative.library.percentile import FILE, RECONSTRUCTION
from generative.web.base.panel import asked
from generative.web.base.tool import Bench
from generative.web.sources.picker import first_picture, openings
from generative.web.tools.reconstruct import charts as views
from generative.web.tools.reconstruct.tool import ReconstructTool
from generative.web.widgets.easel.easel import easel_state, picture_message
from tests.building import build

SHAPES = {
    "grey": {"classes": ["a", "b"], "size": 8},
    "colour": {"classes": [], "size": 8, "image_channels": 3},
}
KINDS = {
    "ae": {"hidden": 8, "latent": 3},
    "conv-ae": {"channels": 4, "hidden": 8, "latent": 3},
    "vae": {"channels": 4, "hidden": 8, "latent": 4},
}


@pytest.fixture
def machine(tmp_path: Path) -> Engine:
    """Of one data set three autoencoders, one of them variational; of another, in colour, a plain one."""
    for dataset, kind in (("grey", "ae"), ("grey", "conv-ae"), ("grey", "vae"), ("colour", "conv-ae")):
        torch.manual_seed(len(kind))
        model = build(kind, {**SHAPES[dataset], **KINDS[kind]}).eval()
        for weight in model.decoder.parameters():
            weight.data *= 3  # so that other codes are other pictures, without training
        weights.save(tmp_path / dataset / kind, kind, model, {})
    return Engine(tmp_path, "cpu")


@pytest.fixture
def tool(machine: Engine) -> ReconstructTool:
    with gr.Blocks(analytics_enabled=False):
        return ReconstructTool(Bench.alone(machine, [*machine.entries.values()], "test"))


def value(channels: int = 1, size: int = 8) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(0)
    return picture_message(torch.rand(channels, size, size, generator=generator), "Mine")


def on(tool: ReconstructTool, id: str) -> dict[str, str]:
    """The heading's value when a model is chosen."""
    return asked(tool.engine.entry(id))


def names(row: str) -> list[str]:
    return re.findall(r"<figcaption><b>(.*?)</b>", row)


def test_a_picture_stays_for_the_next_model_if_it_fits(tool: ReconstructTool) -> None:
    held = value()
    changed = tool.follow(tool.engine.entry("grey/ae"), held)
    assert tool.easel not in changed and changed[tool.heading]["model"] == "grey/ae"
    changed = tool.follow(tool.engine.entry("colour/conv-ae"), held)
    assert changed[tool.easel]["shape"] == [3, 8, 8] and changed[tool.easel]["picture"] is None
    assert set(changed) <= set(tool.outputs)


def test_the_heading_is_new_each_time_so_that_it_asks_again(tool: ReconstructTool) -> None:
    entry, image = tool.engine.entry("grey/ae"), easel_state(value()).image
    first, second = (tool._bring(entry, image[None], ["Mine"]) for _ in range(2))
    assert first[tool.heading] != second[tool.heading] and first[tool.table] == ""


def test_pictures_side_by_side(tool: ReconstructTool) -> None:
    plain = tool._rebuild(on(tool, "grey/ae"), value(), 0, 0)
    assert names(plain[tool.pictures]) == ["What the encoder saw", "Its reconstruction", "The difference"]
    assert views.NO_POSTERIOR in plain[tool.pictures] and "data-again" not in plain[tool.pictures]
    assert "64 pixels → 3 numbers" in plain[tool.facts]
    variational = tool._rebuild(on(tool, "grey/vae"), value(), 0, 7)
    assert variational[tool.pictures].count("<img") == 4 and "seed 7 <button" in variational[tool.pictures]
    colour = tool._rebuild(on(tool, "colour/conv-ae"), value(3), 0, 0)
    assert "64 colour pixels → 3 numbers" in colour[tool.facts]


def test_another_seed_is_another_draw_of_the_posterior_and_the_same_mean(tool: ReconstructTool) -> None:
    first, second = (tool._rebuild(on(tool, "grey/vae"), value(), 0, seed)[tool.pictures] for seed in (0, 1))
    images = [re.findall(r'<img src="(.*?)"', pictures) for pictures in (first, second)]
    assert images[0][:3] == images[1][:3] and images[0][3] != images[1][3]


def test_all_models_of_the_data_set_are_compared_and_the_chosen_one_is_marked(tool: ReconstructTool) -> None:
    row = tool._rebuild(on(tool, "grey/conv-ae"), value(), 0, 0)[tool.compared]
    titles = [tool.engine.entry(f"grey/{kind}").title for kind in KINDS]
    assert sorted(names(row)) == sorted(titles)
    assert row.count("chosen</em>") == 1 and 'alt="Made by the Convolutional AE, the chosen one"' in row
    noisy = tool._rebuild(on(tool, "grey/conv-ae"), value(), 0.5, 0)
    assert names(noisy[tool.compared])[0] == "The noisy picture" and len(names(noisy[tool.compared])) == 4
    assert "σ = 0.50" in noisy[tool.pictures] and noisy[tool.compared].count("RMSE 0.") == 4
    assert len(names(tool._rebuild(on(tool, "colour/conv-ae"), value(3), 0, 0)[tool.compared])) == 1


def test_a_damaged_model_is_left_out_of_the_comparison(tool: ReconstructTool) -> None:
    (tool.engine.library.root / "grey" / "vae" / "model.safetensors").unlink()
    row = tool._rebuild(on(tool, "grey/ae"), value(), 0.2, 0)[tool.compared]
    assert len(names(row)) == 3 and "VAE" not in names(row)


@pytest.mark.parametrize(
    ("model", "held", "noise", "seed", "words"),
    [
        ("grey/ae", value(), 1.5, 0, "noise must be a number from 0 to 1"),
        ("grey/ae", value(), float("nan"), 0, "noise must be"),
        ("grey/ae", value(), 0, -1, "seed must be"),
        ("grey/ae", value(3), 0, 0, "grey, 8×8 pixels"),
        ("grey/ae", {}, 0, 0, "no picture"),
        ("grey/none", value(), 0, 0, "no model"),
        (None, value(), 0, 0, "no model"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    tool: ReconstructTool, model: Any, held: Any, noise: Any, seed: Any, words: str
) -> None:
    answer = tool._rebuild({"model": model}, held, noise, seed)
    assert 'role="alert"' in answer[tool.pictures] and words in answer[tool.pictures]
    assert answer[tool.compared] == answer[tool.facts] == ""


@pytest.mark.parametrize("heading", [None, "grey/ae", 3, [], {"model": {}}])
def test_any_heading_may_come_from_outside(tool: ReconstructTool, heading: Any) -> None:
    assert 'role="alert"' in tool._rebuild(heading, value(), 0, 0)[tool.pictures]
    assert 'role="alert"' in [*tool._measure(heading, value())][-1][tool.odd]
    assert 'role="alert"' in tool._draw(heading, 0)[tool.drawn]
    assert 'role="alert"' in tool._rank(heading, value())[tool.table]


def test_how_odd_a_picture_is_by_its_error(tool: ReconstructTool) -> None:
    [answer] = tool._measure(on(tool, "grey/ae"), value())
    assert f"{RECONSTRUCTION} is missing" in answer[tool.odd] and views.NO_LIKELIHOOD in answer[tool.odd]
    quantiles = {"quantiles": [i / 100 for i in range(101)]}  # so that an error of 0.3 stands at 30 %
    (tool.engine.library.root / "grey" / "ae" / RECONSTRUCTION).write_text(json.dumps(quantiles))
    [answer] = tool._measure(on(tool, "grey/ae"), value())
    error = float(re.search(r"<b>(0\.\d+)</b>", answer[tool.odd])[1])
    place = int(re.search(r"(\d+) % of the test images come back better", answer[tool.odd])[1])
    assert place == pytest.approx(100 * error, abs=0.6)


def test_how_odd_a_picture_is_by_its_likelihood_comes_after_its_error(tool: ReconstructTool) -> None:
    early, late = (answer[tool.odd] for answer in tool._measure(on(tool, "grey/vae"), value()))
    assert views.MEASURING in early and "bits/dim" in late and f"{FILE} is missing" in late
    (tool.engine.library.root / "grey" / "vae" / FILE).write_text(
        json.dumps({"quantiles": [i / 100 for i in range(101)]})
    )
    late = [*tool._measure(on(tool, "grey/vae"), value())][-1][tool.odd]
    assert "Less probable than every test image" in late


@pytest.mark.parametrize(("chosen", "other"), [("conv-ae", "vae"), ("ae", "vae"), ("vae", "ae")])
def test_random_codes_are_drawn_with_and_without_a_prior(tool: ReconstructTool, chosen: str, other: str) -> None:
    answer = tool._draw(on(tool, f"grey/{chosen}"), 3)[tool.drawn]
    assert names(answer) == [tool.engine.entry(f"grey/{kind}").title for kind in (chosen, other)]
    assert answer.count("<img") == 16 and views.WHY in answer
    assert tool._draw(on(tool, f"grey/{chosen}"), 4)[tool.drawn] != answer


def test_random_codes_without_a_model_to_compare_with(tool: ReconstructTool) -> None:
    assert len(names(tool._draw(on(tool, "colour/conv-ae"), 0)[tool.drawn])) == 1


def test_odd_pictures_are_ranked_by_their_error(tool: ReconstructTool) -> None:
    table = tool._rank(on(tool, "grey/ae"), value())[tool.table]
    errors = [float(e) for e in re.findall(r"<td>(0\.\d+)</td>", table)]
    assert len(errors) == table.count("<tr><td>") >= 9 and errors == sorted(errors)
    assert "Test images better" not in table


def test_several_uploaded_pictures_are_ranked(tool: ReconstructTool) -> None:
    images = torch.stack([torch.zeros(1, 8, 8), torch.ones(1, 8, 8)])
    changed = tool._bring(tool.engine.entry("grey/ae"), images, ["<b>.png", "other.png"])
    assert changed[tool.easel]["alt"] == "<b>.png" and changed[tool.table].count("<tr><td>") == 2
    assert "&lt;b&gt;.png" in changed[tool.table]


def test_a_picture_that_is_met_exactly() -> None:
    image = torch.full((1, 1, 4, 4), 0.5)
    words = views.facts(Reconstruction(image, image, torch.tensor([[0.0]]), image))
    assert "∞ dB" in words and "16 pixels → 1 number<" in words and "0.000 of 1" in words


@pytest.mark.parametrize("dataset", ["fashion-mnist", "avatars"])
def test_the_opening_picture_shows_what_denoising_is_for(dataset: str) -> None:
    engine = Engine(weights.ROOT, "cpu")
    if not {f"{dataset}/denoising-ae", f"{dataset}/conv-ae"} <= set(engine.entries):
        pytest.skip("the bundled checkpoints are not here")
    error = {}
    for kind in ("denoising-ae", "conv-ae"):
        entry = engine.entry(f"{dataset}/{kind}")
        image = easel_state(first_picture(entry, openings(entry).noisy)).image
        error[kind] = float(reconstruct(engine, entry, image.expand(16, -1, -1, -1), 0.5, 0).rmse.mean())
    assert error["conv-ae"] > 1.6 * error["denoising-ae"]
