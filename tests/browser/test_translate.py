"""Translating on the page: there and back, in both directions, and a run that comes back from its PNG and its link."""

import json
from pathlib import Path

import pytest
import torch

from generative.library import weights
from tests.browser.test_tools import CELLS, DONE
from tests.building import build

TOOL = "gans"  # of the one tool that this page has
TINY = {"size": 32, "image_channels": 3, "channels": 2, "blocks": 1}
LINK = "ability=translates&model=avatars/cyclegan-pencil&images=example:avatar/3&to=drawing&seed=5&count=1"


@pytest.fixture
def address(show, tmp_path: Path):
    """Of a page with translators that have learnt nothing."""
    torch.manual_seed(0)
    for kind in ("cyclegan-pencil", "cyclegan-sunglasses"):
        weights.save(tmp_path / "avatars" / kind, kind, build(kind, TINY), {}, "avatars")
    with show(tmp_path) as url:
        yield url


def translate(page) -> list[list[int]]:
    page.click(f"#{TOOL}-generate")
    page.wait_for_function(DONE, arg=f"{TOOL}-stage")
    return page.evaluate(CELLS, f"{TOOL}-stage")


def radio(page, name: str):
    return page.get_by_role("radio", name=name, exact=True)


def test_a_picture_goes_there_and_back_and_its_run_comes_back(open_page, address, tmp_path: Path):
    page = open_page(f"{address}/?{LINK}", viewport={"width": 1366, "height": 900})
    page.wait_for_function(DONE, arg=f"{TOOL}-stage", timeout=60_000)
    way = page.locator(f"#{TOOL}-way")
    way.get_by_text("Back from the truth").wait_for()
    assert way.locator("img").count() == 8 and radio(page, "pencil drawing").is_checked()
    assert not page.get_by_label("Draw it in pencil first").is_visible()
    linked = page.evaluate(CELLS, f"{TOOL}-stage")

    page.locator(f"#{TOOL}-stage .cell").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    download.value.save_as(tmp_path / "one.png")
    page.keyboard.press("Escape")
    radio(page, "picture in colour").check()
    page.get_by_label("Draw it in pencil first").wait_for()
    page.click(f"#{TOOL}-picker button >> nth=7")
    page.wait_for_function(f"!document.querySelector('#{TOOL}-way img')")
    assert translate(page) != linked
    page.locator(f"#{TOOL}-stage input[type=file]").set_input_files(tmp_path / "one.png")
    page.wait_for_function(f"document.querySelector('#{TOOL}-to input[value=drawing]').checked")
    same = f"([id, wanted]) => JSON.stringify(({CELLS.strip()})(id)) === wanted"
    page.wait_for_function(same, arg=[f"{TOOL}-stage", json.dumps(linked, separators=(",", ":"))])

    gallery = page.locator(f"#{TOOL}-gallery")
    page.locator(f"#{TOOL}-heading").scroll_into_view_if_needed()
    gallery.locator("table").nth(1).wait_for()
    assert gallery.locator("img").count() == 36
    page.locator(f"#{TOOL}-model input").click()
    page.get_by_role("option", name="CycleGAN, sunglasses").click()
    radio(page, "face with sunglasses").wait_for()
    gallery.get_by_text("Face with sunglasses → face without glasses → back").wait_for()
    translate(page)
    way.get_by_text("Changed, eightfold").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
