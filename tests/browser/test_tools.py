"""Completing, scoring and looking inside, as a visitor does it on the page that `python app.py` serves."""

import base64
import io
import re

import pytest
from PIL import Image

DONE = """id => {
    const stage = document.querySelector(`#${id} .gen-stage`);
    return stage?.dataset.state === "done" && stage.dataset.run !== "invitation";
}"""
CELLS = """id => [...document.querySelectorAll(`#${id} .cell canvas`)].map((canvas) =>
    Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)
        .filter((_, i) => i % 4 === 0))
"""
PICTURE = """id => {
    const canvas = document.querySelector(`#${id} canvas[data-part=picture]`);
    return Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)
        .filter((_, i) => i % 4 === 0);
}"""
COMPLETE, SCORE = "autoregressive-completes", "autoregressive-scores"


def open_tool(page, name: str, prefix: str) -> None:
    page.get_by_role("tab", name="Autoregressive", exact=True).click()
    page.get_by_role("tab", name=name, exact=True).first.click()
    page.wait_for_selector(f"#{prefix}-easel canvas")
    page.wait_for_function(f"document.querySelectorAll('#{prefix}-picker button').length >= 20")


def choose(page, prefix: str, model: str) -> None:
    page.locator(f"#{prefix}-model input").click()
    page.get_by_role("option", name=model, exact=True).click()


def fill(page, id: str, value: int) -> None:
    page.locator(f"#{id} input[type=number]").fill(str(value))
    page.locator(f"#{id} input[type=number]").press("Tab")


def board(page, prefix: str) -> dict:
    return page.locator(f"#{prefix} [data-part=board]").bounding_box()


def complete(page, count: int = 2) -> list[list[int]]:
    fill(page, f"{COMPLETE}-count", count)
    page.click(f"#{COMPLETE}-generate")
    page.wait_for_selector(f"#{COMPLETE}-facts dl", timeout=60_000)
    page.wait_for_function(DONE, arg=f"{COMPLETE}-stage")
    return page.evaluate(CELLS, f"{COMPLETE}-stage")


def test_a_painted_hole_is_filled_and_the_rest_kept(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Complete", COMPLETE)
    page.click(f"#{COMPLETE}-picker button >> nth=7")
    page.wait_for_function(f"document.querySelector('#{COMPLETE}-class input').value === 'Sneaker'")
    page.click(f"#{COMPLETE}-easel [data-mask=clear]")
    box = board(page, f"{COMPLETE}-easel")
    pixel = box["width"] / 28
    page.mouse.move(box["x"] + 10 * pixel, box["y"] + 14 * pixel)
    page.mouse.down()
    page.mouse.move(box["x"] + 18 * pixel, box["y"] + 14 * pixel, steps=6)
    page.mouse.up()
    known = page.evaluate(PICTURE, f"{COMPLETE}-easel")
    drawn = complete(page)
    assert len(drawn) == 2 and drawn[0] != drawn[1]
    inside = [row * 28 + column for row in range(13, 16) for column in range(11, 18)]
    outside = [i for i in range(784) if not (10 <= i // 28 <= 18 and 6 <= i % 28 <= 22)]
    for completion in drawn:
        assert [completion[i] for i in outside] == [known[i] for i in outside]
        assert [completion[i] for i in inside] != [known[i] for i in inside]
    facts = page.locator(f"#{COMPLETE}-facts").inner_text()
    assert re.search(r"\d\.\d of 8 candidates", facts) and "bits/dim" in facts
    names = page.locator(f"#{COMPLETE}-stage .cell .name").all_inner_texts()
    assert sorted(name.split(" · ")[0] for name in names) == ["#1", "#2"]


def test_the_lower_half_has_nothing_to_look_ahead_to(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Complete", COMPLETE)
    known = page.evaluate(PICTURE, f"{COMPLETE}-easel")
    drawn = complete(page)
    assert all(completion[:392] == known[:392] for completion in drawn)
    assert "candidates" not in page.locator(f"#{COMPLETE}-facts").inner_text()
    names = page.locator(f"#{COMPLETE}-stage .cell .name").all_inner_texts()
    orders = page.locator(f"#{COMPLETE}-stage .cell").evaluate_all("cells => cells.map((cell) => cell.style.order)")
    assert [name.split(" ")[0] for name in names] == [f"#{order}" for order in orders]  # the likeliest comes first


def test_a_downloaded_completion_brings_back_picture_mask_and_run(open_page, app_url, tmp_path):
    page = open_page(app_url)
    open_tool(page, "Complete", COMPLETE)
    page.click(f"#{COMPLETE}-picker button >> nth=8")
    page.click(f"#{COMPLETE}-easel [data-mask=right]")
    known = page.evaluate(PICTURE, f"{COMPLETE}-easel")
    drawn = complete(page)
    page.locator(f"#{COMPLETE}-stage .cell").nth(1).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    download.value.save_as(tmp_path / "one.png")

    other = open_page(app_url)
    other.get_by_role("tab", name="Autoregressive", exact=True).click()
    other.wait_for_selector("#autoregressive-stage .cell canvas")
    other.locator("#autoregressive-stage input[type=file]").set_input_files(tmp_path / "one.png")
    other.get_by_role("tab", name="Complete", exact=True).first.click()
    other.wait_for_selector(f"#{COMPLETE}-facts dl", timeout=60_000)
    other.wait_for_function(DONE, arg=f"{COMPLETE}-stage")
    assert other.evaluate(PICTURE, f"{COMPLETE}-easel")[:10] == known[:10]
    assert other.evaluate(CELLS, f"{COMPLETE}-stage") == [drawn[1]]


def test_an_empty_mask_says_what_to_do(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Complete", COMPLETE)
    page.click(f"#{COMPLETE}-easel [data-mask=clear]")
    page.click(f"#{COMPLETE}-generate")
    page.get_by_role("alert").filter(has_text="Paint over").first.wait_for()


def png(width: int, height: int, orientation: int | None = None) -> bytes:
    """A transparent picture with a white bar at its top; `orientation` is EXIF's."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, width, height // 4))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif)
    return file.getvalue()


def upload(page, prefix: str, *contents: bytes) -> None:
    names = ["mine.png", *(f"other{i}.png" for i in range(1, len(contents)))]
    files = [{"name": n, "mimeType": "image/png", "buffer": c} for n, c in zip(names, contents, strict=True)]
    with page.expect_file_chooser() as chooser:
        page.click(f"#{prefix}-upload")
    chooser.value.set_files(files)


def test_an_uploaded_picture_is_shown_as_the_model_sees_it(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Complete", COMPLETE)
    upload(page, COMPLETE, png(280, 280, orientation=3))  # upside down
    page.get_by_text("mine.png").first.wait_for()
    seen = page.evaluate(PICTURE, f"{COMPLETE}-easel")
    assert max(seen[:28]) == 0 and min(seen[-28:]) == 255  # turned upright, transparency on black


def test_a_picture_of_too_many_pixels_is_refused_with_the_limit(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Complete", COMPLETE)
    file = io.BytesIO()
    Image.new("1", (8000, 5200)).save(file, "PNG")
    before = page.evaluate(PICTURE, f"{COMPLETE}-easel")
    upload(page, COMPLETE, file.getvalue())
    page.get_by_role("alert").filter(has_text="the limit is 40 million").first.wait_for()
    assert page.evaluate(PICTURE, f"{COMPLETE}-easel") == before


def test_likelihood_surprise_and_what_was_expected_at_a_pixel(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Likelihood", SCORE)
    page.click(f"#{SCORE}-picker button >> nth=7")
    page.locator(f"#{SCORE}-verdict").get_by_text("Sneaker fits best").wait_for()
    verdict = page.locator(f"#{SCORE}-verdict").inner_text()
    assert 1 < float(re.search(r"([\d.]+) bits/dim", verdict)[1]) < 5 and "exact" in verdict
    assert "test images" in verdict
    page.wait_for_selector(f"#{SCORE}-map [data-state=ready]")
    box = board(page, f"{SCORE}-map")
    page.mouse.click(box["x"] + box["width"] * 14.5 / 28, box["y"] + box["height"] * 16.5 / 28)
    page.get_by_text("What the model expected at row 16, column 14").wait_for()
    bars = page.locator(f"#{SCORE}-chart path.bars").get_attribute("d")
    assert bars.count("M") > 5
    page.get_by_text("Where the network looks").first.wait_for()


def test_odd_pictures_are_ranked_by_likelihood(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Likelihood", SCORE)
    page.click(f"#{SCORE}-rank")
    page.wait_for_selector(f"#{SCORE}-table tbody tr")
    names = page.locator(f"#{SCORE}-table tbody td:nth-child(3)").all_inner_texts()
    bits = [float(b) for b in page.locator(f"#{SCORE}-table tbody td:nth-child(4)").all_inner_texts()]
    assert bits == sorted(bits) and names[0] == "Nothing at all" and names[-1] == "Pure noise"
    assert names.index("The picture") < names.index("Pixels shuffled")
    thumb = page.locator(f"#{SCORE}-table img").first.get_attribute("src")
    picture = Image.open(io.BytesIO(base64.b64decode(thumb.partition(",")[2])))
    assert picture.size == (28, 28)


def test_several_pictures_are_ranked(open_page, app_url):
    page = open_page(app_url)
    open_tool(page, "Likelihood", SCORE)
    noise = Image.effect_noise((28, 28), 120)
    file = io.BytesIO()
    noise.save(file, "PNG")
    upload(page, SCORE, file.getvalue(), png(28, 28))
    page.wait_for_selector(f"#{SCORE}-table tbody tr")
    names = page.locator(f"#{SCORE}-table tbody td:nth-child(3)").all_inner_texts()
    assert names == ["other1.png", "mine.png"]


def test_the_choice_of_a_model_goes_along_from_tool_to_tool(open_page, app_url):
    page = open_page(app_url)
    page.get_by_role("tab", name="Autoregressive", exact=True).click()
    choose(page, "autoregressive", "Row LSTM")
    page.locator("#autoregressive-class").wait_for(state="hidden")
    open_tool(page, "Complete", COMPLETE)
    page.wait_for_function(f"document.querySelector('#{COMPLETE}-model input').value === 'Row LSTM'")
    open_tool(page, "Likelihood", SCORE)
    page.wait_for_function(f"document.querySelector('#{SCORE}-model input').value === 'Row LSTM'")


def test_the_data_set_holds_for_all_tabs(open_page, app_url):
    page = open_page(app_url)
    page.get_by_role("tab", name="Autoregressive", exact=True).click()
    page.wait_for_selector("#autoregressive-stage .cell")
    page.get_by_role("radio", name="Avatars").check()
    page.wait_for_function("document.querySelector('#autoregressive-model input').value === 'PixelCNN++'")
    page.wait_for_function("document.querySelector('#autoregressive-stage .cell canvas').width === 32")
    open_tool(page, "Complete", COMPLETE)
    page.wait_for_function(f"document.querySelector('#{COMPLETE}-easel canvas[data-part=picture]').width === 32")
    page.get_by_role("tab", name="Compare", exact=True).click()
    page.wait_for_function(
        "[...document.querySelectorAll('#compare-models label')].map(l => l.innerText.trim()).includes('PixelCNN++')"
    )
    page.get_by_role("radio", name="Fashion-MNIST").check()
    page.get_by_role("checkbox", name="DDPM", exact=True).wait_for()
    page.get_by_role("tab", name="Autoregressive", exact=True).click()
    page.wait_for_function(f"document.querySelector('#{COMPLETE}-easel canvas[data-part=picture]').width === 28")


@pytest.mark.parametrize("tool", [("Complete", COMPLETE), ("Likelihood", SCORE)])
def test_the_tools_fit_on_a_phone(open_page, app_url, tool):
    page = open_page(app_url, viewport={"width": 380, "height": 800})
    open_tool(page, *tool)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
