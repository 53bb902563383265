"""What both languages know: ``python -m generative.web.widgets.constants`` writes it for the browser."""

import json
from pathlib import Path

from generative.inference.latent.formula import MAX_CHARACTERS, STRONGEST
from generative.inference.pictures.grids import FRAME_MS, GAP
from generative.web.widgets.pixels import ACROSS, SCALES
from generative.web.widgets.stage.animation import MAX_FRAMES, MAX_SIZE, PANEL_GAP
from generative.web.widgets.stage.stage import MAX_FILE_BYTES

FILE = Path(__file__).parent / "kit" / "constants.js"
CONSTANTS = {
    "ACROSS": (ACROSS, "pictures in a row of a sheet"),
    "FRAME_MS": (FRAME_MS, "milliseconds of a frame, played and in an animation"),
    "GAP": (GAP, "pixels between the pictures of a saved grid"),
    "LARGEST_PICTURE": (2**26, "pixels of a saved picture"),
    "LONGEST_FORMULA": (MAX_CHARACTERS, "characters"),
    "MAX_FILE_BYTES": (MAX_FILE_BYTES, "of a file that is dropped"),
    "MAX_EXPORT_FRAMES": (MAX_FRAMES, "of an animation"),
    "MAX_EXPORT_CHARACTERS": (MAX_SIZE, "of base64, of an animation"),
    "PANEL_GAP": (PANEL_GAP, "pixels between two panels of a saved grid"),
    "SCALES": (SCALES, "sizes in which a picture can be saved: pixels a pixel"),
    "STRONGEST": (STRONGEST, "amount of an attribute in a formula, either way"),
}


def text() -> str:
    """The module that the browser reads."""
    lines = [f"export const {name} = {json.dumps(value)}; // {about}" for name, (value, about) in CONSTANTS.items()]
    head = "// Written by `python -m generative.web.widgets.constants`: what Python and the browser both know."
    return "\n".join([head, "", *lines, ""])


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
