"""The page as `python app.py` serves it, driven in a real browser."""

import io
import json
import re
import time

import pytest
from PIL import Image, PngImagePlugin

from generative.families import GENERATIVE

FAMILIES = {
    "autoregressive": "Autoregressive",
    "autoencoders": "Autoencoders",
    "gans": "GANs",
    "diffusion": "Diffusion",
    "energy": "Energy",
}
ABSENCE = "No model of this family has learnt from Stacked digits yet"
RUN_IS_OVER = """family => {
    const stage = document.querySelector(`#${family}-stage .gen-stage`);
    return stage?.dataset.state === "done" && !stage.dataset.run.startsWith("sheet");
}"""
SHEET = """family => {  // how many pictures, and how wide the first is in its own pixels
    const cells = document.querySelectorAll(`#${family}-stage .cell canvas`);
    return [cells.length, cells[0]?.width];
}"""
PIXELS = """([stage, index]) => {
    const canvas = document.querySelectorAll(`#${stage} .cell canvas`)[index];
    return Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
}"""


def open_tab(page, family: str) -> None:
    page.get_by_role("tab", name=FAMILIES.get(family, family), exact=True).click()
    page.locator(".built >> visible=true").first.wait_for()


def fill(page, id: str, value: int) -> None:
    page.locator(f"#{id} input[type=number]").fill(str(value))
    page.locator(f"#{id} input[type=number]").press("Tab")


def generate(page, family: str, count: int | None = None) -> None:
    open_tab(page, family)
    if count is not None:
        fill(page, f"{family}-count", count)
    page.evaluate("f => document.querySelector(`#${f}-stage .gen-stage`).dataset.run = 'sheet'", family)
    page.click(f"#{family}-generate")
    page.wait_for_function(RUN_IS_OVER, arg=family, timeout=60_000)


def pixels(page, stage: str, index: int = 0) -> list[int]:
    return page.evaluate(PIXELS, [stage, index])


@pytest.mark.parametrize("family", FAMILIES)
def test_each_tab_opens_with_a_sample_sheet_and_draws(open_page, app_url, family):
    page = open_page(app_url)
    open_tab(page, family)
    page.locator(f"#{family}-stage .cell").nth(15).wait_for()
    generate(page, family, count=4)
    assert page.locator(f"#{family}-stage .cell").count() == 4
    assert len(set(pixels(page, f"{family}-stage"))) > 8
    assert "an image" in page.locator(f"#{family}-facts").inner_text()


def turn_to_stacked_digits(page) -> None:
    open_tab(page, "autoregressive")
    page.wait_for_selector("#autoregressive-stage .cell")
    page.get_by_role("radio", name="Stacked digits").check()
    page.wait_for_timeout(2500)  # Gradio builds tabs when it finds the time


def test_a_tab_that_is_opened_late_comes_alive(open_page, app_url):
    page = open_page(app_url)
    turn_to_stacked_digits(page)
    open_tab(page, "energy")
    page.locator("#energy-absence").get_by_text(f"{ABSENCE}. On show: Fashion-MNIST.").wait_for()
    page.wait_for_function(f"String(({SHEET})('energy')) === '16,28'")  # of clothes, which come first
    open_tab(page, "gans")
    page.locator("#energy-absence").get_by_text(ABSENCE).wait_for(state="hidden")
    page.wait_for_function(f"String(({SHEET})('gans')) === '16,28'")


def test_words_about_a_tab_go_with_it(open_page, app_url):
    """Before the server answers: it may be busy."""
    page = open_page(app_url)
    turn_to_stacked_digits(page)
    open_tab(page, "energy")
    page.locator("#energy-absence").get_by_text(ABSENCE).wait_for()
    page.route("**/queue/join*", lambda route: None)  # nothing is asked any more
    page.get_by_role("tab", name=FAMILIES["gans"], exact=True).click()
    page.locator("#energy-absence").get_by_text(ABSENCE).wait_for(state="hidden")


def test_generate_draws_the_next_seeds_and_a_lock_keeps_them(open_page, app_url):
    """Locked, the sample sheet is what it draws; what a visitor puts into the field is drawn as it is."""
    page = open_page(app_url)
    open_tab(page, "gans")
    page.wait_for_selector("#gans-stage .cell canvas")
    sheet, seed = pixels(page, "gans-stage", 3), page.locator("#gans-seed input")
    page.get_by_role("checkbox", name="Lock").check()
    generate(page, "gans")
    again = pixels(page, "gans-stage", 3)
    assert max(abs(a - b) for a, b in zip(sheet, again, strict=True)) <= 1 and seed.input_value() == "0"
    page.get_by_role("checkbox", name="Lock").uncheck()
    generate(page, "gans")
    assert seed.input_value() == "16" and pixels(page, "gans-stage", 3) != again
    fill(page, "gans-seed", 3)
    generate(page, "gans")
    assert seed.input_value() == "3" and pixels(page, "gans-stage", 0) == again


def test_the_timeline_scrubs_through_a_run(open_page, app_url):
    page = open_page(app_url)
    generate(page, "diffusion", count=2)
    final = pixels(page, "diffusion-stage")
    moments = page.locator("#diffusion-stage input[type=range]").get_attribute("max")
    assert int(moments) == 19
    page.locator("#diffusion-stage input[type=range]").fill("0")
    titles = page.locator("#diffusion-stage .panel h3").all_inner_texts()
    assert titles == ["Noisy image xₜ", "Predicted noise", "Estimate of x₀"]
    assert pixels(page, "diffusion-stage") != final


def begin_a_long_run(page) -> None:
    open_tab(page, "diffusion")
    fill(page, "diffusion-ddpm-num_inference_steps", 1000)
    page.click("#diffusion-generate")
    page.wait_for_selector("#diffusion-stage .gen-stage[data-state=running]", timeout=60_000)


def assert_the_machine_is_free(page) -> None:
    start = time.monotonic()
    generate(page, "gans", count=1)
    assert time.monotonic() - start < 10


def test_stop_keeps_what_was_drawn_and_frees_the_machine(open_page, app_url):
    page = open_page(app_url)
    begin_a_long_run(page)
    page.wait_for_timeout(1500)
    page.click("#diffusion-stop")
    page.wait_for_function(RUN_IS_OVER, arg="diffusion")
    assert "Stopped" in page.locator("#diffusion-stage").inner_text()
    assert page.locator("#diffusion-stage .cell").count() >= 16
    assert_the_machine_is_free(page)


def test_closing_the_page_frees_the_machine(open_page, app_url):
    page = open_page(app_url)
    begin_a_long_run(page)
    page.close()
    other = open_page(app_url)
    assert_the_machine_is_free(other)


def test_a_downloaded_png_restores_the_controls_and_the_image(open_page, app_url, tmp_path):
    page = open_page(app_url)
    open_tab(page, "autoencoders")
    fill(page, "autoencoders-seed", 41)
    generate(page, "autoencoders", count=3)
    drawn = pixels(page, "autoencoders-stage", 1)
    page.locator("#autoencoders-stage .cell").nth(1).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    download.value.save_as(tmp_path / "one.png")
    note = json.loads(Image.open(tmp_path / "one.png").text["generative"])
    assert (note["model"], note["seed"], note["count"]) == ("fashion-mnist/vae", 42, 1)

    other = open_page(app_url)
    open_tab(other, "gans")
    other.wait_for_selector("#gans-stage .cell")
    other.locator("#gans-stage input[type=file]").set_input_files(tmp_path / "one.png")
    other.wait_for_function(RUN_IS_OVER, arg="autoencoders", timeout=30_000)
    assert other.locator("#autoencoders-stage").is_visible()
    assert pixels(other, "autoencoders-stage", 0) == drawn
    assert other.locator("#autoencoders-seed input").input_value() == "42"
    assert other.locator("#autoencoders-count input[type=number]").input_value() == "1"


def foreign_png() -> bytes:
    file, note = io.BytesIO(), PngImagePlugin.PngInfo()
    note.add_itxt("generative", '{"model": "fashion-mnist/vae", "seed": -1, "count": 1, "options": {}}')
    Image.new("L", (8, 8)).save(file, "PNG", pnginfo=note)
    return file.getvalue()


def plain_png() -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"not a png", "is no PNG"), (plain_png(), "does not say what made it"), (foreign_png(), "seed must be")],
)
def test_a_file_that_cannot_be_restored_is_refused_in_words(open_page, app_url, content, words):
    page = open_page(app_url)
    open_tab(page, "gans")
    page.wait_for_selector("#gans-stage .cell")
    page.locator("#gans-stage input[type=file]").set_input_files(
        {"name": "picture.png", "mimeType": "image/png", "buffer": content}
    )
    page.get_by_role("alert").filter(has_text=words).wait_for()
    assert page.locator("#gans-stage .cell").count() == 16


def test_a_link_opens_the_run_that_it_names(open_page, app_url):
    page = open_page(f"{app_url}/?model=fashion-mnist/dcgan&seed=5&count=2&class=Bag&truncation=0.5")
    page.wait_for_function(RUN_IS_OVER, arg="gans", timeout=30_000)
    assert page.locator("#gans-stage .cell .name").all_inner_texts() == ["Bag", "Bag"]
    assert page.locator("#gans-dcgan-truncation input[type=number]").input_value() == "0.5"
    open_tab(page, "diffusion")  # the other tabs are as if nothing had happened
    page.wait_for_function("document.querySelectorAll('#diffusion-stage .cell').length === 16")
    open_tab(page, "gans")
    href = page.locator("#gans-facts a").get_attribute("href")
    assert "class=Bag" in href and "truncation=0.5" in href


def test_a_link_that_is_wrong_says_so(open_page, app_url):
    page = open_page(f"{app_url}/?model=fashion-mnist/dcgam")
    page.get_by_role("alert").filter(has_text="Did you mean fashion-mnist/dcgan").wait_for()


def test_a_wrong_seed_is_told_at_its_control(open_page, app_url):
    page = open_page(app_url)
    open_tab(page, "gans")
    fill(page, "gans-seed", -3)
    page.click("#gans-generate")
    page.locator("#gans-seed").get_by_text("seed must be a whole number").wait_for()
    assert page.locator("#gans-stage .cell").count() == 16


def test_the_die_and_a_picture_set_the_seed(open_page, app_url):
    page = open_page(app_url)
    open_tab(page, "gans")
    page.click("#gans-dice")
    page.wait_for_function("document.querySelector('#gans-seed input').value !== '0'")
    page.locator("#gans-stage .cell").nth(7).click()
    page.get_by_role("button", name="Reuse this seed").click()
    page.wait_for_function("document.querySelector('#gans-seed input').value === '7'")


def test_compare_fills_in_side_by_side(open_page, app_url):
    page = open_page(app_url)
    open_tab(page, "Compare")
    cells = "[0, 1, 2, 3].map((i) => document.querySelectorAll(`#compare-stage-${i} .cell`).length)"
    page.wait_for_function(f"{cells}.every((count) => count === 9)")  # opens with samples drawn earlier
    fill(page, "compare-count", 2)
    page.get_by_role("checkbox", name="DDPM", exact=True).uncheck()
    page.click("#compare-generate")
    passes = "#compare-facts tr:has-text('Passes of the network') td"
    times = "[...document.querySelectorAll('#compare-facts tbody tr:first-child td')]"
    page.wait_for_function(f"{times}.every((cell) => / m?s$/.test(cell.innerText))", timeout=60_000)
    assert page.locator(passes).all_inner_texts() == ["784", "1", "1"]
    boxes = [page.locator(f"#compare-stage-{i}").bounding_box() for i in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    assert not page.locator("#compare-stage-3").is_visible()
    drawn = pixels(page, "compare-stage-1")
    page.wait_for_function("location.search.includes('count=2')")
    other = open_page(page.url)
    other.wait_for_function(f"{times}.length === 3 && {times}.every((cell) => / m?s$/.test(cell.innerText))")
    other.wait_for_selector("#compare-stage-1 .cell canvas")
    assert pixels(other, "compare-stage-1") == drawn


def test_compare_wants_two_models(open_page, app_url):
    page = open_page(app_url)
    open_tab(page, "Compare")
    page.locator("#compare-models input[type=checkbox]").first.wait_for()
    for box in page.locator("#compare-models input[type=checkbox]").all():
        box.uncheck()
    page.click("#compare-generate")
    page.locator("#compare-models").get_by_text(re.compile("Choose two to 4 models")).wait_for()


def test_the_guide_places_every_model(open_page, app_url):
    page = open_page(app_url)
    open_tab(page, "Guide")
    page.locator("#guide-taxonomy .chip").first.wait_for()
    chips = page.locator("#guide-taxonomy .chip text").all_text_contents()
    assert {"Gated PixelCNN", "VAE", "DCGAN", "DDPM"} <= set(chips)
    whole = "[...document.querySelectorAll('#guide-table .scrolls')].every(t => t.scrollWidth <= t.clientWidth)"
    assert page.evaluate(whole)
    name = f"Diffusion {GENERATIVE['diffusion'].manner}: open its tab"
    page.get_by_role("link", name=name).click()
    page.locator("#diffusion-generate").wait_for()


TOOLS = {  # its address, the begin of its ids, and which part of it shows what is made
    "Complete": ("tab=autoregressive&tool=completes", "autoregressive-completes", "stage"),
    "Likelihood": ("tab=autoregressive&tool=scores", "autoregressive-scores", "map"),
    "Translate": ("tab=gans&tool=translates&model=avatars/cyclegan-pencil", "gans-translates", "stage"),
    "Edit": ("tab=diffusion&tool=edit", "diffusion-edit", "stage"),
    "Restore": ("tab=diffusion&tool=restore", "diffusion-restore", "stage"),
}


def run_tool(page, id: str, part: str) -> None:
    page.click(f"#{id}-generate")
    done = "#{0}-stage .gen-stage[data-state=done]" if part == "stage" else "#{0}-verdict .figure"
    page.locator(done.format(id)).wait_for(timeout=60_000)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_stands_on_one_screen_before_a_run_and_after(open_page, app_url, tool):
    address, id, part = TOOLS[tool]
    page = open_page(f"{app_url}/?{address}", viewport={"width": 1366, "height": 768})
    parts = [page.locator(f"#{id}-{name}") for name in ("easel", part, "generate")]
    page.locator(f"#{id}-easel [data-state=ready]").wait_for()
    before = [found.bounding_box() for found in parts]
    run_tool(page, id, part)
    assert page.evaluate("scrollY") == 0 and [found.bounding_box() for found in parts] == before
    assert max(box["y"] + box["height"] for box in before) <= 768


def test_on_a_phone_a_run_comes_into_sight_over_its_button(open_page, app_url):
    touch = {"has_touch": True, "is_mobile": True}
    page = open_page(f"{app_url}/?{TOOLS['Complete'][0]}", viewport={"width": 430, "height": 932}, **touch)
    page.locator("#autoregressive-completes-easel [data-state=ready]").wait_for()
    run_tool(page, "autoregressive-completes", "stage")
    stage, timeline, button = (
        page.locator(f"#autoregressive-completes-{part}").bounding_box()
        for part in ("stage", "stage .timeline", "generate")
    )
    assert stage["y"] >= 0 and timeline["y"] + timeline["height"] <= button["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 430
    heights = "[...document.querySelectorAll('button, select')].map((e) => e.getBoundingClientRect().height)"
    assert all(round(height) >= 44 for height in page.evaluate(heights) if height)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_everything_without_sideways_scrolling(open_page, app_url, scheme):
    page = open_page(app_url, viewport={"width": 380, "height": 800}, color_scheme=scheme)
    open_tab(page, "autoregressive")
    page.wait_for_selector("#autoregressive-stage .cell")
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    stage, controls = (
        page.locator(s).bounding_box()["y"] for s in ("#autoregressive-stage", "#autoregressive-generate")
    )
    assert stage < controls
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", background)[:3])) / 3
    assert brightness > 200 if scheme == "light" else brightness < 60
