"""Filling holes, editing and restoring with a diffusion model, as a visitor does it on the page."""

import pytest

from tests.browser.test_tools import CELLS, DONE, PICTURE, fill

COMPLETE, RESTORE, EDIT = "diffusion-completes", "diffusion-restore", "diffusion-edit"


@pytest.fixture
def diffusion(keep_page, app_url):
    """``diffusion("Complete", "diffusion-completes")``: the page with that tool of the diffusion models on show."""

    def open_tool(tool: str, prefix: str):
        page = keep_page(app_url, viewport={"width": 1366, "height": 900})
        page.set_default_timeout(60_000)
        page.get_by_role("tab", name="Diffusion", exact=True).click()
        page.wait_for_selector("#diffusion-stage canvas", state="attached")
        page.locator("#diffusion-tools").get_by_role("tab", name=tool, exact=True).click()
        page.wait_for_selector(f"#{prefix}-easel canvas")
        page.wait_for_function(f"document.querySelectorAll('#{prefix}-picker button').length >= 20")
        return page

    return open_tool


def run(page, prefix: str, steps: int = 4, count: int = 2) -> list[list[int]]:
    fill(page, f"{prefix}-count", count)
    fill(page, f"{prefix}-ddpm-num_inference_steps", steps)
    page.evaluate("id => document.querySelector(`#${id}-stage .gen-stage`).dataset.run = 'invitation'", prefix)
    page.click(f"#{prefix}-generate")
    page.wait_for_function(DONE, arg=f"{prefix}-stage")
    return page.evaluate(CELLS, f"{prefix}-stage")


def test_a_hole_is_filled_with_what_lies_below_in_sight(diffusion):
    page = diffusion("Complete", COMPLETE)
    page.click(f"#{COMPLETE}-picker button >> nth=7")
    page.wait_for_function(f"document.querySelector('#{COMPLETE}-class input').value === 'Sneaker'")
    page.click(f"#{COMPLETE}-easel [data-mask=middle]")
    known = page.evaluate(PICTURE, f"{COMPLETE}-easel")
    drawn = run(page, COMPLETE)
    outside = [i for i in range(784) if not (7 <= i // 28 < 21 and 7 <= i % 28 < 21)]
    assert len(drawn) == 2 and drawn[0] != drawn[1]
    assert all([completion[i] for i in outside] == [known[i] for i in outside] for completion in drawn)
    assert page.get_by_text("with all around it in sight").is_visible()
    assert page.locator(f"#{COMPLETE}-ddpm-sampler").count() == 0  # the steps of completing are its own


LEFT = f"[...document.querySelectorAll('#{RESTORE}-left img')].map((image) => image.src)"


def means(pixels: list[int], side: int = 4) -> list[float]:
    """Of blocks of a picture of 28×28 pixels."""
    across = range(0, 28, side)
    block = [(r, c) for r in range(side) for c in range(side)]
    return [sum(pixels[(y + r) * 28 + x + c] for r, c in block) / side**2 for y in across for x in across]


def test_a_small_picture_is_enlarged_in_several_ways_that_all_keep_it(diffusion, tmp_path):
    page = diffusion("Restore", RESTORE)
    page.wait_for_selector(f"#{RESTORE}-left img")
    page.click(f"#{RESTORE}-picker button >> nth=7")
    page.wait_for_function(f"document.querySelector('#{RESTORE}-easel').innerText.includes('Sneaker')")
    known = means(page.evaluate(PICTURE, f"{RESTORE}-easel"))
    drawn = run(page, RESTORE)
    assert len(drawn) == 2 and drawn[0] != drawn[1]
    for restored in drawn:
        assert all(abs(a - b) < 1 for a, b in zip(means(restored), known, strict=True))  # but for a PNG's rounding
    page.wait_for_function(f"document.querySelectorAll('#{RESTORE}-left img').length === 3")
    assert "to bicubic" in page.locator(f"#{RESTORE}-facts").inner_text()
    names = page.locator(f"#{RESTORE}-stage .cell .name").all_inner_texts()
    assert all(name.endswith("dB") for name in names)

    page.locator(f"#{RESTORE}-stage .cell").nth(1).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    download.value.save_as(tmp_path / "one.png")
    page.keyboard.press("Escape")
    page.locator("#diffusion-tools").get_by_role("tab", name="Draw", exact=True).click()
    page.locator("#diffusion-stage input[type=file]").set_input_files(tmp_path / "one.png")
    page.wait_for_selector(f"#{RESTORE}-stage .cell canvas")
    page.wait_for_function(f"document.querySelectorAll('#{RESTORE}-stage .cell canvas').length === 1")
    page.wait_for_function(DONE, arg=f"{RESTORE}-stage")
    assert page.evaluate(CELLS, f"{RESTORE}-stage") == [drawn[1]]


def test_what_is_left_follows_what_is_spoiled_at_once(diffusion):
    page = diffusion("Restore", RESTORE)
    page.wait_for_selector(f"#{RESTORE}-left img")
    before = page.evaluate(LEFT)
    page.locator(f"#{RESTORE}-factor").get_by_text("×2: means of 2×2").click()
    page.wait_for_function(f"(before) => {LEFT}[0] !== before", arg=before[0])
    page.locator(f"#{RESTORE}-factor").get_by_text("All of it").click()
    page.click(f"#{RESTORE}-easel [data-mask=middle]")
    page.get_by_text("Without a model: mean fill").wait_for()
    assert page.locator(f"#{RESTORE}-grey").count() == 0 or not page.locator(f"#{RESTORE}-grey").is_visible()


def test_a_picture_is_varied_by_noise_and_seed(diffusion):
    page = diffusion("Edit", EDIT)
    known = page.evaluate(PICTURE, f"{EDIT}-easel")
    first, second = run(page, EDIT, steps=6)
    assert first != second and first != known


def test_a_picture_comes_back_from_its_noise_and_the_error_is_told(diffusion):
    page = diffusion("Edit", EDIT)
    page.get_by_label("From the noise it comes from").check()
    fill(page, f"{EDIT}-strength", 0)
    known = page.evaluate(PICTURE, f"{EDIT}-easel")
    (back,) = run(page, EDIT, steps=20, count=1)
    assert sum(abs(a - b) for a, b in zip(back, known, strict=True)) / 784 < 5
    label = page.locator(f"#{EDIT}-stage").inner_text()
    assert "and back" in label and "40 / 40" in label
    page.click(f"#{EDIT}-measure")
    page.locator(f"#{EDIT}-back").get_by_text("50 steps").wait_for()
    assert page.locator(f"#{EDIT}-back gen-plot").count() == 1


def test_both_tools_fit_on_a_phone(diffusion):
    page = diffusion("Edit", EDIT)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
    page.set_viewport_size({"width": 1366, "height": 900})
    page.locator("#diffusion-tools").get_by_role("tab", name="Restore", exact=True).click()
    page.wait_for_selector(f"#{RESTORE}-left img")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_a_link_brings_a_restoration(open_page, app_url):
    words = "ability=restores&model=fashion-mnist/ddpm&images=example:Sneaker/3&factor=2&mask=middle"
    page = open_page(f"{app_url}/?{words}&seed=5&count=2&num_inference_steps=3")
    page.wait_for_selector(f"#{RESTORE}-stage .cell canvas", timeout=60_000)
    page.wait_for_function(DONE, arg=f"{RESTORE}-stage")
    assert len(page.evaluate(CELLS, f"{RESTORE}-stage")) == 2
    assert "×2" in page.locator(f"#{RESTORE}-factor label.selected, #{RESTORE}-factor label:has(:checked)").inner_text()
    page.get_by_text("Without a model: bicubic and mean fill").wait_for()
