"""What tools have in common that try several things one after another, in a table that fills."""

from collections.abc import Callable, Sequence

import gradio as gr
from gradio.components import Component

from generative.web.base.panel import panel
from generative.web.base.run import DEVICE, QUIET, once_there
from generative.web.base.tool import Tool, Updates
from generative.web.widgets.plot.charts import problem

STOPPED = '<p role="status">Stopped; what was drawn is kept.</p>'


class TrialsTool(Tool):
    """A subclass calls these three as it is built: the buttons under what is tried, the table beside it, the run."""

    def add_buttons(self) -> None:
        """Compare and Stop."""
        prefix = self.bench.prefix
        with gr.Row(elem_classes="go"):
            self.compare = gr.Button("Compare", variant="primary", scale=2, min_width=120, elem_id=f"{prefix}-generate")
            self.stop = gr.Button("Stop", min_width=80, elem_id=f"{prefix}-stop")

    def add_table(self, note: str, invitation: str) -> None:
        """What there is to know, the table, and under it how far it is, all as HTML."""
        prefix = self.bench.prefix
        panel("trials", f"{prefix}-note", note)
        self.table = panel("trials", f"{prefix}-table", invitation)
        self.state = panel("trials", f"{prefix}-state")

    def wire_run(self, compare: Callable, inputs: Sequence[Component]) -> None:
        """`compare` streams updates of table and state when it is asked, or when a link brings a table."""
        outputs = [self.table, self.state]
        run = self.compare.click(compare, inputs, outputs, trigger_mode="once", **DEVICE)
        again = once_there(self.face)(compare, inputs, outputs, trigger_mode="once", **DEVICE)
        about = {"queue": False, **QUIET}
        stopped = self.stop.click(lambda: STOPPED, None, self.state, cancels=[run, again], **about)
        stopped.then(lambda: STOPPED, None, self.state, **about)  # should what was on its way have come after it

    def fail(self, words: str) -> Updates:
        return {self.state: problem(words)}
