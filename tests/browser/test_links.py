"""The page's address says what is on show, and leads back to it."""

import json
import time
import zipfile
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from PIL import Image

from generative.web.tools import TOOLS
from tests.browser.conftest import under_way
from tests.browser.test_page import RUN_IS_OVER, fill, generate, open_tab, pixels

ADDRESS = "decodeURIComponent(location.search)"


def test_the_address_follows_and_leads_back(open_page, app_url):
    """To the very picture, in another browser; Back and Forward keep what was drawn."""
    page = open_page(app_url)
    page.wait_for_selector("#start .film")
    open_tab(page, "gans")
    fill(page, "gans-seed", 5)
    generate(page, "gans", count=2)
    drawn = pixels(page, "gans-stage", 1)
    address = "?tab=gans&tool=samples&model=fashion-mnist/dcgan&seed=5&count=2"
    page.wait_for_function(f"{ADDRESS} === '{address}'")
    open_tab(page, "Guide")
    page.wait_for_function(f"{ADDRESS} === '?tab=guide'")
    page.go_back()
    page.locator("#gans-stage").wait_for()
    assert page.evaluate(ADDRESS) == address and pixels(page, "gans-stage", 1) == drawn
    page.go_back()
    page.locator("#start").wait_for()
    page.go_forward()
    page.locator("#gans-stage").wait_for()

    other = open_page(page.url)
    other.wait_for_function(RUN_IS_OVER, arg="gans", timeout=60_000)
    assert pixels(other, "gans-stage", 1) == drawn and other.evaluate(ADDRESS) == address


def test_a_link_with_nonsense_in_it_opens_the_nearest_place_with_a_word(open_page, app_url):
    page = open_page(f"{app_url}/?tab=gans&tool=samples&model=fashion-mnist/dcgan&seed=<script>&count=2")
    page.get_by_role("alert").filter(has_text="seed must be").wait_for()
    page.locator("#gans-stage .cell").nth(15).wait_for()


def test_a_walk_and_a_sum_have_addresses_that_lead_back(open_page, app_url):
    at = f"{app_url}/?tab=autoencoders&model=avatars/vae"
    page = open_page(f"{at}&tool=arithmetic&of=seed:3&formula=%2B 1 glasses: sun&method=difference")
    page.wait_for_selector("#autoencoders-arithmetic-equation [data-state=ready]")
    page.locator("#autoencoders-arithmetic-bar [data-part=chips] input").fill("2")
    page.wait_for_function(f"{ADDRESS}.includes('&of=seed:3&formula=++2+glasses:+sun&method=difference')")
    result = "document.querySelector('#autoencoders-arithmetic-equation [data-part=result] canvas')?.toDataURL()"
    before = page.evaluate(result)
    other = open_page(page.url)
    other.wait_for_function(f"{result} === {json.dumps(before)}")

    page = open_page(f"{at}&tool=interpolate&ends=seed:3;example:avatar/4&steps=5&path=lerp")
    page.wait_for_function("document.querySelectorAll('#autoencoders-interpolate-sheet i').length === 5")
    page.wait_for_function(f"{ADDRESS}.includes('ends=seed:3;example:avatar/4&shape=walk&path=lerp&steps=5')")


def test_what_was_made_is_kept_brought_back_saved_and_cleared(open_page, app_url, tmp_path):
    page = open_page(f"{app_url}/?tab=gans&tool=samples&model=fashion-mnist/dcgan")
    page.wait_for_selector("#gans-stage .cell")
    for seed in (5, 7):
        fill(page, "gans-seed", seed)
        generate(page, "gans", count=2)
    page.wait_for_function("document.querySelectorAll('#history li').length === 2")
    page.reload()
    page.locator("#history .like").nth(1).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download favourites").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        picture, links = archive.namelist()
        note = json.loads(Image.open(archive.open(picture)).text["generative"])
        assert (note["model"], note["seed"], links) == ("fashion-mnist/dcgan", 5, "links.txt")
    page.get_by_role("button", name="Bring back: fashion-mnist/dcgan, seed 5").click()
    page.wait_for_function("document.querySelector('#gans-stage .gen-stage')?.dataset.seed === '5'", timeout=60_000)
    page.wait_for_function("document.querySelector('#history .back').title.endsWith(', seed 5')")  # it is done
    page.get_by_role("button", name="Clear").click()
    page.locator("#history").wait_for(state="hidden")
    page.evaluate("localStorage.setItem('generative-history', '{\"version\": 0}')")
    page.reload()
    page.get_by_text("What an earlier visit left could not be read").wait_for()


def shift_in_a_run(page) -> float:
    """How far what stands on the screen moves while a run draws, as CLS; and what is pressed says so at once."""
    page.evaluate("""() => { window.shifts = []; new PerformanceObserver((list) => shifts.push(...list.getEntries()
        .filter((shift) => !shift.hadRecentInput).map((shift) => shift.value))).observe({ type: "layout-shift" }); }""")
    button = page.locator("#diffusion-generate")
    button.hover()
    page.mouse.down()
    page.wait_for_function("getComputedStyle(document.querySelector('#diffusion-generate')).opacity === '0.6'")
    page.mouse.up()
    page.wait_for_function(RUN_IS_OVER, arg="diffusion", timeout=60_000)
    page.wait_for_selector("#history li")
    return page.evaluate("shifts.reduce((sum, shift) => sum + shift, 0)")


def test_picture_timeline_and_button_stand_on_one_screen(open_page, app_url):
    """And for a projector, one tool in large type."""
    page = open_page(f"{app_url}/?tab=diffusion&tool=samples", viewport={"width": 1366, "height": 768})
    page.wait_for_selector("#diffusion-stage .cell")
    for part in ("#diffusion-stage .cell >> nth=15", "#diffusion-stage .timeline", "#diffusion-generate"):
        box = page.locator(part).bounding_box()
        assert box["y"] > 0 and box["y"] + box["height"] <= 768
    assert shift_in_a_run(page) <= 0.02
    page.get_by_role("button", name="Present").click()
    assert "present" in page.url and page.get_by_role("tab", name="Guide").is_hidden()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function("document.querySelector('#diffusion-stage').clientWidth > 1300")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Present").click()
    tabs = [tab.bounding_box() for tab in page.locator("[role=tab] >> visible=true").all()]
    assert len(tabs) > 12 and all(b["height"] >= 44 and b["x"] + b["width"] <= 390 for b in tabs)
    page.evaluate("scrollTo(0, 900)")
    assert page.locator("#diffusion-generate").bounding_box()["y"] < 844


CLOTHES, FACES = "fashion-mnist/", "avatars/"
BAG, FACE = "example:Bag/1", "example:avatar/5"
LINKS = {  # of each tool: its tab, a model, and what is not as usual
    "samples": ("energy", f"{CLOTHES}equilibrium", {"seed": 5, "count": 2}),
    "noise": ("diffusion", f"{CLOTHES}ddpm", {"ability": "noises", "images": BAG, "timesteps": "[300]", "seed": 3}),
    "samplers": ("diffusion", f"{CLOTHES}ddpm", {"samplers": "ddim,heun", "steps": "2,3", "count": 1}),
    "paths": ("diffusion", f"{CLOTHES}ddpm", {"ways": f"{CLOTHES}ddpm=ddim", "steps": "1,2", "count": 1}),
    "guidance": ("diffusion", f"{CLOTHES}ddpm", {"scales": "1.0,4.0", "count": 2, "num_inference_steps": 4}),
    "project": ("gans", f"{CLOTHES}dcgan", {"ability": "projects", "images": BAG, "count": 2, "seed": 3}),
    "critic": ("gans", f"{CLOTHES}dcgan", {"seed": 3, "spread": 0.5, "ranked": 1, "of": BAG}),
    "contrast": ("gans", f"{CLOTHES}minimax", {"seed": 3, "count": 2}),
    "translates": ("gans", f"{FACES}cyclegan-pencil", {"ability": "translates", "images": FACE, "to": "drawing"}),
    "mixes": ("gans", f"{FACES}stylegan", {"ability": "mixes", "count": 2, "columns": 100, "layers": "fine"}),
    "reconstruct": ("autoencoders", f"{FACES}vae", {"of": FACE, "noise": 0.2, "seed": 3}),
    "completes": (
        "autoregressive",
        f"{CLOTHES}gated-pixelcnn",
        {"ability": "completes", "images": BAG, "mask": "lower"},
    ),
    "edit": ("diffusion", f"{CLOTHES}ddpm", {"ability": "edits", "images": BAG, "count": 2}),
    "restore": ("diffusion", f"{CLOTHES}ddpm", {"ability": "restores", "images": BAG, "factor": 4, "count": 2}),
    "scores": ("autoregressive", f"{CLOTHES}pixelcnn", {"of": BAG}),
    "descends": ("energy", f"{CLOTHES}equilibrium", {"ability": "descends", "images": BAG, "count": 2}),
    "slopes": ("energy", f"{CLOTHES}equilibrium", {"of": BAG, "b": "example:Dress/0", "c": "example:Coat/1"}),
    "composes": (
        "energy",
        f"{CLOTHES}equilibrium",
        {"ability": "composes", "class": "Dress", "other": "Bag", "count": 2},
    ),
    "attends": ("transformer", f"{CLOTHES}transformer", {"of": BAG, "row": 20, "column": 9, "layer": 2, "head": 1}),
    "listens": ("diffusion", f"{FACES}latent-diffusion", {"ability": "listens", "caption": "red hair", "count": 1}),
    "writes": ("transformer", f"{FACES}language", {"ability": "writes", "text": "a bun", "count": 2}),
    "interpolate": ("autoencoders", f"{CLOTHES}vae", {"ends": f"seed:3;{BAG}", "steps": 5, "path": "lerp"}),
    "arithmetic": ("autoencoders", f"{FACES}vae", {"of": "seed:3", "formula": "+ 1 glasses: sun"}),
    "explore": ("autoencoders", f"{CLOTHES}vae-2d", {"latent": "XD_FP1A8lr4="}),
    "features": ("autoencoders", f"{CLOTHES}ae", {"labels": "1", "seed": 3}),
}
SHOWN = """() => {  // of the tool on show: what draws still, and all pictures; of texts the words
    const built = [...document.querySelectorAll(".built")].find((one) => one.offsetParent);
    const all = (selector) => [...(built?.querySelectorAll(`.stage-column :is(${selector})`) ?? [])];
    const drawing = all("[data-state=running], [data-state=waiting]").map((one) => one.cloneNode().outerHTML);
    const seen = all("canvas, img, .texts .text").filter((one) => one.offsetParent);
    return { drawing, pictures: seen.map((one) => one.src ?? one.toDataURL?.() ?? one.textContent) };
}"""


class Stranger:
    """A page at an address, and what it has asked of the server and not been told to wait for yet."""

    def __init__(self, open_page, url: str) -> None:
        self.page = open_page(url)
        self.asked = under_way(self.page, "/queue/join")

    def sees(self) -> list[str]:
        """What is shown and the address, once all is asked and nothing changes any more."""
        before, calm, until = [], 0, time.monotonic() + 240
        while calm < 4:
            self.page.wait_for_timeout(400)
            shown = self.page.evaluate(SHOWN)
            now = [*shown["pictures"], self.page.url]
            awaited = {
                "answers": [request.post_data for request in self.asked],
                "what draws": shown["drawing"],
                "pictures": not shown["pictures"],
                "changes": now != before,
            }
            before, calm = now, 0 if any(awaited.values()) else calm + 1
            assert time.monotonic() < until, f"it does not come to rest: {awaited}, {self.page.url}"
        return before


def test_no_tool_is_without_a_link():
    assert set(LINKS) == set(TOOLS)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_link_of_every_tool_leads_a_stranger_to_the_very_pictures(open_page, app_url, tool):
    tab, model, said = LINKS[tool]
    link = f"{app_url}/?{urlencode({'tab': tab, 'tool': tool, 'model': model, **said})}"
    drawn = ("images", "mask", "other", "num_inference_steps")  # which the address may say in another way
    kept = {name: str(value) for name, value in said.items() if name not in drawn}
    wanted = {"tab": tab, "tool": tool, "model": model, **kept}.items()
    first, until = Stranger(open_page, link), time.monotonic() + 90
    shown = first.sees()
    while not dict(parse_qsl(urlsplit(shown[-1]).query)).items() >= wanted and time.monotonic() < until:
        shown = first.sees()
    assert dict(parse_qsl(urlsplit(shown[-1]).query)).items() >= wanted
    assert first.page.get_by_role("alert").filter(has_text="cannot be followed").count() == 0
    other = Stranger(open_page, shown[-1])
    seen, until = other.sees(), time.monotonic() + 60
    while seen != shown and time.monotonic() < until:  # a crowded machine may pause in the middle of something
        shown, seen = first.sees(), other.sees()
    assert seen == shown
