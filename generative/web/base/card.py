"""What a tab tells of the model in use: its sample sheet, where it comes from, its training curve, its figures."""

import html
from functools import cache
from pathlib import Path
from typing import Any

import torch
import torchvision.transforms.functional as TF
from PIL import Image

from generative.frame import Frame
from generative.inference.pictures.grids import GAP, columns
from generative.library.entries import Entry
from generative.web.widgets.plot.curve import curve
from generative.web.widgets.stage.stage import frame_message

FIGURES = {
    "fid": (
        "FID",
        "Fréchet distance between the features of drawn and of real images; 0 is the same. Lower is better.",
    ),
    "precision": ("Precision", "The share of drawn images that look like real ones."),
    "recall": ("Recall", "The share of real images that the model could have drawn: its variety."),
    "class_agreement": ("Class agreement", "How often a classifier sees the class that was asked for."),
    "bits_per_dim": (
        "Likelihood",
        "Bits that the model needs for each value of a test image (a pixel, or one of its colours). Lower is better.",
    ),
    "bits_per_dim_bound": (
        "Likelihood, at most",
        "Bits for each value of a test image that are sure to suffice: a bound. The true figure may be lower, so this "
        "one cannot be put beside an exact one.",
    ),
    "ssim": (
        "Structural similarity",
        "How alike test images and their reconstructions are in local means, contrasts and shapes; 1 is the same.",
    ),
    "denoised_rmse": ("Error out of noise", "Of what is restored from a noisy test image. Lower is better."),
    "direction_success_exchange": (
        "Arithmetic works",
        "How often a picture shows an attribute after its direction has been added to the latent.",
    ),
    "direction_leakage_exchange": ("Arithmetic leaks", "The share of other attributes that changed along with it."),
    "attribute_confidence": ("Clear attributes", "The share of drawn images that show every attribute clearly."),
    "nearest_training": (
        "Distance to training images",
        "How far drawn images are from the nearest training image. "
        "Far below that of test images would mean: memorised.",
    ),
    "accuracy": ("Accuracy", "The share of test images that are classified rightly."),
}


def sheet_message(entry: Entry, count: int = 16) -> dict[str, Any]:
    """The stage's message with the model's own sample sheet, or why there is none."""
    if entry.problem:
        return {"run": f"sheet {entry.id}", "error": f"{entry.title} is unavailable: {entry.problem}"}
    sheet = entry.folder / "samples.png"
    if not sheet.exists():
        return {"run": f"sheet {entry.id}", "notice": "Press Generate to draw the first images."}
    frame = Frame(tiles(sheet, entry.size)[:count], 1, 1, "sample sheet")
    captions = [entry.classes[i % len(entry.classes)] if entry.conditional else "" for i in range(count)]
    return frame_message(
        f"sheet {entry.id}",
        [frame],
        range(count),
        captions,
        f"Sample of {entry.title}",
        done=True,
        title="Samples that this model drew earlier",
    )


@cache
def tiles(sheet: Path, size: int) -> torch.Tensor:
    """The images of a sample sheet, (N, C, size, size) in [0, 1], cut out again."""
    picture = TF.to_tensor(Image.open(sheet))
    step, across = size + GAP, columns(64)
    return torch.stack(
        [
            picture[:, y : y + size, x : x + size]
            for y in range(0, across * step, step)
            for x in range(0, across * step, step)
        ]
    )


def card(entry: Entry) -> str:
    """The model's card as HTML: provenance, figures, training curve."""
    if entry.problem:
        return f"<p>{html.escape(entry.title)} is unavailable: {html.escape(entry.problem)}</p>"
    training = entry.training
    rows = [
        ("Trained on", training.get("data", "unknown")),
        ("Images seen", f"{training.get('images_seen', 0):,}"),
        ("Training time", f"{training.get('minutes', '?')} min on {training.get('device', 'unknown')}"),
        ("Parameters", f"{entry.parameters:,}"),
        ("Weights", f"{entry.file_size / 1e6:.2f} MB, half precision"),
        ("Model id", entry.id),
    ]
    facts = "".join(f"<tr><th>{k}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows)
    return (
        f'<div class="card"><div><table>{facts}{figures(entry)}</table></div>'
        f"<figure>{curve(entry.folder / 'training.csv')}</figure></div>"
    )


def figures(entry: Entry) -> str:
    """Table rows of what was measured, each with how it was measured as its tooltip."""
    rows = []
    for key, (title, why) in FIGURES.items():
        figure = entry.metrics.get(key)
        if isinstance(figure, dict) and "value" in figure:
            tip = html.escape(f"{why} Measured: {figure.get('how', '')}")
            rows.append(f'<tr title="{tip}"><th>{title}</th><td>{html.escape(tell(figure))}</td></tr>')
    return "".join(rows)


def tell(figure: dict[str, Any]) -> str:
    """A figure of metrics.json in words: "2.91 bits/dim (exact)"."""
    value, unit = figure["value"], figure.get("unit", "")
    kind = f" ({figure['kind']})" if "kind" in figure else ""
    if unit in ("share", "fraction"):
        return f"{100 * value:.1f} %{kind}"
    return f"{value:.3g} {unit}{kind}".replace("  ", " ").strip()
