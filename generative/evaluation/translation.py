"""How near translated test pictures come: back again, to the truth where it is known, and to what a classifier should
see in them."""

from collections.abc import Mapping

import torch
from torch import Tensor
from tqdm import tqdm

from generative.data.dataset import having
from generative.errors import NotSupported
from generative.evaluation.attributes import seen, shown
from generative.evaluation.bootstrap import error_of_mean
from generative.evaluation.figure import Figure, Figures, Measured, share
from generative.evaluation.reference import extractor_folder, in_batches, scaled
from generative.evaluation.run import Run
from generative.inference.restoring.likeness import ssim
from generative.library import weights
from generative.models.gans.cyclegan import CycleGAN
from generative.models.gans.domains import Domain
from generative.models.model import drain
from generative.protocols import Classifies
from generative.seeds import Seeds

MOST, BATCH = 1000, 100  # test pictures each way, and of one pass
ERRORS = {  # of the figures of a translation: name, and what is measured
    "cycle_error": ("cycle_error", "what came back"),
    "disturbed_error": ("cycle_disturbed", "what came back of the disturbed translation"),
    "error": ("translated_error", "the translation, to the truth"),
    "honest_error": ("cycle_honest", "what came back of the truth"),
}


def translation(model: CycleGAN, run: Run) -> Measured:
    """Of the first test pictures of either kind, each translated once under default options, and back."""
    pictures, labels = run.read("test")
    classifier, figures, counts = judge(run), {}, {}
    for place, target in enumerate(model.pair.domains):
        source = model.pair.domains[1 - place]
        chosen = having(labels, source.where, run.dataset.attributes) if source.where else slice(None)
        images, of = pictures[chosen][:MOST].float() / 255, labels[chosen][:MOST]
        there, found = translated(model, images, target, run)
        figures |= errors(found, target, f"the first {len(images):,} test pictures that a {source.title} is made of")
        counts[target.name] = len(images)
        if classifier is not None:
            before, after = (recognised(classifier, each, run) for each in (source.made(images), there))
            figures |= attributes(run, target, of, before, after)
            if model.pair.prepares(place):
                figures |= adapted(run, of, before, after)
    return Measured(figures, {"translated": counts})


def judge(run: Run) -> Classifies | None:
    """The data set's classifier, where it tells attributes and lies there."""
    if not run.dataset.attributes:
        return None
    try:
        model = weights.load(extractor_folder(run.dataset, run.root), run.device)
    except NotSupported:
        return None
    return model if isinstance(model, Classifies) else None


def translated(model: CycleGAN, images: Tensor, target: Domain, run: Run) -> tuple[Tensor, Mapping[str, Tensor]]:
    """Translations (N, C, H, W) to `target`, and by name what was measured of each, (N,)."""
    there, found = [], {}
    parts = zip(images.split(BATCH), Seeds(run.seed, len(images)).batches(BATCH), strict=True)
    for part, seeds in tqdm(list(parts), desc=f"{model.title}: to {target.name}", leave=False):
        frame = drain(model.translate(part, seeds, target.name, prepared=True))
        likeness = ssim(frame.views["back"].images, frame.views["given"].images)
        there.append(frame.images.cpu())
        for name, values in {**frame.figures, "ssim": likeness}.items():
            found.setdefault(name, []).append(values.cpu())
    return torch.cat(there), {name: torch.cat(values) for name, values in found.items()}


def errors(found: Mapping[str, Tensor], target: Domain, pictures: str) -> Figures:
    """Means of root mean square errors and of the SSIM of what came back."""

    def mean(values: Tensor, words: str) -> Figure:
        return Figure(float(values.mean()), f"Mean of {pictures}: {words}.", error=error_of_mean(values.double()))

    figures = {f"cycle_ssim_to_{target.name}": mean(found["ssim"], "of what came back")}
    for name, (id, words) in ERRORS.items():
        if name in found:
            figures[f"{id}_to_{target.name}"] = mean(found[name], f"of {words}")
    return figures


def recognised(classifier: Classifies, images: Tensor, run: Run) -> Tensor:
    """(N, A) the likeliest value of each attribute of images (N, C, H, W)."""
    logits = in_batches(classifier.classify, scaled(images.to(run.device), classifier), "")
    return shown(logits, run.dataset.attributes)


def attributes(run: Run, target: Domain, labels: Tensor, before: Tensor, after: Tensor) -> Figures:
    """How often the wanted attribute is seen after translation, and how many others as before, where labels tell the
    kinds apart. labels, before, after: (N, A) values."""
    if not target.where:
        return {}
    ((name, value),) = target.where.items()
    column, count = list(run.dataset.attributes).index(name), f"{len(labels):,} test pictures"
    changed = after[:, column] == run.dataset.attributes[name].index(value)
    others = seen(labels, run.dataset)
    others[:, column] = False
    return {
        f"attribute_changed_to_{target.name}": share(
            changed, f'Share of {count} in which the classifier then sees "{name}: {value}".'
        ),
        f"attributes_kept_to_{target.name}": share(
            (after == before)[others],
            f"Share of all other attributes of {count} that the classifier sees as before.",
        ),
    }


def adapted(run: Run, labels: Tensor, before: Tensor, after: Tensor) -> Figures:
    """How many attributes a classifier of the data set's own pictures sees rightly in pictures of another kind, before
    and after they were translated to what it knows."""
    visible = seen(labels, run.dataset)
    words = f"Share of all attributes of {len(labels):,} test pictures that the classifier sees rightly in a drawing"
    right = [(values == labels)[visible] for values in (before, after)]
    return {
        "attributes_seen_before": share(right[0], f"{words}, of which it has never seen one."),
        "attributes_seen_after": share(right[1], f"{words} that was coloured in first."),
    }
