"""Interpolating, as a visitor does it on the page that `python app.py` serves."""

import io

import pytest
from PIL import Image

TOOL, SEARCHING = "autoencoders-interpolate", "gans-interpolate"
PLAYS = """id => {
    const moment = document.querySelector(`#${id}-stage [data-part=moment]`), first = moment.textContent;
    return new Promise((done) => setTimeout(() => done(moment.textContent !== first), 400));
}"""
COVERS = "id => document.querySelectorAll(`#${id}-sheet .strip i`).length"
SLOW = 60_000


def open_tool(page, family: str, prefix: str) -> None:
    page.get_by_role("tab", name=family, exact=True).click()
    page.get_by_role("tab", name="Interpolate", exact=True).first.click()
    page.wait_for_selector(f"#{prefix}-sheet .strip", timeout=SLOW)
    page.wait_for_selector(f"#{prefix}-stage .cell")


def names(page, prefix: str, count: int = 2) -> list[str]:
    return page.locator(f"#{prefix}-ends .name").all_inner_texts()[:count]


def wait_for_names(page, prefix: str, *wanted: str) -> None:
    found = (
        "([id, wanted]) => wanted.every((w, i) => document.querySelectorAll(`#${id}-ends .name`)[i].innerText === w)"
    )
    page.wait_for_function(found, arg=[prefix, wanted], timeout=SLOW)


def active(page, prefix: str) -> str:
    return page.locator(f"#{prefix}-ends [aria-pressed=true] b").inner_text()


def wait_for_redrawing(page, prefix: str, act) -> None:
    run = "id => document.querySelector(`#${id}-stage .gen-stage`).dataset.run"
    before = page.evaluate(run, prefix)
    act()
    page.wait_for_function(f"([id, old]) => ({run})(id) !== old", arg=[prefix, before], timeout=SLOW)


def test_it_opens_with_a_walk_that_plays(open_page, app_url):
    page = open_page(app_url, viewport={"width": 1300, "height": 1500}, reduced_motion="no-preference")
    open_tool(page, "Autoencoders", TOOL)
    assert page.evaluate(COVERS, TOOL) == 9
    assert len(set(names(page, TOOL))) == 2
    assert page.locator(f"#{TOOL}-ends .words").first.inner_text().startswith("differs by")
    assert page.evaluate(PLAYS, TOOL)
    page.click(f"#{TOOL}-stage [data-part=play]")
    assert not page.evaluate(PLAYS, TOOL)
    facts = page.locator(f"#{TOOL}-facts").inner_text()
    assert "Distance between the ends" in facts and "slerp" in facts and "lerp" in facts


def test_a_choice_goes_to_the_end_whose_turn_it_is(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Autoencoders", TOOL)
    page.locator(f"#{TOOL}-ends .card").nth(1).click()
    assert active(page, TOOL) == "To"
    first = names(page, TOOL)[0]
    page.click(f"#{TOOL}-picker button >> nth=8")
    wait_for_names(page, TOOL, first, "Bag")
    assert active(page, TOOL) == "From"
    page.get_by_label("Seed", exact=True).locator("visible=true").fill("11")
    page.click(f"#{TOOL}-use")
    wait_for_names(page, TOOL, "Trouser, seed 11", "Bag")
    wait_for_redrawing(page, TOOL, lambda: page.click(f"#{TOOL}-ends .swap"))
    assert names(page, TOOL) == ["Bag", "Trouser, seed 11"]
    page.fill(f"#{TOOL}-seed input", "-1")
    page.press(f"#{TOOL}-seed input", "Enter")
    page.get_by_role("alert").filter(has_text="seed must be a whole number").wait_for()


def test_more_steps_and_another_path_redraw_everything(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Autoencoders", TOOL)
    page.locator(f"#{TOOL}-steps input[type=range]").fill("20")
    page.wait_for_function(f"({COVERS})('{TOOL}') === 20", timeout=SLOW)
    assert page.locator(f"#{TOOL}-stage input[type=range]").get_attribute("max") == "38"
    wait_for_redrawing(page, TOOL, lambda: page.get_by_role("radio", name="Straight line (lerp)").check())


def test_four_corners_and_the_files_that_can_be_saved(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Autoencoders", TOOL)
    page.get_by_role("radio", name="Four corners").check()
    page.wait_for_selector(f"#{TOOL}-sheet .grid img", timeout=SLOW)
    assert page.locator(f"#{TOOL}-ends .card:visible").count() == 4
    assert page.locator(f"#{TOOL}-side").is_visible() and not page.locator(f"#{TOOL}-steps").is_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as one picture").click()
    assert Image.open(download.value.path()).size == (7 * 28, 7 * 28)
    with page.expect_download(timeout=SLOW) as download:
        page.click(f"#{TOOL}-stage [data-part=gif]")
    animation = Image.open(download.value.path())
    assert animation.n_frames > 12 and animation.info["loop"] == 0


def test_the_ends_stay_when_the_model_changes(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Autoencoders", TOOL)
    page.click(f"#{TOOL}-picker button >> nth=5")
    wait_for_names(page, TOOL, "Sandal")
    kept = names(page, TOOL)
    page.locator(f"#{TOOL}-model input").click()
    wait_for_redrawing(page, TOOL, lambda: page.get_by_role("option", name="Autoencoder", exact=True).click())
    assert names(page, TOOL) == kept


def test_truncation_brings_seeds_nearer_together(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "GANs", SEARCHING)
    apart = page.locator(f"#{SEARCHING}-facts dd").first
    before = float(apart.inner_text().split(",")[0])
    slider = page.locator(f"#{SEARCHING}-spread")
    assert "Truncation" in slider.inner_text()
    wait_for_redrawing(page, SEARCHING, lambda: slider.locator("input[type=range]").fill("0.5"))
    page.wait_for_function(
        f"(before) => parseFloat(document.querySelector('#{SEARCHING}-facts dd').innerText) < before", arg=before
    )


def test_a_search_is_shown_while_it_lasts(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "GANs", SEARCHING)
    assert all("seed" in name for name in names(page, SEARCHING))
    with page.expect_file_chooser() as chooser:
        page.click(f"#{SEARCHING}-upload")
    file = io.BytesIO()
    Image.new("L", (28, 28), 90).save(file, "PNG")
    chooser.value.set_files([{"name": "mine.png", "mimeType": "image/png", "buffer": file.getvalue()}])
    words = page.locator(f"#{SEARCHING}-ends .words").first
    words.filter(has_text="searching: step").wait_for(timeout=SLOW)
    words.filter(has_text="differs by").wait_for(timeout=2 * SLOW)
    assert names(page, SEARCHING)[0] == "mine.png"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_on_a_phone(open_page, app_url, scheme):
    page = open_page(app_url, color_scheme=scheme, reduced_motion="reduce")
    open_tool(page, "Autoencoders", TOOL)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(f"#{TOOL}-stage").scroll_into_view_if_needed()
    assert not page.evaluate(PLAYS, TOOL)
