"""A stage that plays over and over."""

from typing import Any

from generative.web.widgets.stage.stage import Stage
from generative.web.widgets.widget import asset


class LoopingStage(Stage):
    """A stage that plays its frames over and over while it can be seen; the last frame should equal the first."""

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(value, **options)
        self.js_on_load += asset("looping_stage.js")
        # One picture, of no run: there is no grid to save, and no PNG would restore it. The names of moments are long.
        self.css_template += "[data-part=grid], [data-part=restore] { display: none; }"
        self.css_template += "[data-part=root] .timeline output { width: 19ch; }"
