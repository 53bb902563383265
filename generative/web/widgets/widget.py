"""What the components of our own share: template, styles and script that lie beside the Python, and their events."""

from typing import Any, ClassVar

import gradio as gr

from generative.web.widgets.modules import WEB, loading


class Widget(gr.HTML):
    """A component of our own. `files` is where its script (.js) and its template (.html; otherwise `template`, or the
    value as HTML) lie in `generative/web`, without the ending; the last word of it is its class in the page's styles.

    Arguments that gr.HTML does not know reach the script as `props`.
    """

    files: ClassVar[str]

    def __init__(self, value: Any = None, elem_classes: str = "", template: str = "", **options: Any) -> None:
        page = WEB / f"{self.files}.html"
        super().__init__(
            value,
            html_template=template or (page.read_text(encoding="utf-8") if page.exists() else "${value}"),
            js_on_load=loading(f"{self.files}.js"),
            elem_classes=["widget", f"widget-{self.files.rpartition('/')[2]}", *elem_classes.split()],
            apply_default_css=False,
            padding=False,
            **options,
        )

    def api_info(self) -> dict[str, Any]:
        """Any object: what a widget's value is, it says itself."""
        return {"type": "object"}


def event_data(event: gr.EventData) -> dict[str, Any]:
    """What the browser sent along with an event; {} if that is no object, since anyone can send an event."""
    return event._data if isinstance(event._data, dict) else {}
