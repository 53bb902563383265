"""Pictures in words: what a data set says of each."""

from random import Random

from torch import Tensor

from generative.data.dataset import Dataset


def texts_about(dataset: Dataset, labels: Tensor, draw: Random) -> list[str]:
    """A true sentence about some of what each picture of labels (N, A) shows; of labels (N,), the class's name."""
    if dataset.sentences is None:
        return [dataset.classes[label] for label in labels.tolist()] if dataset.classes else [""] * len(labels)
    groups = dataset.attributes.items()
    shown = [{name: values[i] for (name, values), i in zip(groups, row, strict=True)} for row in labels.tolist()]
    return [dataset.sentences.make(values, draw) for values in shown]
