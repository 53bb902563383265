"""/translate, as a program calls it."""

import base64
import io
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from generative.inference.engine.engine import Engine
from generative.library import weights
from generative.web.api.gans import GANEndpoints
from tests.building import build
from tests.web.api.test_repair import encoded, opened


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> GANEndpoints:
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    config = {"size": 8, "image_channels": 3, "channels": 2, "blocks": 1}
    weights.save(root / "toys/cyclegan-pencil", "cyclegan-pencil", build("cyclegan-pencil", config), {})
    return GANEndpoints(Engine(root, "cpu"))


def test_a_translation_tells_its_errors_and_all_that_is_on_the_way(api: GANEndpoints) -> None:
    (answer,) = api.translate("toys/cyclegan-pencil", encoded("RGB"), "colour", True, 2, 7, {"disturbed": 0.2})
    first, second = answer["translations"]
    assert (answer["step"], answer["total"]) == (1, 1) and (first["seed"], second["seed"]) == (7, 8)
    assert first["png"] and opened(first["png"]).shape == (8, 8, 3) and opened(answer["png"]).shape == (18, 78, 3)
    assert np.array_equal(opened(first["png"]), opened(second["png"])) and first["error"] == second["error"] > 0
    assert first["disturbed_error"] != second["disturbed_error"]
    (answer,) = api.translate("toys/cyclegan-pencil", encoded("RGB"), "colour")
    assert answer["translations"][0]["error"] is None


def transparent() -> str:
    file = io.BytesIO()
    Image.new("RGBA", (20, 10), (255, 0, 0, 0)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_a_picture_of_another_size_or_mode_is_made_to_fit(api: GANEndpoints) -> None:
    for image in (encoded("L", 20), transparent(), encoded("RGB", 3)):
        (answer,) = api.translate("toys/cyclegan-pencil", image, "drawing")
        assert opened(answer["translations"][0]["png"]).shape == (8, 8, 3)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"to": "oil"}, "to must be one of drawing, colour, not 'oil'"),
        ({"to": ["colour"]}, "to must be one of"),
        ({"to": None}, "needs to. Give it."),
        ({"prepared": "maybe"}, "prepared must be true or false"),
        ({"image": "AAAA"}, "picture"),
        ({"image": "example:Bag/0"}, "example|Bag|data set"),
        ({"count": 17}, "count must be a whole number from 1 to 16"),
        ({"options": {"disturbed": "much"}}, "disturbed must be a number from 0 to 0.5"),
        ({"options": {"noise": 1}}, "There is no option 'noise' here"),
    ],
    ids=str,
)
def test_a_wrong_wish_is_refused_in_words(api: GANEndpoints, wish: dict[str, Any], said: str) -> None:
    with pytest.raises(gr.Error, match=said):
        list(api.translate(**{"model": "toys/cyclegan-pencil", "image": encoded("RGB"), "to": "colour", **wish}))
