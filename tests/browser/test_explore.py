"""Exploring a latent space, as a visitor does it on the page that `python app.py` serves."""

import io

import torch
from PIL import Image

import generative

MAP = "#autoencoders-explore-map"
PICTURE = """part => {
    const canvas = document.querySelector(`#autoencoders-explore-map [data-part=${part}]`);
    return Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)
        .filter((_, i) => i % 4 === 0);
}"""
MOVE = """([place, share]) => {
    const slider = document.querySelectorAll("#autoencoders-explore-map .dimension input")[place];
    slider.value = Number(slider.min) + share * (slider.max - slider.min);
    slider.dispatchEvent(new Event("input"));
    return Number(slider.value);
}"""
OPEN = """name => [...document.querySelectorAll("[role=tab], .overflow-dropdown button")]
    .find((tab) => tab.textContent.trim() === name && !tab.closest("[inert]"))?.click()"""


def explore(open_page, app_url, model: str = "VAE, 2-D", **options):
    page = open_page(app_url, **options)
    page.set_default_timeout(60_000)
    page.wait_for_selector("#start .tile")
    page.evaluate(OPEN, "Autoencoders")
    page.wait_for_selector("#autoencoders-stage .cell")
    page.evaluate(OPEN, "Explore")
    page.wait_for_selector(f"{MAP} [data-state=ready]")
    choose(page, model)
    return page


def choose(page, model: str) -> None:
    """Turns to a model and waits until its map is decoded."""
    field = page.locator("#autoencoders-explore-model input")
    if field.input_value() != model:
        field.click()
        page.get_by_role("option", name=model, exact=True).click()
    page.wait_for_selector(f"{MAP} [data-part=board][aria-label$=' {model}']", state="attached")
    page.wait_for_function(f"document.querySelector('{MAP} [data-part=wait]').hidden")
    settled(page)


def settled(page) -> None:
    """Waits until all that was asked for is on show."""
    page.wait_for_selector(f"{MAP} .strip button")
    page.wait_for_selector(f"{MAP} figure[aria-busy=false]")


def text(page, part: str) -> str:
    return page.locator(f"{MAP} [data-part={part}]").inner_text()


def point(page, across: float, down: float) -> tuple[float, float]:
    box = page.locator(f"{MAP} [data-part=board]").bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def requests(page) -> list[str]:
    """What the page asks the server for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "queue/join" in request.url else None)
    return asked


def test_pointing_shows_a_picture_at_once_and_a_click_decodes_there(open_page, app_url):
    page = explore(open_page, app_url)
    asked, seen = requests(page), []
    for share in (0.2, 0.5, 0.8):
        page.mouse.move(*point(page, share, 0.3))
        seen.append(page.evaluate(PICTURE, "picture"))
        assert text(page, "name").startswith("Nearest known: ") and "z₁" in text(page, "spot")
    assert not asked and seen[0] != seen[1] != seen[2]
    page.mouse.click(*point(page, 0.2, 0.3))
    page.wait_for_function(f"document.querySelector('{MAP} [data-part=name]').textContent === 'a place on the map'")
    settled(page)
    outputs = {
        page.locator(f"{MAP} .dimension .z").nth(i).inner_text(): page.locator(f"{MAP} .dimension output").nth(i)
        for i in range(2)
    }
    place = [float(outputs[name].inner_text().replace("−", "-")) for name in ("z1", "z2")]
    exact = generative.load("fashion-mnist/vae-2d").decode(torch.tensor([place]))[0]
    shown = torch.tensor(page.evaluate(PICTURE, "picture")).view(1, 28, 28) / 255
    assert (exact - shown).abs().mean() < 0.01


def test_the_keyboard_finds_its_way_over_the_map(open_page, app_url):
    page = explore(open_page, app_url)
    page.locator(f"{MAP} [data-part=board]").focus()
    before, asked = page.evaluate(PICTURE, "picture"), requests(page)
    for key in ("Shift+ArrowLeft", "Shift+ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    assert "Nearest known: " in text(page, "live") and page.evaluate(PICTURE, "picture") != before and not asked
    where = text(page, "spot")
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelector('{MAP} [data-part=name]').textContent === 'a place on the map'")
    assert text(page, "spot") == where and len(asked) >= 1


def test_sliders_redraw_reset_and_make_a_strip(open_page, app_url):
    page = explore(open_page, app_url, "VAE")
    start, row = page.evaluate(PICTURE, "picture"), page.locator(f"{MAP} .dimension").first
    assert text(page, "name") == "seed 0" and row.locator("button").is_disabled()
    for share in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0):  # faster than answers come
        page.evaluate(MOVE, [0, share])
    page.wait_for_function(f"document.querySelectorAll('{MAP} .strip button')[10].ariaPressed === 'true'")
    settled(page)
    end, strip = page.evaluate(PICTURE, "picture"), page.locator(f"{MAP} .strip button")
    assert end != start and text(page, "name") == "seed 0, changed"
    drawn = strip.last.locator("canvas").evaluate(
        "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).filter((_, i) => i % 4 === 0)"
    )
    assert max(abs(a - b) for a, b in zip(drawn, end, strict=True)) <= 2  # the last wish was answered
    row.locator("button").click()
    page.wait_for_function(f"document.querySelector('{MAP} [data-part=name]').textContent === 'seed 0'")
    settled(page)
    assert page.evaluate(PICTURE, "picture") == start
    strip.first.click()
    page.wait_for_function(f"document.querySelectorAll('{MAP} .strip button')[0].ariaPressed === 'true'")
    bars = page.locator(f"{MAP} .meter i").evaluate_all("bars => bars.map((bar) => parseFloat(bar.style.width))")
    assert bars[0] == 100 and bars == sorted(bars, reverse=True)
    visible = f"[...document.querySelectorAll('{MAP} .dimension')].filter((row) => !row.hidden).length"
    assert page.evaluate(visible) == 12
    page.locator(f"{MAP} [data-part=more]").click()
    assert page.evaluate(visible) == 16


def test_the_map_of_decoded_places_can_be_saved(open_page, app_url):
    page = explore(open_page, app_url)
    points = page.evaluate(PICTURE, "ground")
    page.locator(f"{MAP} [data-part=decoded]").check()
    assert page.evaluate(PICTURE, "ground") != points and not page.locator(f"{MAP} [data-part=legend]").is_visible()
    with page.expect_download() as saving:
        page.click(f"{MAP} [data-part=saveGrid]")
    picture = Image.open(io.BytesIO(saving.value.path().read_bytes()))
    assert (picture.format, picture.size) == ("PNG", (24 * 28, 24 * 28))
    assert saving.value.suggested_filename == "fashion-mnist-vae-2-d-grid.png"
    page.locator(f"{MAP} [data-part=known]").check()
    assert page.evaluate(PICTURE, "ground") == points
    page.locator(f"{MAP} .legend button").first.click()
    assert page.evaluate(PICTURE, "ground") != points


def test_sliders_start_from_a_picture_or_a_seed_and_maps_have_other_colours(open_page, app_url):
    page = explore(open_page, app_url, "VAE")
    page.click("#autoencoders-explore-picker button >> nth=7")
    page.wait_for_function(f"document.querySelector('{MAP} [data-part=name]').textContent === 'Sneaker'")
    page.locator("#autoencoders-explore-seed input").fill("41")
    page.locator("#autoencoders-explore-seed input").press("Tab")
    page.wait_for_function(f"document.querySelector('{MAP} [data-part=name]').textContent === 'seed 41'")
    page.get_by_role("radio", name="Avatars").check()
    page.wait_for_function(f"document.querySelector('{MAP} [data-part=picture]').width >= 32")
    names = page.locator(f"{MAP} [data-part=attribute] option").all_inner_texts()
    assert {"hair", "skin", "glasses"} <= set(names)
    page.select_option(f"{MAP} [data-part=attribute]", label="glasses")
    assert page.locator(f"{MAP} .legend li").all_inner_texts() == ["none", "clear", "sun"]


def test_a_seed_is_drawn_anew_when_its_noise_is_spread_otherwise(open_page, app_url):
    page = explore(open_page, app_url, "VAE")
    before = page.evaluate(PICTURE, "picture")
    page.locator("#autoencoders-explore-spread input[type=range]").fill("0")
    page.wait_for_function(f"(before) => String(({PICTURE})('picture')) !== before", arg=",".join(map(str, before)))
    assert text(page, "name") == "seed 0"


def test_a_finger_explores_on_a_phone(open_page, app_url):
    page = explore(open_page, app_url, "VAE", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(f"{MAP} [data-part=board]").scroll_into_view_if_needed()
    page.touchscreen.tap(*point(page, 0.7, 0.3))
    page.wait_for_function(f"document.querySelector('{MAP} [data-part=name]').textContent === 'a place on the map'")
    page.locator(f"{MAP} .dimension").nth(5).scroll_into_view_if_needed()
    box = page.locator(f"{MAP} [data-part=picture]").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 844  # the picture stays in sight
