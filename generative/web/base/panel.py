"""Parts of a tool's results as HTML, and a heading that asks for all of them when it is first seen."""

import html
import uuid
from typing import Any

import gradio as gr

from generative.library.entries import Entry
from generative.web.widgets.widget import asset

# A heading's script: it asks for all the rest when it comes on show for the first time, and whenever Python has renewed
# it.
ASK = """
watch("value", () => trigger("input"));
new ResizeObserver((_, observer) => {
  if (!element.clientWidth) return;
  observer.disconnect();
  trigger("input");
}).observe(element);
"""


def asked(entry: Entry) -> dict[str, str]:
    """The heading's value, new each time, so that a change of the picture alone counts as one too."""
    return {"model": entry.id, "title": html.escape(entry.title), "token": uuid.uuid4().hex}


def panel_in(
    style: str, elem_id: str, value: Any = "", template: str = "${value}", script: str | None = None
) -> gr.HTML:
    """A part of the results, in the CSS of the file `style`. Gradio changes only what differs of its pictures, so that
    they do not flicker."""
    return gr.HTML(
        value,
        html_template=template,
        css_template=asset("panel.css", style),
        js_on_load=script,
        apply_default_css=False,
        padding=False,
        elem_id=elem_id,
    )
