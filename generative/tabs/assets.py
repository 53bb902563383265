"""What the components of our own share: HTML, CSS and JavaScript that lie beside the Python here, and their events."""

from pathlib import Path
from typing import Any

import gradio as gr

HERE = Path(__file__).parent


def asset(*names: str) -> str:
    """The text of those files, one after another."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


def event_data(event: gr.EventData) -> dict[str, Any]:
    """What the browser sent along with an event; {} if that is no object, since anyone can send an event."""
    return event._data if isinstance(event._data, dict) else {}
