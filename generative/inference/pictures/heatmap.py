"""Numbers as colours: how surprised a model is by each pixel, and how strongly it reacts to it."""

import math
from bisect import bisect_right

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from generative.inference.pictures.grids import enlarged, to_pil

# "inferno" by Stéfan van der Walt and Nathaniel Smith (matplotlib, 2015; CC0) at 0, 0.1, … 1: even steps to the eye.
ANCHORS = ["000004", "170b3b", "420a68", "6b176e", "932667", "bb3755", "dd513a", "f3771a", "fca50a", "f6d644", "fcffa4"]
BITS = 8.0  # of surprise at the bright end of the scale, for one channel: a value that nothing was known of
DECADES = 4  # below the strongest reaction, to which sensitivities are told apart
GAP, TEXT, BAR = 8, 14, 12  # pixels between the pictures of a sheet, of a line of text, of the scale's bar


def colours(values: Tensor) -> Tensor:
    """(H, W) in [0, 1], clamped → (3, H, W) in [0, 1] from dark to light."""
    table = torch.tensor([[int(a[i : i + 2], 16) / 255 for i in (0, 2, 4)] for a in ANCHORS])
    at = values.nan_to_num().clamp(0, 1).float().cpu() * (len(table) - 1)
    below = at.long().clamp_max(len(table) - 2)
    return torch.lerp(table[below], table[below + 1], (at - below)[..., None]).permute(2, 0, 1)


def surprise_map(bits: Tensor, most: float = BITS) -> Tensor:
    """(C, H, W) bits → (3, H, W) in [0, 1]: each pixel's surprise, summed over its channels; `most` is the brightest.

    A picture of three channels can hold three times as many bits.
    """
    return colours(bits.sum(0) / most)


def sensitivity(field: Tensor) -> Tensor:
    """(H, W) in [0, 1], as `receptive_field` gives it → the same on a logarithmic scale, to be laid over a picture.

    Each tenth of a reaction is a step of a quarter; what is weaker than 1/1,000 still is a tenth, so that it shows, and
    only what the network cannot see, exactly zero, is 0.
    """
    field = field.nan_to_num().clamp(0, 1).float().cpu()
    strength = (1 + field.clamp_min(1e-30).log10() / DECADES).clamp(0.1, 1)
    return torch.where(field > 0, strength, 0.0)


def legend(width: int, most: float = BITS) -> Image.Image:
    """A horizontal scale of `width` pixels with ticks from 0 to `most` bits."""
    strip = Image.new("RGB", (width, BAR + TEXT + 6), "white")
    ramp = colours(torch.linspace(0, 1, width).expand(BAR, width))
    strip.paste(to_pil(ramp), (0, 0))
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(TEXT - 3)
    ticks = [0, most] if width < 80 else [most * i / 4 for i in range(5)]
    for tick in ticks:
        x = min(width - 1, round(tick / most * width))
        draw.line([(x, BAR), (x, BAR + 3)], fill="black")
        last = tick == most
        anchor = "lt" if tick == 0 else "rt" if last else "mt"
        draw.text((x, BAR + 6), f"{tick:g}{' bits' if last and width >= 160 else ''}", "black", font, anchor=anchor)
    return strip


def side_by_side(images: Tensor, bits: Tensor, captions: list[str]) -> Image.Image:
    """Pictures (N, C, H, W), each beside the heat map of its surprise in bits, (N, C, H, W) or of tokens (N, 1, H, W),
    over one scale.

    Enlarged without smoothing; the scale ends at eight bits a channel, or a token.
    """
    most = BITS * bits.shape[1]
    pairs = [pair(image, surprise_map(b, most)) for image, b in zip(images.cpu(), bits.cpu(), strict=True)]
    width, height = pairs[0].width, pairs[0].height + TEXT + 2
    across = min(len(pairs), max(1, round(math.sqrt(len(pairs) * height / width))))
    down = math.ceil(len(pairs) / across)
    scale = legend(across * (width + 2 * GAP) - 2 * GAP, most)
    sheet = Image.new("RGB", (scale.width + 2 * GAP, down * (height + GAP) + scale.height + 2 * GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(TEXT - 3)
    for i, (picture, caption) in enumerate(zip(pairs, captions, strict=True)):
        x, y = GAP + i % across * (width + 2 * GAP), GAP + i // across * (height + GAP)
        sheet.paste(picture, (x, y + TEXT + 2))
        draw.text((x, y), fitting(caption, width, font), "black", font)
    sheet.paste(scale, (GAP, sheet.height - scale.height - GAP))
    return sheet


def pair(image: Tensor, heat: Tensor) -> Image.Image:
    """Two pictures of one size next to each other, enlarged."""
    left, right = (enlarged(to_pil(t)).convert("RGB") for t in (image, heat))
    both = Image.new("RGB", (left.width + GAP // 2 + right.width, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + GAP // 2, 0))
    return both


def fitting(text: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    """The text on one line, its end replaced by "…" where it is wider than `width` pixels."""
    text = " ".join(text.split())
    if font.getlength(text) <= width:
        return text
    return text[: bisect_right(range(1, len(text)), width, key=lambda end: font.getlength(text[:end] + "…"))] + "…"
