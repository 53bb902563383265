"""What few labels are worth, as a chart and a table; what is told wrongly; the most alike; clusters. All as HTML."""

import html
import math
from collections.abc import Mapping, Sequence

from torch import Tensor

from generative.data.by_class import ByClass
from generative.inference.features.feature_map import Clusters
from generative.inference.features.few_labels import COUNTS, METHODS, Accuracy, Learnt, Perceived, truth
from generative.inference.features.report import mistaken
from generative.web.tools.features.feature_map import COLOURS
from generative.web.widgets.pixels import data_url
from generative.web.widgets.plot.plot import Axis, Chart, Series

WRONG = 24  # pictures shown that are told wrongly
EXPLAINED = {
    "features": "A linear map from the model's features to the classes, fitted in closed form. The model's decoder or "
    "generator is thrown away, and the model itself learns nothing more",
    "pixels": "The same linear map from the 784 pixels themselves: what labels are worth without a model",
    "network": "A small convolutional network that has seen nothing but the labelled pictures",
}
PURITY = "The share of pictures that have the commonest class of their cluster. The clusters were told no class"
INFORMATION = "How much the clusters and the classes say of each other, normalised: 0 nothing, 1 all"


def chart(done: Mapping[int, Learnt], chosen: int) -> str:
    """Accuracy over the number of labels, with the deviation from draw to draw as upright bars."""
    counts = sorted(done)
    low = min(a.mean - (a.deviation or 0) for one in done.values() for a in one.accuracies.values())
    low = max(0.0, math.floor(10 * low) / 10)
    x = Axis(0, math.log10(COUNTS[-1]), [(math.log10(each), str(each)) for each in COUNTS])
    y = Axis(low, 1, [(low, f"{low:.0%}"), ((1 + low) / 2, f"{(1 + low) / 2:.0%}"), (1, "100 %")])
    series = []
    for name in METHODS:
        of = [(math.log10(each), done[each].accuracies[name]) for each in counts]
        series += [bar(at, accuracy, name) for at, accuracy in of if accuracy.deviation]
        series.append(Series([(at, accuracy.mean) for at, accuracy in of], name))
    drawn = Chart("Accuracy by the number of labels a class", series, x, y, [(math.log10(chosen), "true")], 230)
    names = "".join(f'<span class="{name}" title="{EXPLAINED[name]}">{words}</span>' for name, words in METHODS.items())
    return (
        f'<figure class="accuracies">{drawn.to_html()}<figcaption>Labels a class; share of test pictures told rightly, '
        f'upright: the deviation from draw to draw</figcaption><p class="legend">{names}</p></figure>'
    )


def bar(at: float, accuracy: Accuracy, kind: str) -> Series:
    """From one deviation below the mean to one above."""
    spread = accuracy.deviation or 0
    return Series([(at, accuracy.mean - spread), (at, accuracy.mean + spread)], kind)


def verdict(one: Learnt) -> str:
    """Of one number of labels: the three figures, and in words what the features are worth."""
    cells = "".join(
        f'<div class="{name}"><dt title="{EXPLAINED[name]}">{words}</dt><dd>{share(one.accuracies[name])}</dd></div>'
        for name, words in METHODS.items()
    )
    gain = 100 * (one.accuracies["features"].mean - one.accuracies["pixels"].mean)
    plural = "label" if one.each == 1 else "labels"
    worth = f"{abs(gain):.1f} points {'more' if gain >= 0 else 'less'} than raw pixels"
    return (
        f'<dl class="figures-of-three">{cells}</dl><p>With {one.each} {plural} a class, these features are worth '
        f"<b>{worth}</b>.</p>"
    )


def share(accuracy: Accuracy) -> str:
    """In percent, with the deviation."""
    spread = "" if accuracy.deviation is None else f" <small>± {100 * accuracy.deviation:.1f}</small>"
    return f"{100 * accuracy.mean:.1f} %{spread}"


def wrong(one: Learnt, known: ByClass) -> str:
    """Test pictures that the probe on features tells wrongly, with what they are and what is said."""
    images, words = mistaken(one, known)
    return f"<p>{len(words)} of {one.said.numel()} test pictures are told wrongly; some of each class:</p>" + pictures(
        images[:WRONG], words[:WRONG]
    )


def pictures(images: Tensor, words: Sequence[str], colours: Sequence[int] = ()) -> str:
    """Pictures with words under them; colours: of a frame around each, by class."""
    figures = []
    for i, (image, said) in enumerate(zip(images, words, strict=True)):
        framed = f' style="--of: rgb{COLOURS[colours[i] % len(COLOURS)]}"' if colours else ""
        told = html.escape(said)
        figures.append(
            f'<figure{framed}><img src="{data_url(image)}" alt="{told}"><figcaption>{told}</figcaption></figure>'
        )
    return f'<div class="pictures">{"".join(figures)}</div>'


def alike(index: int, near: Tensor, known: ByClass) -> str:
    """A chosen test picture, and those whose features are nearest, each in the colour of its class."""
    places = [index, *near.tolist()]
    classes = truth(known)[places].tolist()
    same = sum(of == classes[0] for of in classes[1:])
    words = [known.kind.classes[of] for of in classes]
    images = known.test.flatten(0, 1)[places].float() / 255
    return (
        f"<p>The chosen one, and the {len(places) - 1} whose features are nearest: {same} of them are of its class, "
        f"{html.escape(words[0])}.</p>" + pictures(images, words, classes)
    )


def legend(known: ByClass) -> str:
    """The colours of the map."""
    names = "".join(
        f'<span style="--of: rgb{COLOURS[k % len(COLOURS)]}">{html.escape(name)}</span>'
        for k, name in enumerate(known.kind.classes)
    )
    return f'<p class="legend">{names}</p>'


def clusters(found: Clusters, seen: Perceived, known: ByClass, raw: Clusters) -> str:
    """The picture nearest to each centre, how many lie there and what most of them are; raw: clusters of pixels."""
    images, words, classes = [], [], []
    for k in range(len(found.centres)):
        members = (found.of == k).nonzero()[:, 0]
        if not len(members):
            continue
        of = truth(known)[members].bincount()
        most = int(of.argmax())
        middle = members[(seen.test[members] - found.centres[k]).square().sum(1).argmin()]
        images.append(known.test.flatten(0, 1)[middle].float() / 255)
        words.append(f"{len(members)}, {int(of[most]) / len(members):.0%} {known.kind.classes[most]}")
        classes.append(most)
    return (
        f'<p><abbr title="{PURITY}">Purity</abbr> <b>{found.purity:.0%}</b> (of pixels {raw.purity:.0%}), '
        f'<abbr title="{INFORMATION}">mutual information</abbr> {found.information:.2f} (of pixels '
        f"{raw.information:.2f}).</p>" + pictures(images, words, classes)
    )
