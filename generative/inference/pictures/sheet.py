"""Pictures that belong together beside one another, with words over them."""

import math
from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont, ImageOps
from torch import Tensor

from generative.inference.pictures.grids import to_pil
from generative.inference.pictures.heatmap import GAP, TEXT, fitting

LINE = TEXT + 2  # pixels of a line of words
SIDE = 224  # of a picture, about; a whole number of them for each of its own


def sheet(columns: Mapping[str, Tensor], captions: Sequence[str]) -> Image.Image:
    """Row i holds picture i of every column, (N, C, H, W) each, under caption i; the columns' names stand over them.

    Enlarged without smoothing; the rows are laid out in as many blocks as make the sheet about square.
    """
    rows = [[enlarged(image) for image in images] for images in zip(*columns.values(), strict=True)]
    step = rows[0][0].width + GAP // 2
    width, height = len(columns) * step - GAP // 2, rows[0][0].height + LINE
    across = min(len(rows), max(1, round(math.sqrt(len(rows) * height / width))))
    down = math.ceil(len(rows) / across)
    picture = Image.new("RGB", (across * (width + 2 * GAP), LINE + down * (height + GAP) + GAP), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(TEXT - 3)
    for i, (row, caption) in enumerate(zip(rows, captions, strict=True)):
        x, y = GAP + i % across * (width + 2 * GAP), GAP + LINE + i // across * (height + GAP)
        draw.text((x, y), fitting(caption, width, font), "black", font)
        for k, (name, image) in enumerate(zip(columns, row, strict=True)):
            picture.paste(image, (x + k * step, y + LINE))
            if i < across:
                draw.text((x + k * step, GAP), fitting(name, step, font), "#555", font)
    return picture


def enlarged(image: Tensor) -> Image.Image:
    """An image (C, H, W) in [0, 1] scaled by a whole number, so that its pixels stay squares."""
    return ImageOps.scale(to_pil(image), max(1, round(SIDE / max(image.shape[1:]))), Image.Resampling.NEAREST)
