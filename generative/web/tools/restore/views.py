"""What was left of a picture, and what comes of that with and without a model, as HTML."""

import html
from typing import Any

from torch import Tensor

from generative.inference.restoring.restoration import Restorations, Spoiled, likeness
from generative.web.base.run import Run, cells, seed_range
from generative.web.widgets.pixels import data_url

PSNR = "Peak signal-to-noise ratio, 10 log₁₀(1 / mean squared error), in decibels: 6 dB more is half the error"
SSIM = "Structural similarity: how alike two pictures are in local means, contrasts and shapes; 1 is the same"
MEAN = (
    "The mean of all restorations is nearer to the truth than most of them, and blurred: so is what a network learns "
    "that is trained to err least"
)


def figure(image: Tensor, name: str, words: str) -> str:
    """A picture (C, H, W) with HTML under it."""
    return (
        f'<figure><img src="{data_url(image)}" alt="{html.escape(name)}">'
        f"<figcaption><b>{html.escape(name)}</b> <span>{words}</span></figcaption></figure>"
    )


def near(told: dict[str, Any]) -> str:
    """PSNR and SSIM, each explained where the pointer rests."""
    decibels = "no difference" if told["psnr"] is None else f"{told['psnr']:.1f} dB"
    return f'<abbr title="{PSNR}">{decibels}</abbr> · <abbr title="{SSIM}">SSIM {told["ssim"]:.2f}</abbr>'


def left(spoiled: Spoiled, made: Restorations | None = None) -> str:
    """What is left, what is made of it without a model and, once there are several restorations, their mean."""
    plain = likeness(spoiled.plain, spoiled.truth)
    parts = [
        figure(spoiled.seen, "What is left", "all that the model is told; hatched is lost"),
        figure(spoiled.plain, f"Without a model: {spoiled.how}", near(plain)),
    ]
    if made and len(made.images) > 1:
        words = f'<abbr title="{html.escape(MEAN)}">Mean of the restorations</abbr>'
        parts.append(figure(made.images.mean(0), "Mean", near(made.mean)).replace("<b>Mean</b>", f"<b>{words}</b>"))
    return f'<div class="row">{"".join(parts)}</div>'


def facts(run: Run, made: Restorations) -> str:
    """What restoring took, and how near the restorations come."""
    rows = [row for row in made.rows if row["psnr"] is not None]
    items = [("Time", run.time, "From the request to the last picture")]
    if rows:
        mean = sum(row["psnr"] for row in rows) / len(rows)
        best = max(rows, key=lambda row: row["psnr"])
        plain = made.plain["psnr"]
        more = "" if plain is None else f", {mean - plain:+.1f} to {made.plain['how']}".replace("-", "−")
        items += [
            ("PSNR", f"{mean:.1f} dB{more}", f"Of the restorations, on average. {PSNR}"),
            ("SSIM", f"{sum(row['ssim'] for row in rows) / len(rows):.2f}", f"On average. {SSIM}"),
            ("Nearest", f"seed {best['seed']}, {best['psnr']:.1f} dB", "The one that comes nearest to the picture"),
        ]
    items.append(("Seeds", seed_range(run.request.seeds), "Each seed is another picture that fits what is left"))
    return f'<dl class="facts">{cells(items)}</dl>'
