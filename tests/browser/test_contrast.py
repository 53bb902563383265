"""Objectives side by side, in a browser: films on one timeline, curves with a mark, a table of the same noise."""

from pathlib import Path

import pytest

from generative.library.modes import Modes
from tests.contending import contender

TOOL = "#gans-contrast"
FIRST = f"document.querySelector('{TOOL}-learning .screen').style.backgroundPosition"
CURSORS = f"[...document.querySelectorAll('{TOOL}-learning .cursor')].map((mark) => mark.getAttribute('d'))"


@pytest.fixture
def page(open_page, show, tmp_path: Path):
    """Of a machine on which four trainings lie that have only just begun."""
    for kind in ("minimax", "lsgan", "wgan-gp", "r3gan", "guidelines", "pooling"):
        contender(tmp_path, f"fashion-mnist/{kind}", ("Bag", "Sneaker"), 28)
    for kind in ("minimax", "lsgan"):
        contender(tmp_path, f"stacked-mnist/{kind}", (), 28, channels=3)
        Modes(1000, 10_000, (0, 10, 30), ("0" * 250, "f" * 100 + "0" * 150, "f" * 250)).write(
            tmp_path / f"stacked-mnist/{kind}"
        )
    with show(tmp_path) as url:
        page = open_page(url, viewport={"width": 1366, "height": 900})
        page.get_by_role("tab", name="GANs", exact=True).click()
        page.get_by_role("tab", name="Side by side", exact=True).click()
        page.wait_for_selector(f"{TOOL}-table tbody tr.picture:nth-child(4) td:nth-child(5) img")
        yield page
        page.close()


def test_trainings_are_watched_on_one_timeline_and_draw_of_the_same_noise(page):
    assert page.locator(f"{TOOL}-learning .screen").count() == 4 and page.evaluate(FIRST) == "0px 100%"
    end, slider = page.evaluate(CURSORS), page.locator(f"{TOOL}-learning input[type=range]")
    slider.fill("1")
    page.get_by_text("after 160 images").wait_for()
    assert page.evaluate(FIRST) == "0px 50%"
    moved = page.evaluate(CURSORS)
    assert len(moved) == 2 and all(before != after for before, after in zip(end, moved, strict=True))
    page.locator(f"{TOOL}-learning").get_by_role("button", name="Play").click()
    page.get_by_text("after 480 images").wait_for()
    page.locator(f"{TOOL}-learning").get_by_role("button", name="Play").click()  # once more, from the beginning
    page.get_by_text("after 0 images").wait_for()

    table = page.locator(f"{TOOL}-table")
    before = table.locator("img").first.get_attribute("src")
    page.locator(f"{TOOL}-seed input").fill("40")
    page.locator(f"{TOOL}-seed input").press("Enter")
    table.get_by_text("Seed 43").wait_for()
    assert table.locator("img").first.get_attribute("src") != before
    assert "fashion-mnist%2Fminimax" in table.locator("a").first.get_attribute("href")
    assert "Generator learnt" in table.inner_text() and "+1.00" in table.inner_text()
    page.get_by_label("Guidelines, each broken alone").check()
    page.get_by_role("heading", name="each broken alone").wait_for()
    table.get_by_text("the largest of four is kept").wait_for()
    assert page.locator(f"{TOOL}-learning .screen").count() == 2
    page.get_by_label("Objectives").check()
    page.get_by_role("link", name="mode collapse can be counted").click()
    page.get_by_role("heading", name="Mode collapse, counted").wait_for()
    page.locator(f"{TOOL}-learning").get_by_text("1,000 of 1,000 modes").first.wait_for()
    slider.fill("1")
    page.locator(f"{TOOL}-learning").get_by_text("400 of 1,000 modes").first.wait_for()
    assert page.get_by_label("Stacked digits").is_checked()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
