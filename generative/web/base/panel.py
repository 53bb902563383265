"""Parts of a tool's results as HTML, and a heading that asks for all of them when it is first seen."""

import html
import uuid

import gradio as gr

from generative.library.entries import Entry
from generative.web.widgets.widget import Widget


class Heading(Widget):
    """Asks for all that stands under it, by ``input``, when it is first seen and whenever it has been renewed."""

    files = "base/heading"


def asked(entry: Entry) -> dict[str, str]:
    """The heading's value, new each time, so that a change of the picture alone counts as one too."""
    return {"model": entry.id, "title": html.escape(entry.title), "token": uuid.uuid4().hex}


def panel(tool: str, elem_id: str, value: str = "") -> gr.HTML:
    """A part of the results, as HTML. Gradio changes only what differs of its pictures, so that they do not flicker."""
    styles = {"elem_classes": classes(tool), "apply_default_css": False, "padding": False}
    return gr.HTML(value, js_on_load=None, elem_id=elem_id, **styles)


def classes(tool: str) -> str:
    """Of a part of the results, in the page's styles."""
    return f"results results-{tool}"
