"""What a visitor made, as a strip of pictures under all tabs; the browser keeps it, and nobody else."""

from generative.web.widgets.widget import Widget


class History(Widget):
    """Fires ``select`` with {"query": …}, the address of a run that is to be brought back."""

    files = "page/history"
