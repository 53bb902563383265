"""How widely a seed's noise is spread: the slider of a generator's truncation, or of a decoder's temperature."""

from typing import Any

import gradio as gr

from generative.library.entries import Entry

NAMES = ("truncation", "temperature")  # of the sampling option; a model has one of them or none


def spread_slider(first: Entry, prefix: str) -> gr.Slider:
    """Hidden while the model has no such option."""
    about = {"minimum": 0, "maximum": 1, **_look(first), "interactive": True}
    return gr.Slider(value=1, elem_id=f"{prefix}-spread", **about)


def spread_update(entry: Entry) -> dict[str, Any]:
    """The slider's update for another model. It keeps its value: all these options scale noise, and 1 leaves it."""
    return gr.update(**_look(entry))


def spread_option(entry: Entry, value: Any) -> dict[str, Any]:
    """The option of a request that says so; none for a model without."""
    name = _name(entry)
    return {} if name is None else {name: value}


def read_spread(entry: Entry, said: Any) -> float:
    """As a link says it; 1 where it says nothing, or the model has no such option. Raises InvalidOption."""
    name = _name(entry)
    return 1.0 if name is None or said is None else entry.kind_class.Options.fields()[name].read(said)


def _name(entry: Entry) -> str | None:
    known = entry.kind_class.Options.fields() if entry.kind else {}
    return next((name for name in NAMES if name in known), None)


def _look(entry: Entry) -> dict[str, Any]:
    name = _name(entry)
    if name is None:
        return {"visible": False}
    option = entry.kind_class.Options.fields()[name]
    ends = {"minimum": option.control.low, "maximum": option.control.high, "step": option.control.step}
    return {**ends, "label": option.title, "info": option.help, "visible": True}
