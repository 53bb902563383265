"""What the server keeps of its visitors."""

import tracemalloc
from collections.abc import Iterator

import gradio as gr
import pytest

from generative.web.page.sessions import CAPACITY, Session
from tests.web.page.serving import Server, served


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with gr.Blocks() as page:
        count = gr.State(0)
        for _ in range(50):
            gr.UploadButton("A control with a long description of what it takes")
        number, button = gr.Number(), gr.Button()
        button.click(lambda n: (n + 1, n + 1), count, [count, number])
        gr.api(lambda: "there", api_name="ask")
    with served(page) as server:
        yield server


def test_a_session_keeps_its_states(server: Server) -> None:
    for session, expected in [("one", 1), ("one", 2), ("another", 1), ("one", 3)]:
        server.join(session, 0, None)
        *_, done, _ = server.read(session)
        assert done["output"]["data"][1] == expected


def test_a_session_keeps_no_copy_of_the_page(server: Server) -> None:
    Session(server.page)
    tracemalloc.start()
    kept = [Session(server.page) for _ in range(20)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / len(kept) < 20_000  # Gradio's own has 950,000


def test_a_session_is_gone_through_while_a_tool_is_built(server: Server) -> None:
    functions = Session(server.page).blocks_config.fns
    there = len(functions)
    for number, function in enumerate(functions.values(), start=1000):
        functions[number] = function
    assert len(functions) == 2 * there > 0


def test_sessions_have_a_limit(server: Server) -> None:
    assert server.page.app.state_holder.capacity == CAPACITY
