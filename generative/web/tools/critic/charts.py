"""What a discriminator says, as HTML: pictures with their scores, how well it tells them apart, the nearest images."""

import html

import torch
from torch import Tensor

from generative.inference.likelihood.neighbours import Found
from generative.web.base.run import cells
from generative.web.widgets.pixels import data_url
from generative.web.widgets.plot.plot import Axis, Chart, Series

SCORE = "The probability of being real that the discriminator gives the picture: 0 is surely forged, 1 surely real"
TOLD_APART = (
    "The area under the ROC curve: how often a real picture scores above a forged one, over all pairs of the two. "
    "It needs no threshold, so it does not matter whether the scores as such are high or low"
)
RMSE = "Root mean square error: the root of the mean squared difference between pixel values, which go from 0 to 1"
UNTOLD = "Nobody told it what this is, so here is its score as each class."
EACH_VALUE = "Here is its score told nothing of the picture, and told one thing alone."
ALIKE = ", told to show what the real ones show"
AS_CLASSES = "As another class than its own a picture may well score high: no such pair was ever put before it. "
OWN = (
    "It has only ever compared training images with this generator's forgeries, so of anything else its score means "
    "little: noise, or a blank picture, may pass for real."
)
FEW = (
    "These are the first ones, which come with the app; where the data set itself lies on this machine, all are looked "
    "through."
)


def rows(
    real: Tensor,
    real_scores: Tensor,
    forged: Tensor,
    forged_scores: Tensor,
    first: int,
    ranked: bool,
    alike: bool = False,
) -> str:
    """Real and forged pictures (N, C, H, W), each with its score (N,); `first` is the seed of the first forged one.

    alike: whether the forged ones were drawn with the attributes of the real ones.
    """
    tests = [f"Test image {i + 1}" for i in range(len(real))]
    seeds = [f"Seed {first + i}" for i in range(len(forged))]
    return (
        f"<h3>Real: test images, which it never saw</h3>{row(real, real_scores, tests, ranked)}"
        f"<h3>Forged: drawn by the generator{ALIKE if alike else ''}</h3>{row(forged, forged_scores, seeds, ranked)}"
    )


def row(images: Tensor, scores: Tensor, names: list[str], ranked: bool) -> str:
    """Pictures with their scores under them; the most real first if `ranked`."""
    order = scores.argsort(descending=True, stable=True).tolist() if ranked else range(len(scores))
    return f'<div class="pictures">{"".join(figure(images[i], float(scores[i]), names[i]) for i in order)}</div>'


def figure(image: Tensor, score: float, name: str) -> str:
    """HTML of a picture (C, H, W) with its score below it."""
    words = html.escape(name)
    return (
        f'<figure title="{words}"><img src="{data_url(image)}" alt="{words}"><i style="--score: {score:.3f}"></i>'
        f'<figcaption title="{SCORE}">{score:.2f}</figcaption></figure>'
    )


def told_apart(real: Tensor, forged: Tensor) -> float:
    """How often one of `real` (M,) is above one of `forged` (N,), over all pairs; a tie counts half."""
    above, equal = real[:, None] > forged, real[:, None] == forged
    return float((above.float() + equal.float() / 2).mean())


def verdict(real: Tensor, forged: Tensor) -> str:
    """How well the scores (M,) of real and (N,) of forged pictures can be told apart, in words and as a chart."""
    share = 100 * told_apart(real, forged)
    items = [
        ("Real", f"{float(real.mean()):.2f} on average", f"{SCORE}. Over {len(real)} test images"),
        ("Forged", f"{float(forged.mean()):.2f} on average", f"{SCORE}. Over {len(forged)} drawn images"),
    ]
    return (
        f'<div class="two"><div class="verdict"><p class="figure" title="{TOLD_APART}"><b>{share:.0f} %</b> '
        "<abbr>of pairs told apart</abbr></p>"
        f"<p>Of a real and a forged picture, the real one scores higher in {share:.0f} of 100 cases. At 50 the "
        "discriminator is guessing: the forger has won. At 100 it sees through every forgery.</p>"
        f'<dl class="facts">{cells(items)}</dl></div>{chart(real, forged)}</div>'
    )


def chart(real: Tensor, forged: Tensor) -> str:
    """Every score as a tick on a scale from 0 to 1, real ones above forged ones, and a dot at the mean of each."""
    lanes = {"real": (1.0, real), "forged": (0.0, forged)}
    ticks = [Series([(score, at) for score in scores.tolist()], name, "ticks") for name, (at, scores) in lanes.items()]
    means = [Series([(float(scores.mean()), at)], name, "dots") for name, (at, scores) in lanes.items()]
    words = f"Scores of {len(real)} real pictures and of {len(forged)} forged ones"
    ends = [(0.0, "0, forged"), (0.5, "0.5"), (1.0, "1, real")]
    names = [(at, name) for name, (at, _) in lanes.items()]
    drawn = Chart(words, [*ticks, *means], Axis(0, 1, ends), Axis(-0.5, 1.5, names), height=112)
    return f'<figure class="scores">{drawn.to_html()}<figcaption>{words}; dots: their means</figcaption></figure>'


def own(image: Tensor, name: str, scores: dict[str, float], meant: str | None, real: Tensor, forged: Tensor) -> str:
    """A picture (C, H, W) that a visitor brought and its score as each class; for a model without classes as "",
    for one that is told attributes also as each value.

    meant: which of these it is, if that is known. Then it is placed among the scores of real and of forged pictures.
    """
    words, of_values = html.escape(name), "" in scores and len(scores) > 1
    bare = "told nothing" if of_values else "score"
    bars = "".join(
        f"<div{' class=meant' if label == meant else ''}><dt>{html.escape(label) or bare}</dt>"
        f'<dd title="{SCORE}"><i style="--score: {score:.3f}"></i>{score:.2f}</dd></div>'
        for label, score in scores.items()
    )
    unknown = EACH_VALUE if of_values else UNTOLD
    told = f"<p>{unknown if meant is None else place(words, meant, scores[meant], real, forged)}</p>"
    aside = AS_CLASSES if len(scores) > 1 and not of_values else ""
    return (
        f'<div class="own{" many" if of_values else ""}"><img src="{data_url(image)}" alt="{words}">'
        f"<dl>{bars}</dl></div>{told}"
        f'<p class="quiet">{aside}{OWN}</p>'
    )


def place(words: str, meant: str, score: float, real: Tensor, forged: Tensor) -> str:
    """A sentence on where a score lies among those of real and of forged pictures."""
    below = [100 * float((others < score).float().mean()) for others in (real, forged)]
    subject = f"{words}, as {html.escape(meant)}," if meant and html.escape(meant) != words else words
    return (
        f"{subject} scores {score:.2f}: above {below[0]:.0f} % of the test images and above {below[1]:.0f} % of the "
        "forgeries."
    )


def pairs(forged: Tensor, nearest: Found, reference: Tensor) -> str:
    """Each forged picture (N, C, H, W) beside the nearest training image, and whether that is nearer than is usual:
    `reference` (K,) are the distances of test images to theirs."""
    found, shown = nearest.images.float() / 255, []
    for i, distance in enumerate(nearest.distances.tolist()):
        name = f"Training image {int(nearest.indices[i]):,}"
        shown.append(
            f'<figure><img src="{data_url(forged[i])}" alt="Forged picture {i + 1}"><img src="{data_url(found[i])}" '
            f'alt="{name}" title="{name}"><figcaption title="{RMSE}">{distance:.3f} apart</figcaption></figure>'
        )
    medians = [float(torch.quantile(d, 0.5)) for d in (nearest.distances, reference)]
    aside = "" if nearest.whole else f' <span class="quiet">{FEW}</span>'
    return (
        f'<div class="pairs">{"".join(shown)}</div><p>Half of these forgeries are within '
        f'<abbr title="{RMSE}">{medians[0]:.3f}</abbr> of the nearest of {nearest.among:,} training images; half of '
        f"the test images above within {medians[1]:.3f} of theirs. Forgeries far nearer than test images would be "
        f"copies.{aside}</p>"
    )


def waiting(words: str) -> str:
    """HTML of what is said until there is something to see."""
    return f'<p class="quiet" role="status">{words}</p>'
