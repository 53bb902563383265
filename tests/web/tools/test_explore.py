"""What the map answers and what is accepted from one, without a browser."""

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch
from PIL import Image

from generative.errors import InvalidOption
from generative.inference.engine.engine import Engine
from generative.inference.engine.limits import MAX_DECODED
from generative.inference.engine.request import Request
from generative.inference.latent.atlas import Atlas
from generative.inference.latent.atlas import atlas_of as atlas_there
from generative.inference.sources import decoded, seeded
from generative.library import weights
from generative.web.base.tool import Bench
from generative.web.tools.explore import tool as explore
from generative.web.tools.explore.latent_map import map_state, opening_message, telling
from generative.web.tools.explore.tool import ExploreTool
from tests.building import build

KNOWN = 40
MODELS = {
    "grey/vae": ("vae", {"classes": ["a", "b"], "size": 8, "channels": 2, "hidden": 4, "latent": 6}),
    "grey/vae-2d": ("vae-2d", {"classes": ["a", "b"], "size": 8, "channels": 2, "hidden": 4}),
    "grey/dcgan": (
        "dcgan",
        {"classes": ["a"], "size": 8, "latent": 3, "generator_channels": 2, "discriminator_channels": 2},
    ),
}


def atlas_of(dims: int) -> Atlas:
    generator = torch.Generator().manual_seed(dims)
    axes = torch.eye(2) if dims == 2 else 2 * torch.eye(dims)[1:3]
    return Atlas(
        {"class": ("a", "b")},
        difference=torch.zeros(2, dims),
        normal=torch.zeros(2, dims),
        exchange=torch.ones(2),
        values=torch.zeros(2, dims),
        reading=torch.zeros(2, dims + 1),
        mean=torch.zeros(dims),
        std=torch.full((dims,), 0.5),
        sensitivity=torch.arange(dims).float(),
        centre=torch.zeros(dims),
        axes=axes,
        points=torch.randn(KNOWN, 2, generator=generator),
        labels=(torch.arange(KNOWN) % 2)[:, None],
    )


@pytest.fixture
def machine(tmp_path: Path) -> Engine:
    """A VAE and a VAE with a plane, both with an atlas; a GAN without."""
    for id, (kind, config) in MODELS.items():
        model = build(kind, config)
        weights.save(tmp_path / id, kind, model, {})
        if kind != "dcgan":
            atlas_of(model.dims).save(tmp_path / id)
    return Engine(tmp_path, "cpu")


@pytest.fixture
def tool(machine: Engine) -> ExploreTool:
    with gr.Blocks(analytics_enabled=False):
        return ExploreTool(Bench.alone(machine, [*machine.entries.values()], "test"))


def asked(tool: ExploreTool, model: str, seed: Any = 0, spread: Any = 1, **wish: Any) -> list[dict]:
    return list(tool._answer(seed, spread, {"model": model, "ask": 3, **wish}))


def chart_of(message: dict) -> dict:
    return json.loads(message["chart"])


def pixels(message: dict) -> list[int]:
    return list(base64.b64decode(message["picture"]))


def seen(machine: Engine, model: str, latent: torch.Tensor) -> list[int]:
    return (decoded(machine, model, latent[None])[0] * 255).round().byte().permute(1, 2, 0).flatten().tolist()


def sheet(message: dict, kind: str) -> torch.Tensor:
    png = base64.b64decode(message["sheets"][kind]["png"].partition(",")[2])
    picture = Image.open(io.BytesIO(png))
    return torch.tensor(list(picture.tobytes())).view(picture.height, picture.width)


def test_a_map_that_has_nothing_is_told_all(tool: ExploreTool, machine: Engine) -> None:
    first, last = asked(tool, "grey/vae", seed=5, lacks=True)
    chart = chart_of(first)
    known = chart["map"]
    assert chart["order"] == [5, 4, 3, 2, 1, 0] and chart["shape"] == [1, 8, 8]
    assert chart["importance"] == [0, 0.2, 0.4, 0.6, 0.8, 1] and (chart["low"], chart["high"]) == (
        [-1.5] * 6,
        [1.5] * 6,
    )
    assert len(known["points"]) == KNOWN and known["known"] == "Test images" and not known["plane"]
    assert known["attributes"] == [{"name": "class", "values": ["a", "b"], "labels": [0, 1] * (KNOWN // 2)}]
    latent = seeded(machine, "grey/vae", 5, 1)[0]
    assert first["name"] == "seed 5" and torch.tensor(first["latent"]).equal(latent)
    assert pixels(first) == seen(machine, "grey/vae", latent)
    assert first["spot"] == pytest.approx((latent[1:3] / 2).tolist(), abs=1e-3)
    assert (first["model"], first["ask"]) == ("grey/vae", 3)
    assert {k: v for k, v in last.items() if k != "sheets"} == first  # messages may replace one another


def test_a_seed_starts_where_the_spread_of_its_noise_puts_it(tool: ExploreTool, machine: Engine) -> None:
    (narrow,) = asked(tool, "grey/vae", seed=5, spread=0.5)
    wide = seeded(machine, "grey/vae", 5, 1)[0]
    assert torch.allclose(torch.tensor(narrow["latent"]), wide / 2)
    (narrow,) = asked(tool, "grey/dcgan", seed=5, spread=0.5)
    (told,) = asked(tool, "grey/dcgan", seed=5, spread=3)
    exact = seeded(machine, "grey/dcgan", 5, 1, options={"truncation": 0.5})[0]
    assert torch.tensor(narrow["latent"]).equal(exact) and "truncation must be" in told["error"]


def test_the_sheet_holds_the_places_of_the_map(tool: ExploreTool, machine: Engine) -> None:
    *_, last = asked(tool, "grey/vae", lacks=True)
    side, extent = last["sheets"]["even"]["side"], atlas_there(machine.entry("grey/vae")).extent
    even = sheet(last, "even")
    assert side == explore.MOST_PLACES and even.shape == (8 * side, 8 * side) and "masses" not in last["sheets"]
    top_right = extent * (1 - 1 / side)
    latent = atlas_there(machine.entry("grey/vae")).place(torch.tensor([top_right]), torch.tensor([top_right]))[0]
    assert (even[:8, -8:].flatten() - torch.tensor(seen(machine, "grey/vae", latent))).abs().max() <= 1


def test_a_plane_is_divided_into_equal_shares_of_the_prior(tool: ExploreTool, machine: Engine) -> None:
    *_, last = asked(tool, "grey/vae-2d", lacks=True)
    assert chart_of(last)["map"]["plane"] and set(last["sheets"]) == {"even", "masses"}
    side, masses = last["sheets"]["masses"]["side"], sheet(last, "masses")
    rim = torch.distributions.Normal(0, 1).icdf(torch.tensor(0.5 / side))
    bottom_left = torch.tensor(seen(machine, "grey/vae-2d", torch.stack([rim, rim])))
    assert (masses[-8:, :8].flatten() - bottom_left).abs().max() <= 1


def test_a_sheet_is_decoded_once_and_in_parts(
    tool: ExploreTool, machine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, run = [], machine.run

    def counting(request: Request, visitor: str = "") -> Iterator[Any]:
        if request.ability.name == "decodes":
            counts.append(len(request.inputs["latents"]))
        return run(request, visitor)

    monkeypatch.setattr(machine, "run", counting)
    asked(tool, "grey/vae", lacks=True)
    assert max(counts) <= MAX_DECODED and sum(counts) == 1 + explore.MOST_PLACES**2
    counts.clear()
    assert "sheets" in asked(tool, "grey/vae", lacks=True)[1] and sum(counts) == 1


def test_a_place_is_decoded_where_it_is(tool: ExploreTool, machine: Engine) -> None:
    (answer,) = asked(tool, "grey/vae", place=[0.5, -1])
    assert answer["latent"] == [0, 1, -2, 0, 0, 0] and answer["spot"] == [0.5, -1] and answer["name"]
    assert pixels(answer) == seen(machine, "grey/vae", torch.tensor(answer["latent"]))


def test_a_slider_leads_on_from_where_it_started(tool: ExploreTool, machine: Engine) -> None:
    wish = [0.5, 0, 0, 0, 0, -1]
    (answer,) = asked(tool, "grey/vae", latent=wish, dim=5)
    assert answer["latent"] == wish and answer["name"] is None and "sheets" not in answer and "chart" not in answer
    strip = answer["strip"]
    assert strip["dim"] == 5 and strip["values"][0] == -1.5 and strip["values"][-1] == 1.5
    pictures = torch.tensor(list(base64.b64decode(strip["pictures"]))).view(explore.STRIP, -1)
    last = seen(machine, "grey/vae", torch.tensor([0.5, 0, 0, 0, 0, 1.5]))
    assert (pictures[-1] - torch.tensor(last)).abs().max() <= 1


def test_a_model_without_an_atlas_has_sliders(tool: ExploreTool, machine: Engine) -> None:
    (answer,) = asked(tool, "grey/dcgan", lacks=True)
    chart, dims = chart_of(answer), machine.model("grey/dcgan").dims
    assert chart["map"] is None and chart["importance"] is None and "no map" in chart["note"]
    assert chart["order"] == list(range(dims)) and chart["high"] == [explore.REACH] * dims
    assert answer["spot"] is None and len(pixels(answer)) == 64
    assert asked(tool, "grey/dcgan", latent=[0] * dims, dim=0)[0]["strip"]["values"][0] == -explore.REACH
    assert "no map" in asked(tool, "grey/dcgan", place=[0, 0])[0]["error"]


def test_an_atlas_of_another_model_is_no_map(tool: ExploreTool, machine: Engine) -> None:
    atlas_of(9).save(machine.library.root / "grey" / "vae")
    assert chart_of(asked(tool, "grey/vae", lacks=True)[0])["map"] is None


def test_what_cannot_be_shown_is_told_with_what_can(tool: ExploreTool) -> None:
    (answer,) = asked(tool, "grey/vae", seed=-1, lacks=True)
    assert "seed must be" in answer["error"] and chart_of(answer)["map"] and answer["ask"] == 3
    assert "picture" in asked(tool, "grey/vae", latent=[0] * 6, dim=6)[0]
    for wish in ({"latent": [0] * 5}, {"latent": [0] * 6, "dim": 6}):
        assert asked(tool, "grey/vae", **wish)[-1]["error"]
    assert "no model" in asked(tool, "grey/none", lacks=True)[0]["error"]


def test_the_map_opens_with_the_attribute_that_orders_it() -> None:
    atlas, noise = atlas_of(4), torch.randint(3, (KNOWN,), generator=torch.Generator().manual_seed(0))
    sides = (atlas.points[:, 0] > 0).long()
    assert telling(replace(atlas, labels=torch.stack([noise, sides, noise], 1))) == 1
    assert telling(replace(atlas, labels=torch.zeros(KNOWN, 0, dtype=torch.int64))) == 0


def test_another_model_opens_its_own_map(tool: ExploreTool, machine: Engine) -> None:
    updates = tool.follow(machine.entry("grey/vae-2d"))
    assert updates[tool.map]["model"] == "grey/vae-2d" and set(updates) <= set(tool.outputs)
    assert set(tool.fail("No")) <= set(tool.outputs)
    assert opening_message("grey/vae") != opening_message("grey/vae")


def test_a_start_beside_the_map_says_of_which_model(tool: ExploreTool, machine: Engine) -> None:
    message = tool._arrive(machine.entry("grey/vae"), torch.ones(6), "Sneaker")[tool.map]
    assert (message["model"], message["name"], message["latent"]) == ("grey/vae", "Sneaker", [1] * 6)
    assert "ask" not in message
    assert tool._search("grey/dcgan")["notice"] and "notice" not in tool._search("grey/vae")


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "grey/vae",
        [],
        {},
        {"model": 5},
        {"model": "m", "ask": -1},
        {"model": "m", "ask": "3"},
        {"model": "m", "place": [1]},
        {"model": "m", "place": [1, 2, 3]},
        {"model": "m", "place": "12"},
        {"model": "m", "place": [float("nan"), 0]},
        {"model": "m", "place": [1e9, 0]},
        {"model": "m", "latent": []},
        {"model": "m", "latent": [True]},
        {"model": "m", "latent": ["1"]},
        {"model": "m", "latent": [float("inf")]},
        {"model": "m", "latent": [[0]]},
        {"model": "m", "latent": [0] * 20_000},
        {"model": "m", "dim": -1},
        {"model": "m", "dim": 0.5},
    ],
    ids=lambda bad: None,
)
def test_a_value_that_a_browser_would_not_send_is_refused(tool: ExploreTool, bad: Any) -> None:
    with pytest.raises(InvalidOption) as refusal:
        map_state(bad)
    assert len(str(refusal.value)) < 200
    assert [set(answer) for answer in tool._answer(0, 1, bad)] == [{"error"}]
