"""features: a probe on a model's features where labels are few, beside pixels and a network from nothing."""

import argparse
import json

from generative.commands.opening import open_engine
from generative.commands.runs import checked_place
from generative.commands.terminal import columns, say
from generative.inference.features.few_labels import METHODS, Accuracy, Learnt
from generative.inference.features.report import reported
from generative.inference.pictures.provenance import save_png


def features(arguments: argparse.Namespace) -> None:
    """Print the accuracies and how pure the clusters are, and save what is told wrongly."""
    target = checked_place(arguments.out, (".png",)) if arguments.out else None
    found = reported(open_engine(arguments), arguments.model, arguments.labels, arguments.seed, arguments.clusters)
    if target:
        save_png(found.sheet(), target, found.made())
    if arguments.json:
        return say(json.dumps(found.plain() | {"seed": arguments.seed, "out": arguments.out}, indent=2))
    table = [["LABELS A CLASS", *(name.upper() for name in METHODS.values())], *map(line, found.rows)]
    told = "Its training was told the classes of all pictures, so these features have seen labels."
    clusters = (
        f"k-means, {len(found.clusters.centres)} clusters: purity {found.clusters.purity:.1%}, "
        f"mutual information {found.clusters.information:.2f}"
    )
    notes = [columns(table), clusters, told if found.request.entry.told else "", arguments.out]
    say("\n".join(filter(None, notes)))


def line(one: Learnt) -> list[str]:
    """A row of the table."""
    return [str(one.each), *(share(one.accuracies[name]) for name in METHODS)]


def share(accuracy: Accuracy) -> str:
    """With the deviation from draw to draw."""
    spread = "" if accuracy.deviation is None else f" ± {100 * accuracy.deviation:.1f}"
    return f"{100 * accuracy.mean:.1f}{spread} %"
