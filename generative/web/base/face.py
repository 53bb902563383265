"""What tells Python that a part of the page is on show; nothing of it can be seen."""

from generative.web.widgets.widget import Widget


class Face(Widget):
    """Fires ``expand`` each time it comes on show, and on a ``turn`` of the page while it is; see `turn`.

    Its value is {"model": id of the model that is on show beside it, "run": token}; a new token fires ``submit``.
    place: of a tool, {"tab": …, "tool": …}, as the page's address has it.
    """

    files = "base/face"


class Doorway(Widget):
    """Fires ``expand`` once, when it is first on show; it says so until what it opens stands there."""

    files = "base/doorway"

    def __init__(self) -> None:
        super().__init__(template="<p>Opening…</p>")


def turn(sender: str = "") -> str:
    """The script that makes all faces on show but the sender's own ask what is current."""
    return f"() => {{ document.dispatchEvent(new CustomEvent('turn', {{ detail: '{sender}' }})); return []; }}"
