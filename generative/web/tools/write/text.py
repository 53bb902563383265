"""Texts whose every character is as dark as it was surprising, and what the first of them looks back at.

Its value is {"texts": [{"seed", "characters": [[character, bits]], "begun", "mean"}], "layers", "attention"}: begun:
characters of the beginning; mean: bits per character after it; attention: base64 of the bytes of (layers, T, T), of the
first text, how much each character's writing looked at the start and at every character before it, out of 255.
"""

import base64
from typing import Any

from generative.answers import Written
from generative.web.widgets.widget import Widget


class Text(Widget):
    """Texts, a slider along the first, and its attention."""

    files = "tools/write/text"


def texts(written: Written, first: int) -> dict[str, Any]:
    """The value for texts of consecutive seeds."""
    end = written.alphabet[0]
    rows = [
        {
            "seed": seed,
            "characters": [[c, round(b, 2)] for c, b in zip(text + end, bits.tolist(), strict=False)],
            "begun": written.begun,
            "mean": round(mean, 2),
        }
        for seed, (text, bits, mean) in enumerate(zip(written.texts, written.bits, written.means, strict=True), first)
    ]
    shares = (255 * written.attention.float().mean(1)).round().byte()
    told = base64.b64encode(bytes(shares.flatten().tolist())).decode()
    return {"texts": rows, "layers": len(shares), "attention": told}
