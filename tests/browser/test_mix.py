"""Mixing styles, in a browser: the matrix, layers that are ticked, a link."""

from pathlib import Path

import pytest
import torch

from generative.data.known import dataset
from generative.library import weights
from generative.models.gans.stylegan import StyleGAN, StyleGANConfig
from tests.building import build

TOOL = "#gans-mixes"


@pytest.fixture
def url(show, tmp_path: Path):
    """Of a machine with a StyleGAN that has learnt nothing, and a classifier of its faces."""
    torch.manual_seed(0)
    about = {"classes": dataset("avatars").labels, "size": 32, "image_channels": 3, "channels": 2}
    models = {"stylegan": StyleGAN(StyleGANConfig.tiny(size=32, image_channels=3)).eval()}
    for kind, model in (models | {"classifier": build("classifier", about)}).items():
        weights.save(tmp_path / "avatars" / kind, kind, model, {}, "avatars")
    with show(tmp_path) as url:
        yield url


def test_faces_are_mixed_layer_by_layer_and_a_link_brings_the_matrix_back(open_page, url):
    page = open_page(url, viewport={"width": 1366, "height": 900})
    page.get_by_role("tab", name="GANs", exact=True).click()
    page.get_by_role("tab", name="Mix styles", exact=True).click()
    page.wait_for_selector(f"{TOOL}-matrix tbody tr:nth-child(6) td:nth-child(7) img")
    cell = page.locator(f"{TOOL}-matrix tbody tr:nth-child(2) td:nth-child(3) img")
    coarse = cell.get_attribute("src")
    page.locator(f"{TOOL}-depth").get_by_label("fine").check()
    page.get_by_text("What comes with the fine layers").wait_for()
    assert page.locator(f"{TOOL}-layers input:checked").count() == 2 and cell.get_attribute("src") != coarse
    page.locator(f"{TOOL}-layers").get_by_label("1 · 4 px").check()
    page.get_by_text("What comes with the layers that are ticked").wait_for()
    assert page.locator(f"{TOOL}-depth input:checked").count() == 0
    address = page.locator(f"{TOOL}-matrix a").first.get_attribute("href")

    page.goto(f"{url}/{address}")
    page.get_by_text("What comes with the layers that are ticked").wait_for()
    assert page.locator(f"{TOOL}-layers input:checked").count() == 3
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
