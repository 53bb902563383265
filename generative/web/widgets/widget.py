"""What the components of our own share: HTML, CSS and JavaScript that lie beside the Python, and their events."""

from pathlib import Path
from typing import Any

import gradio as gr

WEB = Path(__file__).resolve().parents[1]
FILES = {path.name: path for path in WEB.rglob("*") if path.suffix in {".html", ".css", ".js"}}


def asset(*names: str) -> str:
    """The text of those files, wherever they lie among what the page is made of, one after another."""
    return "\n".join(FILES[name].read_text(encoding="utf-8") for name in names)


def event_data(event: gr.EventData) -> dict[str, Any]:
    """What the browser sent along with an event; {} if that is no object, since anyone can send an event."""
    return event._data if isinstance(event._data, dict) else {}
