"""The pictures and the table that go with the avatars: python -m generative.data.avatars.sheet writes them."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from generative.data.avatars.labels import ATTRIBUTES, COUNTS, HELD_OUT, draw, values_of
from generative.data.avatars.parts import FINE, SIZE, Painter
from generative.data.dataset import BUNDLED, having
from generative.data.examples import ACROSS, GAP

HERE = Path(__file__).parent
EXAMPLES = 40  # bundled
IN_ROW, TEXT = 8, 16  # values in a row of the contact sheet, pixels of text above them
PEOPLE = [  # who is shown in each value
    dict(zip(ATTRIBUTES, words.split(", "), strict=True))
    for words in (
        "short hair, brown, light, none, none, smile, t-shirt, blue",
        "bob, red, dark, none, none, serious, jacket, yellow",
    )
]


def examples_picture() -> Image.Image:
    """The first test images, ACROSS in a row: what `generative.data.examples` cuts up."""
    step = FINE + GAP
    sheet = np.full((EXAMPLES // ACROSS * step - GAP, ACROSS * step - GAP, 3), 255, np.uint8)
    painter = Painter()
    for i, values in enumerate(values_of(draw("test", EXAMPLES))):
        y, x = i // ACROSS * step, i % ACROSS * step
        sheet[y : y + FINE, x : x + FINE] = painter.paint(values, FINE)
    return Image.fromarray(sheet)


def contact_sheet() -> Image.Image:
    """Two people in each value of each attribute: a row an attribute, the hair styles in two rows."""
    rows = [
        (name, values[i : i + IN_ROW]) for name, values in ATTRIBUTES.items() for i in range(0, len(values), IN_ROW)
    ]
    width, height = len(PEOPLE) * SIZE + 3 * GAP, SIZE + TEXT + 2 * GAP
    sheet = Image.new("RGB", (IN_ROW * width, len(rows) * height), "white")
    pen, font, painter = ImageDraw.Draw(sheet), ImageFont.load_default(11), Painter()
    for y, (name, values) in enumerate(rows):
        for x, value in enumerate(values):
            pen.text((x * width, y * height), f"{name}: {value}", "black", font)
            for i, person in enumerate(PEOPLE):
                picture = Image.fromarray(painter.paint({**person, name: value}))
                sheet.paste(picture, (x * width + i * (SIZE + GAP), y * height + TEXT))
    return sheet


def table() -> str:
    """Markdown: how often each value, and each combination that is held out, occurs in both splits."""
    labels = {split: draw(split, count) for split, count in COUNTS.items()}
    lines = ["| Attribute | Values, with their number of training and test images |", "|---|---|"]
    for name, values in ATTRIBUTES.items():
        lines.append(f"| {name} | {', '.join(f'{v} {counts(labels, {name: v})}' for v in values)} |")
    lines += ["", "| Held out | Training images | Test images |", "|---|---|---|"]
    for combination in HELD_OUT:
        words = ", ".join(f"{name}: {value}" for name, value in combination.items())
        lines.append(f"| {words} | {counts(labels, combination).replace(' + ', ' | ')} |")
    return "\n".join(lines) + "\n"


def counts(labels: dict[str, torch.Tensor], combination: dict[str, str]) -> str:
    """How many images of each split show a combination, as "train + test"."""
    return " + ".join(f"{int(having(rows, combination, ATTRIBUTES).sum()):,}" for rows in labels.values())


if __name__ == "__main__":
    examples_picture().save(BUNDLED / "avatars.png", optimize=True)
    contact_sheet().save(HERE / "contact-sheet.png", optimize=True)
    print(table())
