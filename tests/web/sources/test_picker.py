"""What is told of pictures that a visitor brings, without a browser."""

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch

from generative.errors import InvalidOption
from generative.inference.engine.engine import Engine
from generative.inference.pictures.grids import to_pil
from generative.library import weights
from generative.web.sources.picker import Picker
from tests.building import build


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    model = build("ae", {"classes": [], "size": 28, "hidden": 8, "latent": 3})
    weights.save(tmp_path / "fashion-mnist" / "ae", "ae", model, {})
    return Engine(tmp_path, "cpu")


def brought(engine: Engine, files: Any, react: Any) -> tuple[Picker, dict[Any, Any], Any]:
    """What an upload of `files` answers."""
    with gr.Blocks(analytics_enabled=False) as page:
        picker, model, place = Picker(engine, engine.entry("fashion-mnist/ae"), "test"), gr.Dropdown(), gr.HTML()
        picker.on_picture(model, react, lambda words: {place: words}, [place], {place: "idle"})
    uploaded = next(f for f in page.fns.values() if (picker.upload._id, "upload") in f.targets)
    return picker, uploaded.fn("fashion-mnist/ae", files), place


def test_a_file_that_is_none_is_told_at_the_button_and_waiting_ends(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(b"nothing")
    picker, answer, place = brought(engine, str(tmp_path / "mine.png"), lambda *_: pytest.fail("nothing to react to"))
    assert "mine.png" in answer[picker.problem] and 'role="alert"' in answer[picker.problem]
    assert answer[place] == "idle"


def test_a_picture_that_is_one_takes_the_words_away(engine: Engine, tmp_path: Path) -> None:
    to_pil(torch.rand(1, 28, 28)).save(tmp_path / "mine.png")
    seen = []
    picker, answer, _ = brought(engine, str(tmp_path / "mine.png"), lambda e, images, n: seen.append(images) or {})
    assert answer == {picker.problem: ""} and seen[0].shape == (1, 1, 28, 28)


def test_what_comes_of_no_picture_is_told_where_results_stand(engine: Engine, tmp_path: Path) -> None:
    def refuse(*_: Any) -> dict[Any, Any]:
        raise InvalidOption("No latent was found.", "picture")

    to_pil(torch.rand(1, 28, 28)).save(tmp_path / "mine.png")
    picker, answer, place = brought(engine, str(tmp_path / "mine.png"), refuse)
    assert answer == {place: "No latent was found.", picker.problem: ""}
