"""Features from few labels, in a browser: three curves, a map that is pointed at, a link."""

from pathlib import Path

import pytest
import torch

from generative.library import weights
from tests.building import build

TOOL = "#autoencoders-features"


@pytest.fixture
def port(serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of a machine with an autoencoder that has learnt nothing."""
    torch.manual_seed(0)
    model = build("conv-ae", {"size": 28, "channels": 4, "hidden": 8, "latent": 3})
    weights.save(tmp_path / "fashion-mnist" / "conv-ae", "conv-ae", model, {}, "fashion-mnist")
    monkeypatch.setenv("GENERATIVE_CHECKPOINTS", str(tmp_path))
    with serve() as port:
        yield port


def test_few_labels_are_taught_at_once_and_a_picture_is_chosen_on_the_map(open_page, port):
    link = "?model=fashion-mnist/conv-ae&seed=2&count=1&tool=features&labels=5"
    page = open_page(f"http://127.0.0.1:{port}/{link}", viewport={"width": 1366, "height": 900})
    page.get_by_text("With 5 labels a class").wait_for(timeout=120_000)  # small networks learn meanwhile
    assert page.locator(f"{TOOL}-labels input:checked").input_value() == "5"
    page.locator(f"{TOOL}-wrong img").first.wait_for()
    page.wait_for_function(  # the chart is drawn anew with every number of labels
        """chart => new Set(["features", "pixels", "network"]
            .map(kind => document.querySelector(`${chart} path.${kind}`))
            .map(path => path && getComputedStyle(path).stroke).filter(Boolean)).size == 3""",
        arg=f"{TOOL}-chart",
    )

    near, board = page.locator(f"{TOOL}-near"), page.locator(f"{TOOL}-map .board")
    page.wait_for_selector(f"{TOOL}-near img:nth-of-type(1)")
    first = near.locator("img").first.get_attribute("src")
    board.click(position={"x": 30, "y": 30})
    page.wait_for_function(f"document.querySelector('{TOOL}-near img').src !== {first!r}")
    clicked = near.locator("img").first.get_attribute("src")
    board.press("ArrowDown")
    page.wait_for_function(f"document.querySelector('{TOOL}-near img').src !== {clicked!r}")
    page.locator(f"{TOOL}-grouped").get_by_text("Purity").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
