"""Reconstructing, as a visitor does it on the page that `python app.py` serves."""

import re

import pytest

TOOL = "autoencoders-reconstruct"
SOURCES = f"[...document.querySelectorAll('#{TOOL}-pictures img')].map((image) => image.src)"


@pytest.fixture
def page(keep_page, app_url):
    """The tool, opened; what it makes of a test image is there without a click."""
    page = keep_page(app_url, viewport={"width": 1300, "height": 1000})
    page.get_by_role("tab", name="Autoencoders", exact=True).click()
    page.get_by_role("tab", name="Reconstruct", exact=True).first.click()
    page.wait_for_selector(f"#{TOOL}-easel canvas")
    page.wait_for_selector(f"#{TOOL}-pictures img")
    page.wait_for_selector(f"#{TOOL}-drawn img")
    return page


def choose(page, model: str) -> None:
    page.locator(f"#{TOOL}-model input").click()
    page.get_by_role("option", name=model, exact=True).click()
    page.get_by_role("heading", name=f"What the {model} makes of it").wait_for()


def add_noise(page, much: float) -> None:
    page.locator(f"#{TOOL}-noise input[type=number]").fill(str(much))
    page.locator(f"#{TOOL}-noise input[type=number]").press("Tab")
    page.get_by_text(f"σ = {much:.2f}").wait_for()


def error(page) -> float:
    return float(re.search(r"([\d.]+) of 1", page.locator(f"#{TOOL}-facts").inner_text())[1])


def changed(page, before: list[str]) -> list[str]:
    page.wait_for_function(f"(before) => String({SOURCES}) !== String(before)", arg=before)
    return page.evaluate(SOURCES)


def test_a_test_image_comes_back(page):
    before = page.evaluate(SOURCES)
    page.click(f"#{TOOL}-picker button >> nth=7")
    after = changed(page, before)
    assert len(after) == 4 and all(a != b for a, b in zip(before, after, strict=True))
    assert 0 < error(page) < 0.5
    assert "784 pixels → 16 numbers" in page.locator(f"#{TOOL}-facts").inner_text()
    page.locator(f"#{TOOL}-odd").get_by_text("bits/dim").wait_for(timeout=60_000)
    assert page.locator(f"#{TOOL}-drawn img").count() == 16


def test_a_stroke_is_rebuilt_too(page):
    before = page.evaluate(SOURCES)
    box = page.locator(f"#{TOOL}-easel [data-part=board]").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] - 20, steps=6)
    page.mouse.up()
    assert changed(page, before)[0] != before[0]


def test_another_draw_from_the_posterior(page):
    before = page.evaluate(SOURCES)
    page.get_by_role("button", name="Draw another").click()
    after = changed(page, before)
    assert after[:3] == before[:3] and after[3] != before[3]
    assert page.locator(f"#{TOOL}-seed input").input_value() != "0"


def test_odd_pictures_are_ranked_by_their_error(page):
    page.click(f"#{TOOL}-rank")
    page.wait_for_selector(f"#{TOOL}-table tbody tr")
    names = page.locator(f"#{TOOL}-table tbody td:nth-child(3)").all_inner_texts()
    errors = [float(e) for e in page.locator(f"#{TOOL}-table tbody td:nth-child(4)").all_inner_texts()]
    assert errors == sorted(errors) and names.index("The picture") < names.index("Pixels shuffled")


def test_noise_is_added_live_and_all_models_of_the_data_set_try_to_take_it_away(page):
    clean = error(page)
    before = page.evaluate(SOURCES)
    add_noise(page, 0.5)
    assert changed(page, before)[0] != before[0] and error(page) > clean
    row = page.locator(f"#{TOOL}-compared")
    titles = row.locator("figcaption b").all_inner_texts()
    assert titles[0] == "The noisy picture" and {"Denoising AE", "Autoencoder", "VAE"} <= set(titles)
    assert row.locator("figure.chosen b").inner_text() == "VAE"
    choose(page, "Denoising AE")
    page.wait_for_function(f"document.querySelector('#{TOOL}-compared .chosen b').innerText === 'Denoising AE'")
    assert page.locator(f"#{TOOL}-pictures img").count() == 3
    assert page.locator(f"#{TOOL}-pictures .none").is_visible()


def test_the_data_set_changes_model_and_picture_together(page):
    page.get_by_role("radio", name="Avatars").check()
    page.wait_for_function(f"document.querySelector('#{TOOL}-pictures img')?.naturalWidth === 64", timeout=60_000)
    assert "4,096 colour pixels" in page.locator(f"#{TOOL}-facts").inner_text()
    assert page.locator(".toast-wrap .error").count() == 0
    page.get_by_role("radio", name="Fashion-MNIST").check()
    page.wait_for_function(f"document.querySelector('#{TOOL}-pictures img')?.naturalWidth === 28", timeout=60_000)


def test_a_file_that_is_no_picture_is_refused(page):
    before = page.evaluate(SOURCES)
    with page.expect_file_chooser() as chooser:
        page.click(f"#{TOOL}-upload")
    chooser.value.set_files([{"name": "mine.png", "mimeType": "image/png", "buffer": b"nothing"}])
    told = page.locator(f"#{TOOL}-problem").get_by_role("alert")
    told.wait_for()
    button, words = page.locator(f"#{TOOL}-upload").bounding_box(), told.bounding_box()
    assert 0 < words["y"] - button["y"] < 120 and page.get_by_role("alert").count() == 1
    assert page.evaluate(SOURCES) == before
    page.click(f"#{TOOL}-picker button >> nth=3")
    told.wait_for(state="detached")


def test_it_fits_on_a_phone(page):
    page.set_viewport_size({"width": 380, "height": 800})
    page.wait_for_function("document.documentElement.scrollWidth <= 380")
    noise, pictures = (page.locator(f"#{TOOL}-{part}").bounding_box() for part in ("noise", "pictures"))
    assert 0 < pictures["y"] - noise["y"] < 300  # what is dragged and what follows it are seen together
