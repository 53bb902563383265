"""/edit and /restore, as a program calls them."""

import base64
import io
from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.api.repair import RepairEndpoints
from tests.building import build

DDPM = {"size": 8, "channels": [16, 16], "attention": [False, False], "layers_per_block": 1}
QUICK = {"num_inference_steps": 2}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> RepairEndpoints:
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    weights.save(root / "toys" / "ddpm", "ddpm", build("ddpm", {"classes": ["a", "b"], **DDPM}), {})
    weights.save(root / "toys" / "colour", "ddpm", build("ddpm", {"classes": [], "image_channels": 3, **DDPM}), {})
    return RepairEndpoints(Engine(root, "cpu"))


def encoded(mode: str = "L", size: int = 8) -> str:
    values = np.random.default_rng(0).integers(0, 256, (size, size) if mode == "L" else (size, size, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(values, mode).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def opened(png: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))))


@pytest.mark.parametrize(("way", "steps"), [("redraw", 1), ("invert", 4)])
def test_an_edit_streams_and_ends_with_a_variation_a_seed(api: RepairEndpoints, way: str, steps: int) -> None:
    answers = list(api.edit("toys/ddpm", encoded(), way, 0.5, "a", 2, 7, QUICK))
    assert [answer["step"] for answer in answers] == list(range(1, steps + 1))
    assert [one["seed"] for one in answers[-1]["variations"]] == [7, 8]
    assert all(opened(one["png"]).shape == (8, 8) for one in answers[-1]["variations"])
    assert opened(answers[-1]["png"]).shape == (8, 18)


def test_a_restoration_keeps_what_was_left_and_tells_how_near_it_comes(api: RepairEndpoints) -> None:
    *moments, last = api.restore("toys/colour", encoded("RGB"), 2, True, None, 0.0, None, 2, 3, QUICK)
    assert [moment["step"] for moment in moments] == [1] and last["step"] == 2 == last["total"]
    assert last["plain"]["how"] == "bicubic and grey" and opened(last["plain"]["png"]).shape == (8, 8, 3)
    blocks = opened(last["seen"]).astype(float).mean(2).reshape(4, 2, 4, 2).mean((1, 3))
    for row in last["restorations"]:
        made = opened(row["png"]).astype(float).mean(2).reshape(4, 2, 4, 2).mean((1, 3))
        assert np.abs(made - blocks).max() < 1  # of 255: what a PNG rounds
        assert row["psnr"] > 0 and -1 <= row["ssim"] <= 1
    assert [row["seed"] for row in last["restorations"]] == [3, 4] and set(last["mean"]) == {"psnr", "ssim"}


@pytest.mark.parametrize(
    ("call", "wish", "said"),
    [
        ("restore", {}, "nothing of the picture is taken away"),
        ("restore", {"factor": 3}, "factor must be one of 1, 2, 4, not 3"),
        ("restore", {"factor": [2]}, "factor must be one of"),
        ("restore", {"grey": True}, "grey as they are"),
        ("restore", {"grey": "maybe"}, "grey must be true or false"),
        ("restore", {"noise": float("nan")}, "noise must be a number from 0 to 0.5"),
        ("restore", {"noise": 0.6}, "noise must be a number from 0 to 0.5"),
        ("restore", {"mask": "upper"}, "mask is not one of"),
        ("restore", {"mask": "everything"}, "Nothing of the picture is left"),
        ("restore", {"factor": 2, "count": 17}, "count must be a whole number from 1 to 16"),
        ("restore", {"factor": 2, "options": {"num_inference_steps": 1001}}, "num_inference_steps must be"),
        ("edit", {"strength": -0.1}, "strength must be a number from 0 to 1"),
        ("edit", {"strength": "much"}, "strength must be a number from 0 to 1"),
        ("edit", {"way": "paint"}, "way must be one of redraw, invert"),
        ("edit", {"image": "AAAA"}, "picture"),
        ("edit", {"condition": "c"}, "There is no class"),
        ("edit", {"options": {"guidance_scale": 99}}, "guidance_scale must be a number"),
    ],
    ids=str,
)
def test_a_wrong_wish_is_refused_in_words(api: RepairEndpoints, call: str, wish: dict[str, Any], said: str) -> None:
    ask: Callable[..., Any] = getattr(api, call)
    with pytest.raises(gr.Error, match=said):
        list(ask(**{"model": "toys/ddpm", "image": encoded(), **wish}))
