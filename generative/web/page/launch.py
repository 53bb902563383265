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
).set(  # contrasts of 4.5 and more, which the theme's own do not have
    body_text_color_subdued="*neutral_500",
    link_text_color_dark="*secondary_400",
    button_primary_background_fill="*primary_600",
    button_primary_background_fill_hover="*primary_700",
    button_primary_background_fill_dark="*primary_600",
    button_primary_background_fill_hover_dark="*primary_700",
)


def launch(page: gr.Blocks, devices: int = 1, **options: Any) -> str:
    """Serve `page`, with options of Blocks.launch such as server_port, and return its local address.

    devices: as many visitors' runs are made at the same time.
    """
    page.queue(api_open=False)
    page._queue = WaitingLine(page, devices)
    _, address, _ = page.launch(
        theme=THEME,
        css=stylesheet(),
        head=script("page/answers.js") + script("widgets/plot/plot.js") + script("page/tabs.js"),
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
