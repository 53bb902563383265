"""Does a model draw what it is told? Sentences about test images, whose attributes are known, or what such a sentence
tells for a model that is told attributes; and the classifier's word on what is drawn after them."""

from random import Random

import torch
from torch import Tensor
from tqdm import tqdm

from generative.conditions import Attributes, Caption
from generative.data.dataset import Dataset, Sentences, having
from generative.data.known import read
from generative.errors import NotSupported
from generative.evaluation import attributes
from generative.evaluation.figure import Measured, share
from generative.evaluation.reference import Reference, reference
from generative.evaluation.run import Run
from generative.models.model import Model, drain, to_bytes
from generative.seeds import Seeds

EACH = 4  # drawings of a sentence, which share the work of a run
WORDINGS = 200  # until a sentence tells a whole combination
Asked = tuple[str, dict[str, str]]  # a sentence, and what it tells


def asking(model: Model, run: Run) -> Measured:
    """Of a model that is told sentences or attributes: the share of what it is told that is found, and of drawings that
    show all of it; the first also where it is told a combination that is held out of training."""
    sentences, told = run.dataset.sentences, [c for c in model.config.told if isinstance(c, Caption | Attributes)]
    if sentences is None or not told:
        return Measured({})
    try:
        real = reference(run)
    except NotSupported:
        return Measured({})
    labels = read(run.dataset.id, "test", run.data, run.size)[1]
    usual = [one(sentences, run.dataset, row, Random(i)) for i, row in enumerate(labels[: run.samples // EACH])]
    unseen = held_out(sentences, run.dataset, labels, max(1, run.samples // (4 * EACH)))
    found = seen(model, usual, real, run)
    rare = seen(model, unseen, real, run)
    of = f"what {len(usual):,} sentences about test images tell, each drawn {EACH} times, that {real.extractor_id} sees"
    if isinstance(told[0], Attributes):
        of += ", told as attributes"
    whole = torch.tensor([all(hits) for hits in found])
    new = torch.tensor([hit for hits in rare for hit in hits])
    every = torch.tensor([hit for hits in found for hit in hits])
    figures = {
        "asked_found": share(every, f"Share of {of}."),
        "asked_whole": share(whole, f"Share of drawings that show all of {of}."),
    }
    if len(new):
        words = f"The same share of {len(unseen)} sentences that tell a combination which no training image has."
        figures["asked_unseen"] = share(new, words)
    return Measured(figures)


def one(sentences: Sentences, known: Dataset, row: Tensor, draw: Random) -> Asked:
    """A sentence about an image of labels (A,)."""
    shown = {name: values[i] for (name, values), i in zip(known.attributes.items(), row.tolist(), strict=True)}
    return sentences.describe(shown, draw)


def held_out(sentences: Sentences, known: Dataset, labels: Tensor, count: int) -> list[Asked]:
    """At most `count` sentences, combinations in turn, each of which tells one that is held out of training."""
    found = []
    rows = [labels[having(labels, combination, known.attributes)] for combination in known.held_out]
    for i in range(count):
        combination, those = known.held_out[i % len(rows)], rows[i % len(rows)]
        if i // len(rows) < len(those):
            told = (one(sentences, known, those[i // len(rows)], Random(draw)) for draw in range(WORDINGS))
            found += [next((asked for asked in told if combination.items() <= asked[1].items()), None)]
    return [asked for asked in found if asked is not None]


def seen(model: Model, asked: list[Asked], real: Reference, run: Run) -> list[list[bool]]:
    """Of each drawing after each sentence, which of what was told is seen in it."""
    images = []
    in_words = any(isinstance(condition, Caption) for condition in model.config.told)
    for i, (sentence, told) in enumerate(tqdm(asked, desc=f"{model.title}: told", unit="sentence", leave=False)):
        said = sentence if in_words else told
        images.append(drain(model.sample(Seeds(run.seed + i * EACH, EACH), condition=said)).images.cpu())
    if not images:
        return []
    logits = real.logits_of(to_bytes(torch.cat(images)) / 255, "what sentences tell")
    shown = attributes.shown(logits, run.dataset.attributes)
    return [
        [bool(having(row[None], {name: value}, run.dataset.attributes)) for name, value in asked[i // EACH][1].items()]
        for i, row in enumerate(shown)
    ]
