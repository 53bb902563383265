"""A page whose events answer whatever they are sent in a sentence."""

from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction

from generative.errors import GenerativeError
from generative.web.page import log

UNFIT = "What was sent does not fit the controls here. Reload the page; programs find what is taken under ?view=api."
OURS = "This went wrong on our side and was noted. Another choice, or a reload of the page, may work."


class HostedPage(gr.Blocks):
    """gr.Blocks, for a host: what a visitor got wrong is not logged, and what we did is logged once."""

    async def preprocess_data(self, *args: Any, **options: Any) -> list[Any]:
        """As in gr.Blocks. What the controls refuse is of the visitor's making, so it raises gr.Error alone."""
        try:
            return await super().preprocess_data(*args, **options)
        except gr.Error:
            raise
        except Exception as e:
            raise gr.Error(UNFIT, print_exception=False) from e

    async def process_api(self, block_fn: BlockFunction, *args: Any, **options: Any) -> dict[str, Any]:
        """As in gr.Blocks; raises gr.Error alone."""
        if block_fn.fn is None:  # what the browser does by itself
            raise gr.Error(UNFIT, print_exception=False)
        try:
            return await super().process_api(block_fn, *args, **options)
        except gr.Error as e:
            e.print_exception = False
            raise
        except GenerativeError as e:
            raise gr.Error(str(e), print_exception=False) from e
        except Exception as e:
            log.fault(e, "An event failed:")
            raise gr.Error(OURS, print_exception=False) from e
