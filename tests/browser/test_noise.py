"""Adding noise, as a visitor does it on the page that `python app.py` serves."""

import pytest

TOOL = "diffusion-noise"
ROOT = f"document.querySelector('#{TOOL}-noising [data-part=root]')"
SETTLED = f"{ROOT}.dataset.t === {ROOT}.dataset.believed"
PIXELS = f"[...document.querySelectorAll('#{TOOL}-noising .duo canvas')].map((canvas) => canvas.toDataURL())"
DRAG = f"""(t) => {{
    const range = document.querySelector('#{TOOL}-noising [data-part=range]'), began = performance.now();
    range.value = t;
    range.dispatchEvent(new Event("input", {{ bubbles: true }}));
    return performance.now() - began;
}}"""
CURSORS = f"[...document.querySelectorAll('#{TOOL}-curves .cursor')].map((mark) => mark.getAttribute('d'))"


@pytest.fixture
def page(keep_page, app_url):
    """The tool, opened; what is believed of a test image is there without a click."""
    page = keep_page(app_url, viewport={"width": 1366, "height": 900})
    page.get_by_role("tab", name="Diffusion", exact=True).click()
    page.get_by_role("tab", name="Add noise", exact=True).click()
    page.wait_for_function(f"{ROOT}?.dataset.state === 'ready' && {SETTLED}", timeout=60_000)
    return page


def number(page, part: str) -> float:
    return float(page.locator(f"#{TOOL}-noising [data-part={part}]").inner_text().split()[0])


def drag(page, t: int) -> float:
    """Milliseconds until all that needs no network has moved."""
    took = page.evaluate(DRAG, t)
    page.wait_for_function(SETTLED)
    return took


def test_noise_moves_with_the_slider_and_the_belief_follows(page):
    before, marks = page.evaluate(PIXELS), page.evaluate(CURSORS)
    assert len(marks) == 4
    assert drag(page, 150) < 150
    little = number(page, "rmse"), number(page, "ratio"), page.evaluate(PIXELS)
    drag(page, 950)
    much = number(page, "rmse"), number(page, "ratio"), page.evaluate(PIXELS)
    assert little[0] < much[0] and little[1] > 1 > much[1]
    assert all(len({a, b, c}) == 3 for a, b, c in zip(before, little[2], much[2], strict=True))
    assert all(a != b for a, b in zip(marks, page.evaluate(CURSORS), strict=True))


def test_another_picture_another_noise_another_moment(page):
    before = page.evaluate(PIXELS)
    page.click(f"#{TOOL}-picker button >> nth=7")
    page.wait_for_function(f"(before) => {PIXELS}.every((one, i) => one !== before[i])", arg=before)
    before = page.evaluate(PIXELS)
    page.click(f"#{TOOL}-dice")
    page.wait_for_function(f"(before) => {PIXELS}.every((one, i) => one !== before[i])", arg=before)
    page.click(f"#{TOOL}-noising .strip button >> nth=9")
    page.wait_for_function(f"{ROOT}.dataset.t === '899' && {SETTLED}")
    assert page.locator(f"#{TOOL}-noising [data-part=range]").input_value() == "899"


def test_a_saved_picture_and_its_link_bring_it_back(page, open_page, app_url):
    drag(page, 321)
    shown = page.evaluate(PIXELS)
    with page.expect_download() as download:
        page.click(f"#{TOOL}-noising [data-part=save]")
    assert download.value.suggested_filename == "noise-321.png"
    address = page.locator(f"#{TOOL}-noising [data-part=link]").get_attribute("href")
    other = open_page(f"{app_url}/{address}", viewport={"width": 1366, "height": 900})
    other.wait_for_function(f"{ROOT}?.dataset.believed === '321'", timeout=60_000)
    assert other.evaluate(PIXELS) == shown
    page.evaluate(DRAG, 700)
    page.get_by_role("tab", name="Draw", exact=True).click()
    page.set_input_files("#diffusion-stage [data-part=file]", download.value.path())
    page.wait_for_function(f"{ROOT}?.dataset.t === '321' && {SETTLED}", timeout=60_000)
    page.wait_for_function(f"(shown) => String({PIXELS}) === String(shown)", arg=shown)


def test_it_fits_on_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
    box = page.locator(f"#{TOOL}-noising .duo").bounding_box()
    assert box["height"] < 400  # slider, noise and belief are seen together
