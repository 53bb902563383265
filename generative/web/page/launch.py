"""How a page of our own components is served: with their modules, their styles and the queue's settings."""

from typing import Any

import gradio as gr

from generative.web.page import refusals
from generative.web.page.sessions import CAPACITY, light_sessions
from generative.web.page.waiting import WaitingLine
from generative.web.widgets.modules import ROUTE, script, stylesheet

THEME = gr.themes.Default(
    primary_hue="indigo",
    secondary_hue="indigo",
    neutral_hue="slate",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
).set(body_text_color_subdued="*neutral_500")  # contrast 4.7 on white, where the theme's own has 2.6


def launch(page: gr.Blocks, **options: Any) -> str:
    """Serve `page`, with options of Blocks.launch such as server_port, and return its local address."""
    page.queue(api_open=False)
    page._queue = WaitingLine(page)
    _, address, _ = page.launch(
        theme=THEME,
        css=stylesheet(),
        head=script("widgets/plot/plot.js"),
        app_kwargs={"routes": [ROUTE], "lifespan": light_sessions, **refusals.OPTIONS},
        state_session_capacity=CAPACITY,
        show_error=False,
        enable_monitoring=False,
        max_file_size="5mb",
        footer_links=["api"],
        run_history=False,
        **options,
    )
    return address
