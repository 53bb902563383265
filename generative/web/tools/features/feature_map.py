"""The map of test pictures by their features; its other half is feature_map.js.

Value, Python → browser: {"model", "sheet": the pictures in one, as an address, each in the colour of its class,
"across", "size": pictures in a row of it and pixels of each, "places": text of [[x, y], …], "names": what each shows,
"chosen": which is marked}. Browser → Python: {"model", "pick"}, which picture was chosen, by `picked`.
"""

import base64
import io
import json
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from generative.data.by_class import ByClass
from generative.errors import InvalidOption, check_integer, shown
from generative.inference.features.feature_map import plane
from generative.inference.features.few_labels import Perceived
from generative.library.entries import Entry
from generative.web.widgets.widget import Widget

EACH, ACROSS = 40, 20  # pictures of a class on the map, and of a row of the sheet
COLOURS = (
    (0, 114, 178), (213, 94, 0), (0, 135, 95), (181, 69, 127), (176, 125, 0),
    (86, 130, 233), (120, 80, 200), (0, 150, 170), (200, 60, 60), (110, 110, 110),
)  # fmt: skip


class FeatureMap(Widget):
    """Pictures where their features put them. `value` is a message."""

    files = "tools/features/feature_map"


def mapped(known: ByClass) -> Tensor:
    """(K·EACH,) which test pictures are on the map."""
    classes, there = known.test.shape[:2]
    return (torch.arange(classes)[:, None] * there + torch.arange(min(EACH, there))).flatten()


def message(entry: Entry, seen: Perceived, known: ByClass, chosen: int = 0) -> dict[str, Any]:
    """Turns the map to a model."""
    which = mapped(known)
    classes = [int(index) // known.test.shape[1] for index in which]
    places = plane(seen.test)[which]
    return {
        "model": entry.id,
        "sheet": coloured(known.test.flatten(0, 1)[which], classes),
        "across": ACROSS,
        "size": known.test.shape[-1],
        "places": json.dumps([[round(x, 4), round(1 - y, 4)] for x, y in places.tolist()]),
        "names": [known.kind.classes[k] for k in classes],
        "chosen": chosen,
    }


def picked(value: Any, known: ByClass) -> int:
    """Which test picture a visitor chose. Raises InvalidOption for what is no choice."""
    if not isinstance(value, dict):
        raise InvalidOption(f"A picture of the map was to be chosen, not {shown(value)}", "pick")
    which = mapped(known)
    return int(which[check_integer("pick", value.get("pick"), 0, len(which) - 1)])


def coloured(images: Tensor, classes: list[int]) -> str:
    """(N, C, H, W) uint8 as one picture inside an address: what is bright in the colour of its class."""
    brightness = images.float().mean(1)
    size, rows = images.shape[-1], -(-len(images) // ACROSS)
    sheet = torch.zeros(rows * ACROSS, size, size, 4)
    for i, of in enumerate(classes):
        sheet[i, ..., :3] = torch.tensor(COLOURS[of % len(COLOURS)], dtype=torch.float32)
        sheet[i, ..., 3] = brightness[i]
    pixels = sheet.view(rows, ACROSS, size, size, 4).transpose(1, 2).reshape(rows * size, ACROSS * size, 4)
    file = io.BytesIO()
    Image.fromarray(pixels.round().to(torch.uint8).numpy(), "RGBA").save(file, "WEBP", quality=80)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
