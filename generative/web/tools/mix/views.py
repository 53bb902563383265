"""A matrix of mixed faces, and whose attributes they have, as HTML."""

import html
import io
from base64 import b64encode
from collections.abc import Sequence

from generative.answers import Mixture
from generative.inference.engine.request import Request
from generative.inference.latent.mixing import Followed, mixing_sheet
from generative.inference.pictures.provenance import save_png
from generative.library.entries import Entry
from generative.library.reel import read_reel
from generative.web.widgets.pixels import data_url

SHARE = (
    "Of the pictures whose row and column differ in it, how many have it as the row's face has, seen by a classifier"
)
BY_CHANCE = (
    "Every picture is seen by a classifier, which is not the network that taught the generator. What follows neither "
    "face has become something third."
)
GREW = (
    "The same sixteen latents in the course of training, and under them how many images it had seen. It began with the "
    "smallest pictures; at set times layers for twice the size faded in."
)


def matrix(mixed: Mixture, request: Request) -> str:
    """Faces of the rows to the left, of the columns above, and what each pair makes."""
    rows = [f"Seed {seed}" for seed in request.seeds]
    columns = [f"Seed {request.inputs['columns'] + i}" for i in range(len(mixed.columns))]
    heads = "".join(f'<th scope="col">{face(im, name)}</th>' for im, name in zip(mixed.columns, columns, strict=True))
    lines = ""
    for row, name, images in zip(mixed.rows, rows, mixed.images, strict=True):
        cells = "".join(
            f'<td><img src="{data_url(image)}" alt="{name} in some layers, {other.lower()} in the others"></td>'
            for image, other in zip(images, columns, strict=True)
        )
        lines += f'<tr><th scope="row">{face(row, name)}</th>{cells}</tr>'
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="Mixed faces"><table>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{lines}</tbody></table></div>{kept(mixed, request)}"
    )


def face(image: object, name: str) -> str:
    """The picture of a seed over its name."""
    return f'<img src="{data_url(image)}" alt="{name}"><small>{name}</small>'


def kept(mixed: Mixture, request: Request) -> str:
    """The link of a matrix, and its picture, which brings it back where it is dropped."""
    file = io.BytesIO()
    save_png(mixing_sheet(mixed), file, request.plain())
    address = "data:image/png;base64," + b64encode(file.getvalue()).decode()
    return (
        f'<p class="kept"><a href="{html.escape(request.link())}">Link to this matrix</a> '
        f'<a href="{address}" download="mixed-{request.seeds.first}.png">Save it as PNG</a></p>'
    )


def followed(found: Sequence[Followed], depth: str | None) -> str:
    """A bar for each attribute: how often it came with the styles of the row."""
    if not found:
        return ""
    layers = f"{depth} layers" if depth else "layers that are ticked"
    bars = "".join(bar(one) for one in found)
    return (
        f"<h2>What comes with the {html.escape(layers)}</h2>"
        f'<dl class="bars" title="{SHARE}">{bars}</dl><p class="quiet">{BY_CHANCE}</p>'
    )


def grew(entry: Entry) -> str:
    """The film of its training, its moments beside one another; nothing without one."""
    reel = read_reel(entry.folder)
    if reel is None:
        return ""
    address = "data:image/webp;base64," + b64encode(reel.picture.read_bytes()).decode()
    last, batch = len(reel.steps) - 1, entry.training.get("batch_size", 1)
    moments = "".join(
        f'<figure><i role="img" aria-label="Sixteen faces after {step * batch:,} images" '
        f'style="background-position: 0 {100 * k / last:.2f}%"></i><figcaption>{step * batch:,}</figcaption></figure>'
        for k, step in enumerate(reel.steps)
    )
    return (
        f'<h2>How it grew</h2><p class="quiet">{GREW}</p>'
        f'<div class="film" style="--film: url(\'{address}\'); --moments: {len(reel.steps)}">{moments}</div>'
    )


def bar(one: Followed) -> str:
    """Of one attribute."""
    row, column = round(100 * one.row), round(100 * one.column)
    return (
        f'<div><dt>{html.escape(one.attribute)}</dt><dd><i style="--row: {row}%; --column: {column}%"></i>'
        f"{row} % as the row, {column} % as the column</dd></div>"
    )
