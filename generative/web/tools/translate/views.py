"""A picture's way to another kind and back, and what is hidden on it, as HTML."""

import html
from typing import Any

from torch import Tensor

from generative.inference.translation import Translations
from generative.models.gans.domains import Pair
from generative.web.base.run import Run, as_code, cells
from generative.web.base.trials import pictures, table
from generative.web.widgets.pixels import data_url

RMSE = "Root mean square error: the root of the mean squared difference between pixel values, which go from 0 to 1"
SSIM = "Structural similarity: how alike two pictures are in local means, contrasts and shapes; 1 is the same"
MORE = 1.25  # from so many times the error on, something was hidden


def error(value: float) -> str:
    """An error, explained where the pointer rests."""
    return f'<abbr title="{RMSE}">error</abbr> {value:.3f}'


def figure(image: Tensor, name: str, words: str) -> str:
    """A picture (C, H, W) with its name and HTML under it."""
    name = html.escape(name[:1].upper() + name[1:])
    caption = f"<figcaption><b>{name}</b> <span>{words}</span></figcaption>"
    return f'<figure><img src="{data_url(image)}" alt="{name}">{caption}</figure>'


def journey(done: Translations, pair: Pair, place: int, noise: float) -> str:
    """There and back; the truth, where it is known; and what the picture in between hides."""
    at, row = done.stations(0), done.rows[0]
    source, target = pair.domains[1 - place], pair.domains[place]
    back = f'{error(row["cycle_error"])} · <abbr title="{SSIM}">SSIM</abbr> {row["cycle_ssim"]:.2f}'
    parts = [
        "<h3>There, and back again</h3>",
        line(
            figure(at["given"], source.title, "what is translated"),
            figure(at["images"], target.title, "what the one generator makes of it"),
            figure(at["back"], "back again", back),
        ),
    ]
    if "truth" in at:
        parts += [
            "<h3>The truth, which training never saw beside it</h3>",
            line(
                figure(at["truth"], "the truth", f"the translation: {error(row['error'])}"),
                figure(at["difference"], "difference, eightfold", "translation less truth; grey is none"),
                figure(at["honest"], "back from the truth", error(row["honest_error"])),
            ),
        ]
    parts += ["<h3>What is hidden in between?</h3>", line(*hidden(at, row, noise)), f"<p>{verdict(row, noise)}</p>"]
    return "".join(parts)


def hidden(at: dict[str, Tensor], row: dict[str, Any], noise: float) -> list[str]:
    """The disturbed picture and what comes back of it; without a truth also what the translation changed."""
    first = [figure(at["difference"], "changed, eightfold", "translation less picture; grey is nothing")]
    return [
        *([] if "truth" in at else first),
        figure(at["between"], "disturbed", f"noise of standard deviation {noise:g} on the translation"),
        figure(at["recovered"], "back from there", error(row["disturbed_error"])),
    ]


def verdict(row: dict[str, Any], noise: float) -> str:
    """In a sentence whether what came back had been hidden."""
    plain, disturbed = row["cycle_error"], row["disturbed_error"]
    if noise == 0:
        return "Nothing was disturbed. Give it some <i>noise in between</i>, and what is hidden there is lost."
    times = f"{disturbed / max(plain, 1e-6):.1f} times"
    if disturbed < MORE * plain:
        words = "so next to nothing was hidden: what came back stood there in plain sight"
        return f"Disturbed, it comes back with {times} the error, {words}."
    words = "of what came back, part was <b>hidden</b> in a pattern too faint to see, which the noise wipes out"
    return f"Disturbed, it comes back with {times} the error: {words}."


def line(*figures: str) -> str:
    return f'<div class="row">{"".join(figures)}</div>'


def gallery(done: Translations, pair: Pair, place: int) -> str:
    """Several pictures translated and back, a column each."""
    source, target = pair.domains[1 - place], pair.domains[place]
    names = {"given": source.title, "images": target.title, "back": "back again"}
    stations = [done.stations(i) for i in range(len(done.seeds))]
    shown = {
        (r, c): pictures(at[name][None], f"{words}, picture {c + 1}")
        for c, at in enumerate(stations)
        for r, (name, words) in enumerate(names.items())
    }
    feet = {"error, back": {(0, c): f"{row['cycle_error']:.3f}" for c, row in enumerate(done.rows)}}
    if "truth" in stations[0]:
        feet["error, to the truth"] = {(0, c): f"{row['error']:.3f}" for c, row in enumerate(done.rows)}
    title = f"{source.title} → {target.title} → back"
    columns = [str(c + 1) for c in range(len(stations))]
    return (
        f"<h3>{html.escape(title[:1].upper() + title[1:])}</h3>{table([*names.values()], columns, shown, title, feet)}"
    )


def facts(run: Run, done: Translations) -> str:
    """What translating took, and how near what came back is."""
    row = done.rows[0]
    items = [
        ("Time", run.time, "There, back, and back again from the disturbed picture"),
        ("Cycle error", f"{row['cycle_error']:.3f}", f"Of the picture that came back. {RMSE}"),
        ("Cycle SSIM", f"{row['cycle_ssim']:.2f}", f"Of the picture that came back. {SSIM}"),
        ("Disturbed", f"{row['disturbed_error']:.3f}", f"Of what came back of the disturbed picture. {RMSE}"),
    ]
    if row["error"] is not None:
        items.append(("To the truth", f"{row['error']:.3f}", f"Of the translation. {RMSE}"))
    return f'<dl class="facts">{cells(items)}</dl>{as_code(run.request)}'
