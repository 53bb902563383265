"""The easel in a real browser: painted, drawn on and pointed at with mouse, finger and keyboard; Python hears of it."""

import base64
import io
import itertools
import json
import time

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from generative.web.page.launch import launch
from generative.web.widgets.easel.easel import (
    Easel,
    easel_state,
    empty_message,
    mask_message,
    overlay_message,
    picture_message,
)

HEIGHT, WIDTH = 12, 10


def picture(seed: int, channels: int = 1, height: int = HEIGHT, width: int = WIDTH) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (channels, height, width), generator=random) / 255


def cells(rows: range, columns: range) -> torch.Tensor:
    mask = torch.zeros(HEIGHT, WIDTH, dtype=torch.bool)
    mask[rows.start : rows.stop, columns.start : columns.stop] = True
    return mask


HEAT = torch.linspace(0, 1, HEIGHT * WIDTH).view(HEIGHT, WIDTH)
START = {**picture_message(picture(0), "Test image: <b>Bag</b>"), **mask_message(cells(range(8, 12), range(10)))}
MESSAGES = {
    "other": lambda: picture_message(picture(1), "Another"),
    "smaller": lambda: picture_message(picture(2, height=6, width=6), "Smaller"),
    "masked": lambda: mask_message(cells(range(2), range(2))),
    "overlaid": lambda: {**overlay_message(HEAT, "Receptive field"), "marked": [3, 4]},
    "proposed": lambda: {"unless_marked": [1, 2], "at": time.time()},
}


@pytest.fixture(scope="module")
def url():
    counter = itertools.count(1)

    def told(value) -> str:
        state = easel_state(value)
        facts = {"image": (state.image * 255).round().int().tolist(), "mask": state.mask.int().tolist()}
        return json.dumps({"number": next(counter), "marked": state.marked, **facts})

    def on_select(value) -> str:
        return f"pointed at {easel_state(value).marked}"

    with gr.Blocks(analytics_enabled=False) as demo:
        with gr.Row():
            first = Easel(START, tools=("mask", "draw", "point"), elem_id="first")
            second = Easel(picture_message(picture(5), "Second"), elem_id="second")
        third = Easel(empty_message(3, 8, 8), tools=("draw",), elem_id="third")
        read = gr.Textbox(elem_id="read")
        heard, chained = gr.Textbox(elem_id="heard"), gr.Textbox(elem_id="chained")
        for name, message in MESSAGES.items():
            sent = gr.Button(name, elem_id=name).click(message, None, first, show_progress="hidden")
            sent.then(told, first, chained)
        for name, easel in (("first", first), ("second", second), ("third", third)):
            gr.Button(f"read {name}", elem_id=f"read-{name}").click(told, easel, read)
            easel.input(told, easel, heard, trigger_mode="always_last", show_progress="hidden")
        first.select(on_select, first, heard)
    yield launch(demo, server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
    demo.close()


@pytest.fixture
def page(open_page, url):
    return opened(open_page, url, viewport={"width": 900, "height": 900})


def opened(open_page, url, **options):
    page = open_page(url, **options)
    page.wait_for_selector("#third .gen-easel [data-part=status]:not(:empty)")
    return page


def told(page, box: str, action) -> dict:
    """What Python writes into a text box after `action`."""
    before = page.input_value(f"#{box} textarea")
    action()
    page.wait_for_function(f"value => document.querySelector('#{box} textarea').value !== value", arg=before)
    return json.loads(page.input_value(f"#{box} textarea"))


def state(page, name: str = "first") -> dict:
    return told(page, "read", lambda: page.click(f"#read-{name}"))


def at(page, row: float, column: float, name: str = "first") -> tuple[float, float]:
    """The middle of a pixel on the screen."""
    board = page.locator(f"#{name} .board")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    height, width = board.locator("canvas").first.evaluate("c => [c.height, c.width]")
    return box["x"] + (column + 0.5) * box["width"] / width, box["y"] + (row + 0.5) * box["height"] / height


def drag(page, *places: tuple[float, float], name: str = "first", button: str = "left") -> None:
    page.mouse.move(*at(page, *places[0], name))
    page.mouse.down(button=button)
    for place in places[1:]:
        page.mouse.move(*at(page, *place, name))
    page.mouse.up(button=button)


def choose(page, title: str, name: str = "first") -> None:
    page.locator(f"#{name}").get_by_role("radio", name=title, exact=True).check()


def press(page, title: str, name: str = "first") -> None:
    page.locator(f"#{name}").get_by_role("button", name=title, exact=True).click()


def canvas(page, layer: str, name: str = "first") -> np.ndarray:
    url = page.locator(f"#{name} canvas[data-part={layer}]").evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGBA"))


def status(page, name: str = "first") -> str:
    return page.text_content(f"#{name} [data-part=status]")


def mask_of(told: dict) -> torch.Tensor:
    return torch.tensor(told["mask"]).bool()


def bytes_of(image: torch.Tensor) -> list:
    return (image * 255).round().int().tolist()


def test_what_python_sent_is_shown_in_every_tool_and_comes_back(page):
    assert (canvas(page, "picture")[..., 0] == (picture(0)[0] * 255).round().numpy()).all()
    scale = canvas(page, "mask").shape[0] // HEIGHT
    assert canvas(page, "mask").shape[:2] == (HEIGHT * scale, WIDTH * scale)
    opaque = canvas(page, "mask")[..., 3] > 230
    assert (opaque == np.kron(cells(range(8, 12), range(10)).numpy(), np.ones((scale, scale), bool))).all()
    assert page.text_content("#first .about .name") == "Test image: <b>Bag</b>"
    assert status(page) == "40 of 120 pixels to invent"
    assert page.locator("#first .board").get_attribute("aria-label") == "Test image: <b>Bag</b>, 10 by 12 pixels"
    names = (".gen-easel", ".board", ".about", "footer")
    before = [page.locator(f"#first {name}").bounding_box() for name in names]
    for title in ("Draw", "Point", "Mask"):
        choose(page, title)
        assert [page.locator(f"#first {name}").bounding_box() for name in names] == before, "something jumped"
    assert state(page)["image"] == bytes_of(picture(0))


def test_the_mask_is_painted_and_erased_by_mouse_and_by_keyboard(page):
    press(page, "Clear")
    page.locator("#first").get_by_label("Brush size").fill("3")
    drag(page, (2, 2), (2, 7), (6, 7))
    wanted = cells(range(1, 4), range(1, 9)) | cells(range(1, 8), range(6, 9))
    assert torch.equal(mask_of(state(page)), wanted)
    assert status(page) == f"{int(wanted.sum())} of 120 pixels to invent"
    page.locator("#first").get_by_label("Brush size").fill("1")
    page.keyboard.down("Shift")
    drag(page, (2, 2), (2, 4))
    page.keyboard.up("Shift")
    drag(page, (5, 6), button="right")
    choose(page, "Eraser")
    drag(page, (7, 20), (7, 8))  # from outside of the picture
    drag(page, (7, 8))
    wanted &= ~(cells(range(2, 3), range(2, 5)) | cells(range(5, 6), range(6, 7)) | cells(range(7, 8), range(8, 9)))
    choose(page, "Brush")
    drag(page, (11, 1))
    scrolled = page.evaluate("scrollY")
    for key in ("ArrowUp", "Space", "ArrowRight", "Space", "ArrowRight", "Space", "ArrowLeft", "Shift+Space"):
        page.keyboard.press(key)
    wanted |= cells(range(11, 12), range(1, 2)) | cells(range(10, 11), range(1, 2)) | cells(range(10, 11), range(3, 4))
    assert page.text_content("#first [data-part=live]") == f"{int(wanted.sum())} of 120 pixels to invent"
    assert page.evaluate("scrollY") == scrolled
    assert torch.equal(mask_of(state(page)), wanted)


def test_masks_at_one_click_and_undo(page):
    for title, wanted in {
        "Lower half": cells(range(6, 12), range(10)),
        "Right half": cells(range(12), range(5, 10)),
        "Middle": cells(range(3, 9), range(3, 7)),
        "Invert": ~cells(range(3, 9), range(3, 7)),
        "Everything": cells(range(12), range(10)),
    }.items():
        assert torch.equal(mask_of(told(page, "heard", lambda title=title: press(page, title))), wanted), title
    draws = [mask_of(told(page, "heard", lambda: press(page, "Random pixels"))) for _ in range(2)]
    assert [int(draw.sum()) for draw in draws] == [60, 60] and not torch.equal(*draws)
    undone = told(page, "heard", lambda: page.keyboard.press("Control+z"))
    assert torch.equal(mask_of(undone), draws[0])
    again = told(page, "heard", lambda: page.keyboard.press("Control+Shift+Z"))
    assert torch.equal(mask_of(again), draws[1])
    for _ in range(6):
        press(page, "Undo")
    assert torch.equal(mask_of(state(page)), cells(range(6, 12), range(10)))


def test_a_grey_pen_draws_soft_edges_and_can_be_undone(page):
    choose(page, "Draw")
    page.locator("#first").get_by_label("Pen size").fill("1")
    page.locator("#first").get_by_label("Grey value of the pen").fill("200")
    wanted = picture(0)
    wanted[0, 4, 3] = 200 / 255
    assert told(page, "heard", lambda: drag(page, (4, 3)))["image"] == bytes_of(wanted)
    press(page, "Blank")
    page.locator("#first").get_by_label("Pen size").fill("3")
    drag(page, (5.5, 3), (5.5, 6))
    drawn = state(page)["image"][0]
    assert [row[4] for row in drawn] == [0, 0, 0, 0, 100, 200, 200, 100, 0, 0, 0, 0]
    assert drawn[5] == [0, 0, 176, 200, 200, 200, 200, 176, 0, 0]
    for _ in range(3):
        press(page, "Undo")
    assert state(page)["image"] == bytes_of(picture(0))
    assert (canvas(page, "picture")[..., 0] == (picture(0)[0] * 255).round().numpy()).all()


def test_a_coloured_picture_is_drawn_on_an_empty_easel(page):
    assert page.text_content("#third .empty") == "Choose a picture, or draw one here"
    page.locator("#third").get_by_label("Pen size").fill("1")
    page.locator("#third").get_by_title("red", exact=True).click()
    drag(page, (1, 2), name="third")
    page.locator("#third").get_by_label("Colour of the pen").fill("#0a141e")
    drag(page, (6, 0), name="third")
    assert page.locator("#third .empty").is_hidden()
    assert status(page, "third") == "Row 6, column 0: 0.04, 0.08, 0.12"
    wanted = torch.ones(3, 8, 8)
    wanted[:, 1, 2] = torch.tensor([0xD8, 0x48, 0x3E]) / 255
    wanted[:, 6, 0] = torch.tensor([10, 20, 30]) / 255
    assert state(page, "third")["image"] == bytes_of(wanted)
    press(page, "Undo", "third")
    press(page, "Undo", "third")
    assert page.locator("#third .empty").is_visible()


def test_a_pixel_is_pointed_at_by_mouse_and_by_keyboard(page):
    choose(page, "Point")
    page.mouse.move(*at(page, 2, 7))
    assert status(page) == f"Row 2, column 7: {picture(0)[0, 2, 7]:.2f}"
    page.mouse.click(*at(page, 2, 7))
    page.wait_for_function("document.querySelector('#heard textarea').value === 'pointed at (2, 7)'")
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    page.wait_for_function("document.querySelector('#heard textarea').value === 'pointed at (4, 6)'")
    assert state(page)["marked"] == [4, 6]
    page.mouse.move(*at(page, 9, 1))
    assert status(page) == "Row 9, column 1: to invent"


def test_an_overlay_lies_over_the_picture_until_it_is_hidden(page):
    page.click("#overlaid")
    page.wait_for_selector("#first .legend:visible")
    sent = np.frombuffer(base64.b64decode(overlay_message(HEAT, "")["overlay"]), np.uint8).reshape(HEIGHT, WIDTH, 4)
    assert (canvas(page, "overlay")[..., 3] == sent[..., 3]).all()
    assert (
        np.abs(canvas(page, "overlay")[-1].astype(int) - sent[-1]).max() <= 1
    )  # a canvas stores premultiplied colours
    assert page.text_content("#first [data-part=overlayName]") == "Receptive field"
    press(page, "Overlay")
    assert not canvas(page, "overlay").any()
    press(page, "Overlay")
    assert canvas(page, "overlay").any()


def test_a_mark_is_proposed_and_none_replaced(page):
    assert told(page, "chained", lambda: page.click("#proposed"))["marked"] == [1, 2]
    assert told(page, "chained", lambda: page.click("#overlaid"))["marked"] == [3, 4]
    assert told(page, "chained", lambda: page.click("#proposed"))["marked"] == [3, 4]


def test_a_new_picture_keeps_only_a_mask_that_fits_and_can_be_undone(page):
    assert told(page, "chained", lambda: page.click("#overlaid"))["marked"] == [3, 4]
    chained = told(page, "chained", lambda: page.click("#other"))
    assert chained["image"] == bytes_of(picture(1)) and chained["marked"] is None
    assert torch.equal(mask_of(chained), cells(range(8, 12), range(10)))
    assert page.locator("#first .legend").is_hidden() and not canvas(page, "overlay").any()
    assert torch.equal(mask_of(told(page, "chained", lambda: page.click("#masked"))), cells(range(2), range(2)))
    chained = told(page, "chained", lambda: page.click("#smaller"))
    assert chained["image"] == bytes_of(picture(2, height=6, width=6)) and not mask_of(chained).any()
    assert page.input_value("#heard textarea") == ""  # nothing of this was the visitor's doing
    for _ in range(3):
        press(page, "Undo")
    undone = state(page)
    assert undone["image"] == bytes_of(picture(0))
    assert torch.equal(mask_of(undone), cells(range(8, 12), range(10)))


def test_a_message_waits_for_the_end_of_a_stroke(page):
    press(page, "Clear")
    page.locator("#first").get_by_label("Brush size").fill("1")
    page.mouse.move(*at(page, 0, 0))
    page.mouse.down()
    told(page, "chained", lambda: page.evaluate("document.querySelector('#other').click()"))
    assert page.text_content("#first .about .name") == "Test image: <b>Bag</b>"
    page.mouse.move(*at(page, 0, 3))
    page.mouse.up()
    after = state(page)
    assert after["image"] == bytes_of(picture(1))
    assert torch.equal(mask_of(after), cells(range(1), range(4)))


def test_a_finger_paints_on_a_phone_without_scrolling(open_page, url):
    page = opened(
        open_page, url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    press(page, "Clear")
    page.locator("#first").get_by_label("Brush size").fill("1")
    finger = page.context.new_cdp_session(page)
    before = page.evaluate("scrollY")
    for kind, place in (("touchStart", (1, 2)), ("touchMove", (4, 2)), ("touchMove", (8, 2)), ("touchEnd", None)):
        points = [dict(zip("xy", at(page, *place), strict=True))] if place else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert page.evaluate("scrollY") == before
    assert torch.equal(mask_of(state(page)), cells(range(1, 9), range(2, 3)))
    small = [
        button.get_attribute("aria-label")
        for button in page.locator("#first button:visible").all()
        if min(button.bounding_box()["width"], button.bounding_box()["height"]) < 40
    ]
    assert not small


def test_two_easels_do_not_interfere(page):
    assert page.get_by_role("radio", name="Draw").count() == 1  # the second has one tool
    assert page.locator("#second .history").is_visible()
    drag(page, (1, 1), (1, 8), name="second")
    choose(page, "Eraser", "second")
    assert page.locator("#first").get_by_role("radio", name="Brush").is_checked()
    page.focus("#first .board")
    page.keyboard.press("Control+z")
    assert mask_of(state(page, "second")).any()
    assert state(page)["image"] == bytes_of(picture(0))
    page.focus("#second .board")
    page.keyboard.press("Control+z")
    assert not mask_of(state(page, "second")).any()
    assert torch.equal(mask_of(state(page)), cells(range(8, 12), range(10)))
