"""The stage in a real browser: a page of two stages, fed with small pictures of known bytes."""

import base64
import io
import json
import time

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from generative.errors import InvalidPicture
from generative.frame import Frame, View
from generative.web.page.launch import launch
from generative.web.widgets.stage.animation import animation
from generative.web.widgets.stage.stage import Stage, dropped_file, frame_message, reused_seed, say

COUNT, HEIGHT, WIDTH, STEPS = 4, 6, 5, 5


def bits(share: torch.Tensor) -> View:
    """Shown as `share`, (N, C, H, W) in [0, 1], would be."""
    return View("A guess", "How open it is", share * 8, high=8.0, unit="bits")


def frame(step: int, channels: int = 1, views: bool = False) -> Frame:
    random = torch.Generator().manual_seed(step)
    shape = (COUNT, channels, HEIGHT, WIDTH)
    images = torch.rand(shape, generator=random)
    noise, guess = (torch.rand(shape, generator=random) for _ in range(2))
    others = {"x_t": View("What comes in", "Still noisy", noise), "x0": bits(guess)} if views else {}
    return Frame(images, step, STEPS, f"t = {STEPS - step}", others)


def pixels(step: int, index: int = 0, channels: int = 1, view: str = "image") -> np.ndarray:
    shown = frame(step, channels, views=view != "image")
    images = shown.images if view == "image" else shown.views[view].shades
    return (images[index] * 255).round().byte().permute(1, 2, 0).expand(-1, -1, 3).numpy()


def recipe(index: int) -> str:
    return json.dumps({"model": "toys/vae", "seed": 7 + index, "note": "größer"}, ensure_ascii=False)


def messages(channels: int = 1, views: bool = False, steps: int = STEPS):
    run = f"run {time.time()}"
    for step in range(1, steps + 1):
        done = step == STEPS
        yield frame_message(
            run,
            [frame(step, channels, views)],
            seeds=range(7, 7 + COUNT),
            captions=["Coat", "Bag", "Shirt", "<b>Dress</b>"],
            alt="Drawn by a test",
            recipes=[recipe(i) for i in range(COUNT)] if done else None,
            done=done,
            seconds_left=float(STEPS - step),
            title="A test",
            duration=0.5 if done else None,
        )
        time.sleep(0.1)


@pytest.fixture(scope="module")
def url():
    with gr.Blocks(analytics_enabled=False) as demo:
        buttons = {name: gr.Button(name, elem_id=name) for name in ("grey", "colour", "views", "part", "stop", "error")}
        heard = gr.Textbox(elem_id="heard")
        first, second = Stage(elem_id="first"), Stage(elem_id="second")
        hidden = {"show_progress": "hidden"}
        buttons["grey"].click(lambda: (yield from messages()), None, first, **hidden)
        buttons["colour"].click(lambda: (yield from messages(channels=3)), None, first, **hidden)
        buttons["views"].click(lambda: (yield from messages(views=True)), None, first, **hidden)
        buttons["part"].click(lambda: (yield from messages(steps=3)), None, first, **hidden)
        buttons["stop"].click(lambda: {"stopped": True}, None, first, **hidden)
        buttons["error"].click(lambda: say(error="No seed <i>x</i>."), None, first, **hidden)

        def on_select(event: gr.EventData) -> str:
            return f"seed {reused_seed(None, event)}"

        def hear(name: str):
            def on_upload(event: gr.EventData) -> str:
                file, content = dropped_file(event)
                return f"{name}: {file} {content!r}"

            return on_upload

        first.select(on_select, None, heard)
        first.upload(hear("first"), None, heard)
        second.upload(hear("second"), None, heard)
    yield launch(demo, server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
    demo.close()


@pytest.fixture
def page(open_page, url):
    page = open_page(url, viewport={"width": 900, "height": 900})
    page.wait_for_selector("#second .gen-stage")
    page.wait_for_timeout(300)
    return page


def draw(page, name: str) -> None:
    page.click(f"#{name}")
    page.wait_for_selector("#first .gen-stage[data-state=done]")
    page.wait_for_timeout(200)


def canvas(page, selector: str, index: int = 0) -> np.ndarray:
    height, width, data = (
        page.locator(selector)
        .nth(index)
        .evaluate("c => [c.height, c.width, [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]]")
    )
    return np.array(data, np.uint8).reshape(height, width, 4)[..., :3]


def saved(page, selector: str) -> tuple[str, Image.Image]:
    with page.expect_download() as download:
        page.click(selector)
    return download.value.suggested_filename, Image.open(io.BytesIO(download.value.path().read_bytes()))


@pytest.mark.parametrize(("name", "channels"), [("grey", 1), ("colour", 3)])
def test_every_image_of_the_batch_is_drawn_at_its_own_resolution(page, name, channels):
    draw(page, name)
    for index in range(COUNT):
        assert (canvas(page, "#first .cell canvas", index) == pixels(STEPS, index, channels)).all()
    assert page.locator("#first .cell .seed").all_text_contents() == ["7", "8", "9", "10"]
    assert page.locator("#first .cell .name").nth(3).text_content() == "<b>Dress</b>"
    assert page.text_content("#first [data-part=status]") == f"Drawn in 0.50 s · {STEPS} steps"


def test_scrubbing_sends_no_request(page):
    draw(page, "grey")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.focus("#first input[type=range]")
    page.keyboard.press("Home")
    assert (canvas(page, "#first .cell canvas") == pixels(1)).all()
    page.keyboard.press("ArrowRight")
    assert (canvas(page, "#first .cell canvas") == pixels(2)).all()
    assert page.text_content("#first [data-part=moment]") == "2 / 5 · t = 3"
    page.click("#first [data-part=play]")
    page.wait_for_function("document.querySelector('#first input[type=range]').value === '4'")
    assert (canvas(page, "#first .cell canvas") == pixels(STEPS)).all()
    assert not [request for request in requests if "heartbeat" not in request]


def test_views_stand_side_by_side_until_the_result(page):
    draw(page, "views")
    assert page.locator("#first .panel").count() == 1
    height = page.locator("#first .pictures").bounding_box()["height"]
    page.focus("#first input[type=range]")
    page.keyboard.press("Home")
    assert page.locator("#first .panel h3").all_text_contents() == ["What comes in", "A guess"]
    ranged = page.locator("#first .panel h3").nth(1).get_attribute("title")
    assert ranged == "How open it is. Black is 0 bits, white 8 bits"
    assert (canvas(page, "#first .panel >> nth=1 >> .cell canvas") == pixels(1, view="x0")).all()
    assert page.locator("#first .pictures").bounding_box()["height"] == height
    page.get_by_role("radio", name="What comes in").check()
    page.focus("#first input[type=range]")
    page.keyboard.press("End")
    assert (canvas(page, "#first .cell canvas") == pixels(STEPS, view="x_t")).all()


def test_a_run_is_replayed_over_and_over_until_it_is_paused(open_page, url):
    page = open_page(url, reduced_motion="no-preference", viewport={"width": 900, "height": 900})
    page.wait_for_selector("#first .gen-stage")
    draw(page, "views")
    page.get_by_label("Speed of the replay").first.select_option("2")
    at = "document.querySelector('#first input[type=range]').value"
    seen = page.evaluate(f"""() => new Promise((told) => {{
        const seen = [], look = setInterval(() => seen.at(-1) === {at} || seen.push({at}), 20);
        setTimeout(() => told(seen) || clearInterval(look), 5000);
    }})""")
    assert "".join(seen) in "4" + "01234" * 4 and seen.count("4") > 1
    page.wait_for_function(f"{at} === '1'")
    assert page.locator("#first .panel").count() == 1  # what comes in, then the result, in the same place
    page.click("#first .cell >> nth=2")  # who takes a picture out of it wants the result
    assert (canvas(page, "#first dialog canvas") == pixels(STEPS, 2)).all()
    page.wait_for_timeout(1000)
    assert page.evaluate(at) == "4"


def test_one_image_opens_and_closes_by_keyboard(page):
    draw(page, "grey")
    page.locator("#first .cell").nth(0).focus()
    page.keyboard.press("Enter")
    assert page.locator("#first dialog").is_visible()
    page.keyboard.press("ArrowRight")
    assert (canvas(page, "#first dialog canvas") == pixels(STEPS, 1)).all()
    assert page.text_content("#first .about") == "Bag · seed 8 · 2 of 4"
    page.keyboard.press("Escape")
    assert page.locator("#first dialog").is_hidden()
    page.wait_for_function("document.querySelectorAll('#first .cell')[1] === document.activeElement")


def test_a_downloaded_png_holds_the_exact_pixels_and_the_recipe(page):
    draw(page, "colour")
    page.click("#first .cell >> nth=2")
    name, image = saved(page, "#first [data-part=download]")
    assert name == "a-test-seed-9.png"
    assert (np.asarray(image.convert("RGB")) == pixels(STEPS, 2, 3)).all()
    assert image.text["generative"] == recipe(2)
    assert image.text["generative"].__class__.__name__ == "iTXt"


def test_a_downloaded_grid_holds_all_images_and_the_first_recipe(page):
    draw(page, "grey")
    name, image = saved(page, "#first [data-part=grid]")
    assert (name, image.size) == ("a-test-seed-7-grid.png", (2 * WIDTH + 2, 2 * HEIGHT + 2))
    assert (np.asarray(image.convert("RGB"))[HEIGHT + 2 :, WIDTH + 2 :] == pixels(STEPS, 3)).all()
    assert image.text["generative"] == recipe(0)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_the_run_is_saved_as_an_animation(page, kind):
    draw(page, "views")
    name, animation = saved(page, f"#first [data-part={kind}]")
    assert (name, animation.n_frames, animation.info["loop"]) == (f"a-test-seed-7.{kind}", STEPS, 0)
    columns = 2 * (2 * WIDTH + 2) + 8  # two panels of two columns
    assert animation.size == (8 * columns, 8 * (2 * HEIGHT + 2))
    animation.seek(1)
    first = np.asarray(animation.convert("RGB"))[: 8 * HEIGHT : 8, : 8 * WIDTH : 8]
    assert (first == pixels(2, view="x_t")).all()


def test_the_run_is_saved_as_a_film_strip_of_the_views_on_show(page):
    draw(page, "views")
    name, film = saved(page, "#first [data-part=film]")
    assert (name, film.text["generative"]) == ("a-test-seed-7-film.png", recipe(0))
    assert film.size == (STEPS * (WIDTH + 2) - 2, 2 * COUNT * (HEIGHT + 2) - 2)  # two rows for each picture
    shown = np.asarray(film.convert("RGB"))
    for row, view in enumerate(("x_t", "x0")):
        for moment in (0, STEPS - 1):
            tile = shown[row * (HEIGHT + 2) :, moment * (WIDTH + 2) :][:HEIGHT, :WIDTH]
            assert (tile == pixels(moment + 1, view=view)).all()


def test_reused_seed_reaches_python(page):
    draw(page, "grey")
    page.click("#first .cell >> nth=3")
    page.click("#first [data-part=reuse]")
    page.wait_for_function("document.querySelector('#heard textarea').value === 'seed 10'")


DROP = """([selector, size]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([size ? new Uint8Array(size) : "abc"], "a.png"));
    for (const type of ["dragover", "drop"]) {
        const event = new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
        document.querySelector(selector).dispatchEvent(event);
        if (type === "dragover") window.litUp = document.querySelectorAll(".gen-stage.dragging").length;
        window.stayed = event.defaultPrevented;
    }
}"""


@pytest.mark.parametrize(
    ("target", "taker"), [("#first .gen-stage", "first"), ("#second footer", "second"), ("body", "first")]
)
def test_a_dropped_file_reaches_python_once(page, target, taker):
    page.evaluate(DROP, [target, 0])
    page.wait_for_function(
        "value => document.querySelector('#heard textarea').value === value", arg=f"{taker}: a.png b'abc'"
    )
    assert page.evaluate("[window.litUp, window.stayed]") == [1, True]
    assert page.locator(".dragging").count() == 0


def test_a_chosen_file_reaches_python(page):
    page.set_input_files("#second input[type=file]", {"name": "b.png", "mimeType": "image/png", "buffer": b"xyz"})
    page.wait_for_function("document.querySelector('#heard textarea').value === \"second: b.png b'xyz'\"")


def test_a_large_file_is_refused_in_words(page):
    page.evaluate(DROP, ["#first .gen-stage", 5_100_000])
    page.wait_for_selector("#first [data-part=message]:visible")
    assert "a.png has 5.1 MB" in page.text_content("#first [data-part=message]")


def test_an_error_keeps_the_frames_and_is_text(page):
    draw(page, "grey")
    page.click("#error")
    page.wait_for_selector("#first [data-part=message]:visible")
    assert page.text_content("#first [role=alert]") == "No seed <i>x</i>."
    assert page.locator("#first .cell").count() == COUNT


def test_a_stopped_run_keeps_what_was_drawn(page):
    page.click("#part")
    page.wait_for_function(
        "document.querySelector('#first [data-part=status]').textContent.startsWith('step 3 of 5 · t = 2')"
    )
    page.click("#stop")
    page.wait_for_selector("#first .gen-stage[data-state=done]")
    assert page.text_content("#first [data-part=status]") == "Stopped at step 3; what was drawn is kept."
    assert page.text_content("#first [aria-live=polite]") == "Stopped at step 3; what was drawn is kept."
    assert (canvas(page, "#first .cell canvas") == pixels(3)).all()


def test_the_stage_fits_a_phone(open_page, url):
    page = open_page(url, viewport={"width": 360, "height": 740})
    page.wait_for_selector("#first .gen-stage")
    page.wait_for_timeout(300)
    draw(page, "views")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def order(**changes):
    panel = base64.b64encode(bytes(4 * 6 * 5)).decode()
    return {"format": "gif", "shape": [4, 1, 6, 5], "columns": 2, "frames": [[panel], [panel]], **changes}


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        order(format="exe"),
        order(shape=[4, 1, 6]),
        order(shape=[65, 1, 6, 5]),
        order(shape=[4, 2, 6, 5]),
        order(shape=[4, 1, 6, float("nan")]),
        order(shape=[4, 1, 6, True]),
        order(columns=0),
        order(columns=5),
        order(frames=[]),
        order(frames=[["AAAA"]]),
        order(frames=["AAAA"]),
        order(frames=[[], []]),
        order(frames=[[5]]),
        order(frames=[["!" * 160]]),
        order(frames=[["=" * 160]]),
        order(frames=[["A" * 160] * 4]),
        order(frames=[["A" * 160]] * 401),
        order(shape=[64, 3, 256, 256], columns=8, frames=[["A" * 16_777_216] * 2]),
    ],
    ids=lambda bad: None,
)
def test_an_order_that_a_browser_would_not_send_is_refused(bad):
    assert set(animation(bad)) == {"error"}


class Event:
    def __init__(self, data):
        self._data = data


@pytest.mark.parametrize("data", [None, [], {}, {"seed": "7"}, {"seed": -1}, {"seed": float("nan")}, {"seed": True}])
def test_a_seed_that_is_none_leaves_the_seed_as_it_is(data):
    assert reused_seed(5, Event(data)) == 5
    assert reused_seed(5, Event({"seed": 7})) == 7


@pytest.mark.parametrize(
    "data", [None, {}, {"name": "a", "data": 5}, {"name": "a", "data": "?"}, {"data": "A" * 6_700_000}]
)
def test_a_file_that_is_none_is_refused(data):
    with pytest.raises(InvalidPicture):
        dropped_file(Event(data))
