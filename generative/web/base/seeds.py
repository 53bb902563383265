"""The seed and what changes it: a die, and the press of the button that draws."""

from typing import Any

import gradio as gr

from generative.web.widgets.modules import address

ROLL = "() => 1 + Math.floor(Math.random() * 9999)"  # a longer one would leave no room for the name beside it
SEED_HELP = "The number that the noise is made from. The same seed draws the same image, in any batch, on any device."
NEXT = "base/next_seed.js"
NEXT_HELP = (
    "The noise is made from this number: the same seed draws the same image, in any batch, on any device. Each press "
    "takes the next one, unless it is locked."
)


def seed_row(elem_id: str) -> tuple[gr.Number, gr.Button]:
    """A seed field with a die beside it, which rolls in the browser."""
    with gr.Row(elem_classes="seed-row"):
        return _rolled(elem_id, info=SEED_HELP, min_width=120)


def lockable_seed_row(elem_id: str) -> tuple[gr.Number, gr.Button, gr.Checkbox]:
    """A seed field with a die and a lock, which keeps the seed that is in it: without it each run takes the next."""
    with gr.Row(elem_classes="seed-row lockable"):
        seed, dice = _rolled(elem_id, min_width=100)
        about = {"min_width": 76, "scale": 0, "interactive": True, "elem_classes": "lock"}
        lock = gr.Checkbox(False, label="Lock", elem_id=f"{elem_id}-lock", **about)
    gr.HTML(NEXT_HELP, elem_classes="note seed-note", padding=False)
    return seed, dice, lock


def _rolled(elem_id: str, **about: Any) -> tuple[gr.Number, gr.Button]:
    """A seed and its die. about: of the field."""
    seed = gr.Number(0, label="Seed", precision=None, interactive=True, elem_id=f"{elem_id}-seed", **about)
    dice = gr.Button("Roll", elem_id=f"{elem_id}-dice", min_width=76, scale=0, elem_classes="dice roll")
    dice.click(None, None, seed, js=ROLL, api_visibility="private")
    return seed, dice


def pressing(stage: str) -> str:
    """The script of a button that draws: of a seed, its lock and a face it makes the next seed, after those on show on
    the stage of that id, and a face that asks for a run. See next_seed.js."""
    find = f"document.querySelector('#{stage} .gen-stage')"
    return f"async (...values) => (await import({address(NEXT)})).pressed(...values, {find})"
