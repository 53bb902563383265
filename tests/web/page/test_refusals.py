"""What is answered to requests that no event can take."""

from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest

from generative.web.page.refusals import MAX_BODY
from tests.web.page.serving import Server, served

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    def length(text: str) -> int:
        return len(text)

    with gr.Blocks() as page:
        gr.api(length, api_name="length")
    with served(page) as server:
        yield server


def post(server: Server, path: str, **options: object) -> httpx.Response:
    return httpx.post(f"{server.address}gradio_api/{path}", headers=JSON, timeout=20, **options)


def test_a_body_that_is_declared_too_large_is_not_read(server: Server) -> None:
    place = urlsplit(server.address)
    connection = HTTPConnection(place.hostname, place.port, timeout=5)
    connection.putrequest("POST", "/gradio_api/call/length")
    connection.putheader("content-length", str(200 * 10**6))
    connection.endheaders()  # the body never comes: an answer shows that none was waited for
    answer = connection.getresponse()
    assert answer.status == 413 and "17 MB" in answer.read().decode()


def test_a_body_that_becomes_too_large_is_not_taken(server: Server) -> None:
    answer = post(server, "call/length", content=(b" " * 500_000 for _ in range(MAX_BODY // 500_000 + 10)))
    assert answer.status_code == 413 and "17 MB" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        '{"data": NaN}',
        '{"data": "a"}',
        "[]",
        "nonsense",
        '"\\ud800"',
        "[" * 100_000,
        '{"data": ["a"], "fn_index": 99, "session_hash": "a"}',
        '{"data": ["a"], "fn_index": -1e400, "session_hash": "a"}',
        '{"data": ["a"], "fn_index": 0, "session_hash": "\\ud800"}',
    ],
)
@pytest.mark.parametrize("path", ["queue/join", "call/length", "call/nothing", "call/v2/nothing", "run/predict"])
def test_a_body_that_does_not_fit_is_refused_in_words(server: Server, path: str, body: str, capfd) -> None:
    answer = post(server, path, content=body)
    if answer.status_code != 200:
        assert answer.status_code in (400, 404, 422) and len(answer.json()["detail"]) > 10
    assert "Traceback" not in capfd.readouterr().err


def test_an_address_that_is_too_long_leads_to_the_place_that_it_names(server: Server) -> None:
    query = {"tab": "gans", "tool": "explore", "model": "x" * 300, "formula": "+1" * 9_000}
    answer = httpx.get(server.address, params=query, timeout=20)
    assert answer.status_code == 303 and answer.headers["location"] == "?tab=gans&tool=explore&too_long="


def test_the_log_is_told_once(server: Server, capfd) -> None:
    for _ in range(20):
        post(server, "queue/join", content='{"data": ["a"], "fn_index": 99, "session_hash": "a"}')
    assert capfd.readouterr().err.count("\n") <= 1


def test_a_session_that_there_is_not_is_said_to_be_none(server: Server, capfd) -> None:
    messages = list(server.read("nobody"))
    assert messages[-1]["session_not_found"] and "Traceback" not in capfd.readouterr().err


def test_what_fits_is_answered(server: Server) -> None:
    assert server.call("length", "a" * 2_000_000) == ("complete", [2_000_000])
