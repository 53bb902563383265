"""Finding a picture, and telling real from forged, as a visitor does it on the page that `python app.py` serves."""

import io
import re

import pytest
from PIL import Image

from generative.data.dataset import data_root
from generative.data.known import DATASETS

FIND, CRITIC = "gans-project", "gans-critic"
DONE = f"document.querySelector('#{FIND}-stage .gen-stage').dataset.state === 'done'"
EMPTY = f"document.querySelector('#{FIND}-stage .gen-stage').dataset.state === 'empty'"
IN_SIGHT = """[...document.querySelectorAll(".stage-column > *")]
    .every((part) => part.getBoundingClientRect().right <= 390)"""  # what is clipped needs no sideways scrolling
CELLS = f"document.querySelectorAll('#{FIND}-stage .cell').length"


@pytest.fixture
def gans(keep_page, app_url):
    """``gans("Find a picture")``: the page with that tool of the GANs on show."""

    def open_tool(tool: str):
        page = keep_page(app_url, viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(60_000)
        page.get_by_role("tab", name="GANs", exact=True).click()
        page.wait_for_selector("#gans-stage canvas", state="attached")
        page.get_by_role("tab", name=tool, exact=True).first.click()
        return page

    return open_tool


@pytest.fixture
def finder(gans):
    page = gans("Find a picture")
    page.wait_for_selector(f"#{FIND}-easel canvas")
    page.wait_for_function(f"document.querySelectorAll('#{FIND}-picker button').length === 20")
    return page


@pytest.fixture
def critic(gans):
    page = gans("Real or forged?")
    page.wait_for_selector(f"#{CRITIC}-verdict .figure")
    return page


def fill(page, id: str, value: object) -> None:
    page.locator(f"#{id} input[type=number]").fill(str(value))
    page.locator(f"#{id} input[type=number]").press("Tab")


def search(page, count: int, steps: int) -> None:
    fill(page, f"{FIND}-count", count)
    fill(page, f"{FIND}-dcgan-search_steps", steps)
    page.click(f"#{FIND}-generate")


def share(page) -> int:
    return int(re.search(r"(\d+) %", page.locator(f"#{CRITIC}-verdict").inner_text())[1])


def test_a_search_is_watched_ranked_and_measured_until_there_is_another_picture(finder):
    search(finder, 3, 30)
    finder.wait_for_selector(f"#{FIND}-report dl div")
    finder.wait_for_function(DONE)
    names = finder.locator(f"#{FIND}-stage .cell .name").all_inner_texts()
    errors = [float(name.split(" · ")[1]) for name in names]
    assert sorted(name.split(" · ")[0] for name in names) == ["#1", "#2", "#3"]
    assert names[errors.index(min(errors))].startswith("#1")
    report = finder.locator(f"#{FIND}-report")
    assert f"error {min(errors):.3f}" in report.inner_text()
    assert report.locator(".line").count() == 3 and report.locator(".line.best").count() == 1
    assert int(finder.locator(f"#{FIND}-stage input[type=range]").get_attribute("max")) >= 10

    finder.click(f"#{FIND}-picker button >> nth=7")
    finder.wait_for_function(EMPTY)
    assert finder.evaluate(CELLS) == 0 and finder.locator(f"#{FIND}-report .line").count() == 0
    assert finder.locator(f"#{FIND}-stage").get_by_text("press Search").is_visible()


def test_a_search_is_stopped(finder):
    search(finder, 8, 500)
    finder.wait_for_selector(f"#{FIND}-report .line")
    finder.click(f"#{FIND}-stop")
    finder.locator(f"#{FIND}-stage").get_by_text("Stopped at step").first.wait_for()
    assert finder.evaluate(CELLS) == 8


def test_the_discriminator_scores_real_and_forged_images_without_a_click(critic):
    assert critic.locator(f"#{CRITIC}-rows img").count() == 16
    scores = [float(text) for text in critic.locator(f"#{CRITIC}-rows figcaption").all_inner_texts()]
    assert all(0 <= score <= 1 for score in scores) and 0 <= share(critic) <= 100
    critic.locator(f"#{CRITIC}-ranked input").check()
    critic.wait_for_function(
        f"""(() => {{
            const scores = [...document.querySelectorAll('#{CRITIC}-rows .pictures:last-of-type figcaption')]
                .map((caption) => Number(caption.innerText));
            return scores.every((score, i) => !i || score <= scores[i - 1]);
        }})()"""
    )


def test_other_seeds_are_other_forgeries_beside_their_nearest_training_images(critic):
    critic.wait_for_selector(f"#{CRITIC}-pairs .pairs")
    forged = f"document.querySelector('#{CRITIC}-pairs img').src"
    before = critic.evaluate(forged)
    fill(critic, f"{CRITIC}-seed", 40)
    critic.wait_for_function(
        f"(before) => document.querySelector('#{CRITIC}-pairs .pairs') && {forged} !== before", arg=before
    )
    critic.wait_for_selector(f"#{CRITIC}-rows [title='Seed 47']")
    assert critic.locator(f"#{CRITIC}-pairs img").count() == 16
    among = "60,000" if DATASETS["fashion-mnist"].here(data_root()) else "2,000"
    assert f"of {among} training images" in critic.locator(f"#{CRITIC}-pairs").inner_text()


def test_a_picture_of_ones_own_is_scored_as_each_class(critic):
    critic.click(f"#{CRITIC}-picker button >> nth=8")
    critic.locator(f"#{CRITIC}-own").get_by_text("Bag scores").wait_for()
    file = io.BytesIO()
    Image.effect_noise((40, 30), 120).save(file, "PNG")
    with critic.expect_file_chooser() as chooser:
        critic.click(f"#{CRITIC}-upload")
    chooser.value.set_files([{"name": "mine.png", "mimeType": "image/png", "buffer": file.getvalue()}])
    critic.locator(f"#{CRITIC}-own img[alt='mine.png']").wait_for()
    assert critic.locator(f"#{CRITIC}-own dt").count() == 10


def test_both_tools_fit_on_a_phone(critic):
    critic.set_viewport_size({"width": 390, "height": 844})
    critic.wait_for_function("document.documentElement.scrollWidth <= 390")
    critic.wait_for_function(IN_SIGHT)
    critic.set_viewport_size({"width": 1300, "height": 1000})
    critic.get_by_role("tab", name="Find a picture", exact=True).first.click()
    critic.wait_for_selector(f"#{FIND}-easel canvas")
    critic.set_viewport_size({"width": 390, "height": 844})
    critic.wait_for_function("document.documentElement.scrollWidth <= 390")
    critic.wait_for_function(IN_SIGHT)
