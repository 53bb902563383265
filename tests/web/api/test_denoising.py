"""/samplers and /paths, as a program calls them."""

import base64
import io

import gradio as gr
import pytest
import torch
from PIL import Image

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.api.denoising import DenoisingEndpoints
from tests.building import build

DDPM = {"size": 8, "channels": [16, 16], "attention": [False, False], "layers_per_block": 1, "classes": ["a", "b"]}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> DenoisingEndpoints:
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    weights.save(root / "toys" / "ddpm", "ddpm", build("ddpm", DDPM), {})
    return DenoisingEndpoints(Engine(root, "cpu"))


def size(png: str) -> tuple[int, int]:
    return Image.open(io.BytesIO(base64.b64decode(png))).size


def test_samplers_answer_a_run_for_each_cell(api: DenoisingEndpoints) -> None:
    runs = api.samplers("toys/ddpm", ["ddim", "heun"], [2, 3], "a", 2, 5, {"guidance_scale": 1})
    assert [(r["sampler"], r["steps"], r["evaluations"]) for r in runs] == [
        ("ddim", 2, 2),
        ("ddim", 3, 3),
        ("heun", 2, 3),
        ("heun", 3, 5),
    ]
    assert all([size(png) for png in r["pngs"]] == [(8, 8)] * 2 for r in runs)


def test_paths_answer_curves_and_pictures(api: DenoisingEndpoints) -> None:
    (one,) = api.paths(["toys/ddpm=ddim"], [1, 4], "b", 2, 3)
    assert one["way"] == "toys/ddpm=ddim" and one["length"] >= 1 and len(one["points"]) == 2
    assert one["points"][0][0] == [0, 0] and one["points"][0][-1][0] == pytest.approx(1)
    assert [(few["steps"], len(few["pngs"])) for few in one["few"]] == [(1, 2), (4, 2)] and size(one["pngs"][1]) == (
        8,
        8,
    )


@pytest.mark.parametrize(
    "wrong", [(["toys/ddpm=x"], [1]), (["toys/ddpm"], [0]), ("", [1]), ([{}], [1]), (["toys/ddpm"], "1,2,3,4,5,6")]
)
def test_ways_that_there_are_not_are_refused_in_words(api: DenoisingEndpoints, wrong: tuple) -> None:
    with pytest.raises(gr.Error):
        api.paths(*wrong)


@pytest.mark.parametrize("wrong", [("toys/none", ["ddim"], [2]), ("toys/ddpm", ["x"], [2]), ("toys/ddpm", None, [2])])
def test_samplers_that_there_are_not_are_refused_in_words(api: DenoisingEndpoints, wrong: tuple) -> None:
    with pytest.raises(gr.Error):
        api.samplers(*wrong)
