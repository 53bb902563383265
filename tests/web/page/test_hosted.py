"""What an event answers to what does not fit, and what is logged of it."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from generative.errors import InvalidOption
from generative.web.page.hosted import OURS, UNFIT, HostedPage
from tests.web.page.serving import Server, served


def refuse(text: str) -> str:
    raise InvalidOption(f"text must be shorter than {text}")


def fail(text: str) -> str:
    raise KeyError(text)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with HostedPage() as page:
        slider, choice, button, text = gr.Slider(0, 5), gr.Dropdown(["a", "b"]), gr.Button(), gr.Textbox()
        button.click(lambda *values: "done", [slider, choice], text)
        gr.api(refuse, api_name="refuse")
        gr.api(fail, api_name="fail")
    with served(page) as server:
        yield server


def answer(server: Server, *data: Any) -> dict[str, Any]:
    server.join("one", 0, *data)
    return [m for m in server.read("one") if m["msg"] == "process_completed"][-1]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((99, "a"), "greater than maximum value 5"),
        ((1, "z"), "not in the list of choices"),
        (("x", "a"), UNFIT),
        (({}, ["a"]), UNFIT),
        ((1,), UNFIT),
        ((), UNFIT),
    ],
)
def test_values_that_controls_cannot_have_are_refused_without_a_log(server: Server, data, words: str, capfd) -> None:
    done = answer(server, *data)
    assert not done["success"] and words in done["output"]["error"]
    assert capfd.readouterr().err == ""


def test_what_a_visitor_got_wrong_is_not_logged(server: Server, capfd) -> None:
    kind, told = server.call("refuse", "this")
    assert (kind, told["error"]) == ("error", "text must be shorter than this")
    assert capfd.readouterr().err == ""


def test_our_own_faults_are_logged_once(server: Server, capfd) -> None:
    for text in ("one", "two", "three"):
        assert server.call("fail", text)[1]["error"] == OURS
    assert capfd.readouterr().err.count("Traceback") == 1


def test_what_fits_is_answered(server: Server) -> None:
    assert answer(server, 1, "a")["output"]["data"] == ["done"]
