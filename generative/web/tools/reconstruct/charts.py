"""Reconstructions as HTML: pictures side by side, the code between them, how odd a picture is."""

import html
import math
from dataclasses import replace

from torch import Tensor

from generative.answers import Likelihood
from generative.inference.latent.reconstruction import LARGEST_ERROR, Reconstruction, error_map
from generative.inference.pictures.heatmap import ANCHORS
from generative.library.entries import Entry
from generative.library.percentile import FILE, RECONSTRUCTION, percentile
from generative.web.base.run import cells
from generative.web.widgets.pixels import data_url
from generative.web.widgets.plot.charts import Scale, class_words, percentile_bar, verdict
from generative.web.widgets.plot.plot import Axis, Chart, Series

RMSE = "Root mean square error: the root of the mean squared difference between pixel values, which go from 0 to 1"
PSNR = "Peak signal-to-noise ratio, 10 log₁₀(1 / mean squared error), in decibels: 6 dB more is half the error"
ODDITY = Scale(
    "ordinary",
    "odd",
    "Comes back better than every test image",
    "Comes back worse than every test image",
    "of the test images come back better",
    "The percentile: of 100 test images, how many come back with a smaller error than this picture",
)
POSTERIOR = "q(z|x), the cloud of codes that the encoder answers with. The reconstruction decodes its centre"
NO_POSTERIOR = "This model answers with one code, not with a cloud of codes, so there is no other to draw."
NO_LIKELIHOOD = (
    '<p class="quiet">This model tells no likelihood. How far a picture comes back from what it was is all it says.</p>'
)
MEASURING = '<p class="quiet">Measuring its likelihood …</p>'
WHY = (
    "Nothing in the training of a plain autoencoder says where codes lie: one drawn at random mostly falls where the "
    "decoder never had to make a picture. A variational one is trained to keep its codes where its prior draws them."
)
CLEAN = (
    "The same picture through every autoencoder of this data set",
    "Add noise to see which of them can take it away.",
)
NOISY = (
    "The same noisy picture, restored by every autoencoder of this data set",
    "One that was trained on noisy pictures takes the noise away. One that never saw any takes it for a part of the "
    "picture.",
)
STRIP = 136  # screen pixels that a picture of the comparison is about wide


def pictures(made: Reconstruction, seed: int) -> str:
    """Of the first picture of `made`: what the encoder saw, what came back, how far apart they are, another draw."""
    noise = f'<abbr title="Standard deviation of the noise">noise σ = {made.noise:.2f}</abbr>'
    shown = noise if made.noise else "the picture as it is"
    back = "Restored" if made.noise else "Its reconstruction"
    stops = ", ".join(f"#{anchor}" for anchor in ANCHORS)
    scale = (
        f'<span class="scale" title="Root mean square over the colours; {LARGEST_ERROR} or more is brightest">'
        f'0 <i style="background: linear-gradient(to right, {stops})"></i> {LARGEST_ERROR}</span>'
    )
    return (
        '<div class="four">'
        + figure(made.shown[0], "What the encoder saw", shown)
        + figure(made.result[0], back, f"{rmse_words(made)} · {psnr_words(made)}")
        + figure(error_map(made.error[0]), "The difference", scale, "Error of each pixel")
        + draw(made, seed)
        + "</div>"
    )


def draw(made: Reconstruction, seed: int) -> str:
    """The same picture from a draw of the posterior, and a button for another; why there is none, if so."""
    if made.sample is None:
        caption = f'<figcaption><b title="{POSTERIOR}">No posterior</b></figcaption>'
        return f'<figure><p class="none">{NO_POSTERIOR}</p>{caption}</figure>'
    again = f'seed {seed} <button type="button" data-again>Draw another</button>'
    return figure(made.sample[0], f'<abbr title="{POSTERIOR}">A draw from its posterior</abbr>', again, "A draw")


def figure(image: Tensor, name: str, words: str, alt: str | None = None, kind: str = "") -> str:
    """A picture (C, H, W) with HTML under it; `alt` is `name` where it is left out."""
    return (
        f'<figure class="{kind}"><img src="{data_url(image)}" alt="{html.escape(alt or name)}">'
        f"<figcaption><b>{name}</b> <span>{words}</span></figcaption></figure>"
    )


def code(latent: Tensor) -> str:
    """(D,) as bars above and below zero."""
    values = latent.tolist()
    most = max(3.0, *map(abs, values))
    span = f"{signed(min(values))} to {signed(max(values))}"
    words = f"{len(values)} numbers from {span}: all that the decoder is told"
    ends = [(-most, signed(-most)), (0, "0"), (most, signed(most))]
    bars = Series(list(enumerate(values)), "code", "bars")
    chart = Chart(words, [bars], Axis(-0.5, len(values) - 0.5), Axis(-most, most, ends), height=96)
    return f'<figure class="code">{chart.to_html()}<figcaption>{words}.</figcaption></figure>'


def signed(value: float) -> str:
    """One digit after the point, with a true minus."""
    return f"{value:.1f}".replace("-", "−")


def rmse_words(made: Reconstruction) -> str:
    """HTML of the first picture's error, explained where the pointer rests."""
    return f'<abbr title="{RMSE}">RMSE {float(made.rmse[0]):.3f}</abbr>'


def psnr_words(made: Reconstruction) -> str:
    """HTML of the first picture's PSNR, explained where the pointer rests."""
    return f'<abbr title="{PSNR}">{decibels(float(made.psnr[0]))}</abbr>'


def decibels(psnr: float) -> str:
    """PSNR in dB; infinite for equal pictures."""
    return f"{psnr:.1f} dB" if math.isfinite(psnr) else "∞ dB"


def facts(made: Reconstruction) -> str:
    """The error of the first picture, how small its code is, and the code itself."""
    channels, height, width = made.images.shape[1:]
    of = f"{height * width:,} {'colour ' if channels > 1 else ''}pixels"
    dims = made.latents.shape[1]
    squeezed = f"What the encoder squeezes {made.images[0].numel():,} values into"
    items = [
        ("Error", f"{float(made.rmse[0]):.3f} of 1", RMSE),
        ("PSNR", decibels(float(made.psnr[0])), PSNR),
        ("Code", f"{of} → {dims} number{'s' if dims > 1 else ''}", squeezed),
    ]
    if made.tokens is not None:
        rows, columns = made.tokens.shape[1:]
        items[2] = ("Code", f"{of} → {rows}×{columns} tokens", squeezed)
    told = code(made.latents[0]) if made.tokens is None else grid(made.tokens[0])
    return f'<dl class="facts">{cells(items)}</dl>{told}'


def grid(tokens: Tensor) -> str:
    """(rows, columns) as a table of numbers on colours; codes that are alike have neighbouring numbers."""
    most = max(1, int(tokens.max()))
    rows = "".join(
        "<tr>" + "".join(f'<td style="--hue: {300 * token // most}">{token}</td>' for token in row) + "</tr>"
        for row in tokens.tolist()
    )
    count = tokens.unique().numel()
    words = f"{tokens.numel()} tokens, {count} different ones: all that the decoder is told"
    note = "Each number names an entry of the codebook; entries that are alike have neighbouring numbers and colours."
    caption = f"<figcaption>{words}. {note}</figcaption>"
    return f'<figure class="tokens"><table aria-label="{words}">{rows}</table>{caption}</figure>'


def compared(chosen: Entry, made: list[tuple[Entry, Reconstruction]]) -> str:
    """What several models made of one picture, the chosen one marked; with noise, the noisy picture before them."""
    first, parts = made[0][1], []
    if first.noise:
        parts.append(figure(first.shown[0], "The noisy picture", rmse_words(replace(first, result=first.shown))))
    for entry, one in made:
        kind, mark = ("chosen", ", the chosen one") if entry.id == chosen.id else ("", "")
        alt = f"Made by the {entry.title}{mark}"
        words = rmse_words(one) + ("<em>chosen</em>" if mark else "")
        parts.append(figure(one.result[0], html.escape(entry.title), words, alt, kind))
    side = first.images.shape[-1]
    width = max(1, round(STRIP / side)) * side  # whole screen pixels a pixel
    words, note = NOISY if first.noise else CLEAN
    return (
        f'<h2>{words}</h2><div class="strip" style="--width: {width}px">{"".join(parts)}</div>'
        f'<p class="quiet">{note}</p>'
    )


def oddness(entry: Entry, made: Reconstruction, likelihood: str) -> str:
    """Where a picture stands among the test images by its error, and beside that what `likelihood` says in HTML."""
    error = float(made.rmse[0])
    return (
        '<h2>How odd is this picture to the model?</h2><div class="two"><div class="verdict">'
        f'<p class="figure" title="{RMSE}"><b>{error:.3f}</b> <abbr>RMSE</abbr></p>'
        "<p>error of the reconstruction, without noise</p>"
        f"{standing(entry, percentile(entry.folder, error, RECONSTRUCTION))}</div><div>{likelihood}</div></div>"
    )


def standing(entry: Entry, rank: float | None) -> str:
    """`rank`: the percentage of test images that come back with a smaller error."""
    if rank is None:
        return unknown(entry, RECONSTRUCTION)
    return percentile_bar(rank, ODDITY)


def likelihood(entry: Entry, images: Tensor, found: Likelihood) -> str:
    """Where the one picture of `images`, (1, C, H, W), stands by its likelihood."""
    bits = float(found.bits_per_dim[0])
    rank = percentile(entry.folder, bits)
    words = verdict(bits, found.kind, rank, class_words(found, entry.classes), images[0].numel())
    return words if rank is not None else words + unknown(entry, FILE)


def unknown(entry: Entry, file: str) -> str:
    """HTML that says which file is missing, and the command that writes it."""
    command = f"python -m generative evaluate {html.escape(entry.id)}"
    return f'<p class="quiet">No percentile is known: {file} is missing here. <code>{command}</code> writes it.</p>'


def ranking(entry: Entry, names: list[str], made: Reconstruction) -> str:
    """Pictures in the order of their errors, the smallest first, each beside what came back, as an HTML table."""
    errors, rows = made.rmse.tolist(), []
    ranks = [percentile(entry.folder, error, RECONSTRUCTION) for error in errors]
    for place, i in enumerate(sorted(range(len(errors)), key=errors.__getitem__), start=1):
        rows.append(
            f'<tr><td>{place}</td><td><img src="{data_url(made.images[i])}" alt=""> '
            f'<img src="{data_url(made.result[i])}" alt=""></td><td>{html.escape(names[i])}</td>'
            f"<td>{errors[i]:.3f}</td>{'' if ranks[i] is None else f'<td>{ranks[i]:.0f} %</td>'}</tr>"
        )
    head = f'<th>Rank</th><th>In, out</th><th>Picture</th><th title="{RMSE}"><abbr>RMSE</abbr></th>'
    head += "" if None in ranks else f'<th title="{ODDITY.title}"><abbr>Test images better</abbr></th>'
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="Ranking">'
        f'<table class="figures ranking"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "<p>Smallest error first. What the model never learnt to make comes back wrong, which tells strangers from "
        "its own kind; but a blank or smooth picture comes back well whatever it shows.</p></div>"
    )


def drawn(rows: list[tuple[Entry, Tensor]]) -> str:
    """What models decode from codes drawn at random, (N, C, H, W) each, and why a plain autoencoder's are worse."""
    parts = []
    for entry, images in rows:
        title = html.escape(entry.title)
        pictures = "".join(f'<img src="{data_url(image)}" alt="">' for image in images)
        words = f"{len(images)} pictures that the {title} decodes from random codes"
        parts.append(
            f'<figure><div class="draws" role="img" aria-label="{words}">{pictures}</div>'
            f"<figcaption><b>{title}</b></figcaption></figure>"
        )
    return f'<h2>Codes drawn at random</h2>{"".join(parts)}<p class="quiet">{WHY}</p>'
