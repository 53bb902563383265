"""An animation that a browser orders says what made it, and what is no recipe is refused in words."""

import threading
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor, as_completed
from io import BytesIO
from itertools import islice
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from generative.errors import InvalidPicture
from generative.inference.pictures.provenance import read_note, to_note, versions
from generative.web.page.refusals import MAX_BODY
from generative.web.widgets.stage import animation as animations
from generative.web.widgets.stage.animation import animation
from generative.web.widgets.stage.stage import Stage
from tests.web.page.serving import served


def there() -> str:
    return "there"


def order(**changes: Any) -> dict[str, Any]:
    panel = b64encode(bytes(64)).decode()
    return {"format": "gif", "shape": [1, 1, 8, 8], "columns": 1, "frames": [[panel], [panel]]} | changes


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_an_animation_carries_the_recipe_of_its_run(kind: str) -> None:
    made = {"model": "tiny/vae", "seed": 7, "count": 4, "options": {"temperature": 1.0}}
    answer = animation(order(format=kind, recipe=to_note(made)))
    assert read_note(b64decode(answer["data"])) == {"versions": versions(), **made}


def test_moments_in_half_the_size_fill_the_picture_as_well() -> None:
    small, whole = b64encode(bytes([0, 255, 255, 0])).decode(), b64encode(bytes([255] * 16)).decode()
    answer = animation(order(format="webp", shape=[1, 1, 4, 4], frames=[[small], [whole]]))
    picture = Image.open(BytesIO(b64decode(answer["data"]))).convert("L")
    side = picture.width // 4
    assert [picture.getpixel((x * side, 0)) for x in range(4)] == [0, 0, 255, 255]
    assert "shape says" in animation(order(frames=[[small]]))["error"]


def test_an_animation_of_no_run_has_no_note() -> None:
    with pytest.raises(InvalidPicture, match="does not say what made it"):
        read_note(b64decode(animation(order(recipe=None))["data"]))


@pytest.mark.parametrize("recipe", ["", "{}", "[1]", 7, {"model": "a"}, '{"model": "a", "b": 1e999}', "x" * 1_000_001])
def test_what_is_no_recipe_is_refused_in_words(recipe: Any) -> None:
    assert "recipe" in animation(order(recipe=recipe))["error"]


def test_an_animation_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animations, "MAX_SECONDS", -1.0)
    assert "takes longer than" in animation(order())["error"]


def test_pages_do_not_wait_for_animations_and_too_many_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty orders once held the forty threads of all pages, each for 20 s."""
    go = threading.Event()
    monkeypatch.setattr(animations, "animation", lambda order: {"data": str(go.wait(20))})
    with gr.Blocks() as page:
        stage = Stage()
        gr.api(there, api_name="list")
    with served(page) as server, ThreadPoolExecutor(50) as crowd:
        body = {"data": order(), "component_id": stage._id, "session_hash": "a", "fn_name": "encode_animation"}
        orders = [crowd.submit(server.post, "component_server", body) for _ in range(50)]
        refused = [done.result().json() for done in islice(as_completed(orders), 46)]
        assert refused == [{"error": animations.BUSY}] * 46
        assert server.call("list") == ("complete", ["there"])
        go.set()
        assert sum(done.result().json() == {"data": "True"} for done in orders) == 4


def test_the_largest_order_is_no_larger_than_a_request_may_be() -> None:
    assert animations.MAX_SIZE + animations.MAX_RECIPE + 10_000 < MAX_BODY
