"""The page's API for programs: named endpoints, callable with gradio_client or curl."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import gradio as gr

from generative.errors import GenerativeError, InvalidOption, shown
from generative.inference.engine import Engine
from generative.inference.images import grid
from generative.inference.provenance import save_png


def add_endpoints(engine: Engine) -> None:
    """Adds /list_models and /generate to the Blocks that is being built."""

    def list_models() -> list[dict[str, Any]]:
        """Id, family, data set, abilities, parameters and metrics of every model."""
        return [entry.describe() for entry in engine.entries.values()]

    def generate(
        model: str, label: str | None = None, count: int = 1, seed: int = 0, options: dict[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Draw images and stream the progress.

        Yields {"step", "total", "label"} for every step; the last one also holds "seeds" and "png", the grid of images
        as a base64 PNG file whose metadata say what made it. `options` are the model's own, as /list_models names them.
        """
        try:
            wish = dict(check_options(options))
            if label is not None:
                wish["label"] = label
            request = engine.request(model, seed, count, wish)
            for frame in engine.sample(request):
                step = {"step": frame.step, "total": frame.total, "label": frame.label}
                if frame.step == frame.total:
                    file = io.BytesIO()
                    save_png(grid(frame.images), file, request.provenance())
                    step |= {"seeds": list(request.seeds), "png": base64.b64encode(file.getvalue()).decode()}
                yield step
        except GenerativeError as e:
            raise gr.Error(str(e), print_exception=False) from e

    gr.api(list_models, api_name="list_models")
    gr.api(generate, api_name="generate", concurrency_id="device", concurrency_limit=1)


def check_options(options: Any) -> dict[str, Any]:
    if options is not None and not isinstance(options, dict):
        raise InvalidOption(f"options must be an object of names and values, not {shown(options)}", "options")
    return options or {}
