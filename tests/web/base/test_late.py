"""Parts of the page that are built when they are first on show."""

import threading
import time

import gradio as gr

from generative.web.base.late import when_opened
from generative.web.base.visit import Visit
from tests.web.page.serving import served


def test_two_parts_that_are_opened_at_once_are_built_one_after_the_other() -> None:
    free, overtaken = threading.Lock(), []

    def build(now: Visit) -> None:
        overtaken.append(not free.acquire(blocking=False))
        time.sleep(0.3)
        gr.HTML("there")
        if not overtaken[-1]:
            free.release()

    with gr.Blocks() as page:
        visit = gr.State(Visit())
        for _ in range(2):
            when_opened(visit, build)
    with served(page) as server:
        for doorway in range(2):
            server.join("a", doorway, None)
        done = [message for message in server.read("a") if message["msg"] == "process_completed"]
    assert overtaken == [False, False]
    assert all(len(message["output"]["render_config"]["components"]) > 1 for message in done)
