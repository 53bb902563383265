"""Samplers and guidance beside each other, on the page that `python app.py` serves."""

import pytest

from generative.inference.pictures.provenance import read_note

SAMPLERS, GUIDANCE, PATHS = "diffusion-samplers", "diffusion-guidance", "diffusion-paths"


@pytest.fixture
def page(keep_page, app_url):
    page = keep_page(app_url, viewport={"width": 1366, "height": 900})
    page.get_by_role("tab", name="Diffusion", exact=True).click()
    return page


def cells(tool: str) -> str:
    return f"document.querySelectorAll('#{tool}-table a').length"


def test_cells_come_one_by_one_until_stopped_and_are_kept(page):
    page.get_by_role("tab", name="Samplers", exact=True).click()
    page.click(f"#{SAMPLERS}-generate")
    page.wait_for_function(f"{cells(SAMPLERS)} >= 2", timeout=60_000)
    page.click(f"#{SAMPLERS}-stop")
    page.locator(f"#{SAMPLERS}-state").get_by_text("Stopped; what was drawn is kept.").wait_for()
    assert 2 <= page.evaluate(cells(SAMPLERS)) < 16
    words = page.locator(f"#{SAMPLERS}-table td").nth(1).inner_text()
    assert "5 evaluations" in words and "s" in words  # three steps, two of them guided
    assert "model=fashion-mnist%2Fddpm" in page.locator(f"#{SAMPLERS}-table a").first.get_attribute("href")


def test_scales_on_the_same_noises_with_what_they_cost(page):
    page.get_by_role("tab", name="Guidance", exact=True).click()
    page.wait_for_selector(f"#{GUIDANCE}-generate")
    page.locator(f"#{GUIDANCE}-count input[type=number]").fill("2")
    page.locator(f"#{GUIDANCE}-count input[type=number]").press("Tab")
    page.click(f"#{GUIDANCE}-generate")
    page.wait_for_selector(f"#{GUIDANCE}-table gen-plot svg", timeout=120_000)
    assert page.evaluate(cells(GUIDANCE)) == 24  # classifier-free, by a classifier, and by a worse model
    words = page.locator(f"#{GUIDANCE}-table").inner_text()
    assert all(said in words for said in ("scale 1", "scale 7", "Variety", "of 2", "20 evaluations", "40 evaluations"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_a_link_opens_a_table_of_paths_and_makes_it_again(open_page, app_url):
    table = "model=fashion-mnist/ddpm&count=1&seed=3&class=Bag&tool=paths&ways=fashion-mnist/ddpm=ddim&steps=1,2"
    page = open_page(f"{app_url}?{table}", viewport={"width": 1366, "height": 900})
    page.wait_for_selector(f"#{PATHS}-state .kept", timeout=120_000)
    page.wait_for_selector(f"#{PATHS}-table gen-plot svg")
    assert page.evaluate(cells(PATHS)) == 3
    words = page.locator(f"#{PATHS}-table").inner_text()
    assert "times as long as the straight line" in words and "2 evaluations" in words
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save it as PNG").click()
    assert read_note(saved.value.path().read_bytes())["ways"] == ["fashion-mnist/ddpm=ddim"]
