"""Parts of the page that are built when they are first on show, and then kept."""

from collections.abc import Callable

import gradio as gr
from gradio.context import LocalContext, get_blocks_context

from generative.web.base.face import Doorway
from generative.web.base.visit import Visit

# One at a time: Gradio numbers what is built, and looks through it, as if nothing else were built meanwhile. Of two
# parts that a visitor opens at once one would fail, and its doorway, which asks once, stay shut.
BUILDING = {"concurrency_id": "building", "concurrency_limit": 1}


def when_opened(visit: gr.State, build: Callable[[Visit], None]) -> None:
    """A doorway where this stands, and behind it what `build` makes of the visit when somebody first comes by.

    What is built once is not built again, whatever a browser sends: Gradio counts how often a part was built over all
    visitors, and what is behind the doorway holds what a visitor has done there.
    """

    @gr.render(visit, [Doorway().expand], trigger_mode="once", show_progress="hidden", **BUILDING)
    def opened(now: Visit) -> None:
        if is_built():
            raise gr.Error("This part of the page has been opened before. Reload the page.", visible=False)
        build(now)

    *_, function = get_blocks_context().fns.values()
    function.show_progress_on = []  # as of QUIET; `gr.render` cannot be told


def is_built() -> bool:
    """Whether the part that is being built is there already, for this visitor."""
    part, page = LocalContext.renderable.get(None), LocalContext.blocks_config.get(None)
    return any(function.rendered_in is part for function in page.fns.values())
