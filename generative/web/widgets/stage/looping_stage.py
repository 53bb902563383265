"""A stage that plays over and over."""

from typing import Any

from generative.web.widgets.stage.stage import Stage


class LoopingStage(Stage):
    """A stage that plays its frames over and over while it can be seen; the last frame should equal the first."""

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(value, looping=True, **options)
