"""What models have in common that draw what an autoencoder decodes, told a sentence: they take over the autoencoder of
their data set, and are told of each picture in words, of which there are several."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor

from generative.conditions import Caption
from generative.data.dataset import Dataset, Sentences
from generative.errors import NotSupported
from generative.library import weights
from generative.models.model import Model
from generative.seeds import Seeds

LEFT_OUT = 0.1  # of sentences, so that a model also learns to draw untold
SENTENCES = 8  # about a picture; made when first wanted, since to make one takes longer than a GPU has time


def take_over(part: Model, root: Path, id: str, title: str) -> None:
    """Give `part`, the autoencoder in a model of that title, the weights of `id` below `root`.

    Raises NotSupported where there is none, or one of another shape.
    """
    if id not in weights.find(root):
        raise NotSupported(
            f"{title} draws what {id} decodes, which is not in {root}. Train it first: python -m generative train {id}"
        )
    learnt = weights.load(root / id)
    if learnt.config.plain() != part.config.plain():
        raise NotSupported(f"{id} is not the {part.title} that {title} was made for: their settings differ.")
    part.load_state_dict(learnt.state_dict())


@dataclass(frozen=True)
class Teller:
    """Says of pictures what their labels tell, in sentences that `caption` reads. made: those that it has said."""

    caption: Caption
    sentences: Sentences
    attributes: Mapping[str, tuple[str, ...]]
    made: dict[tuple[int, ...], np.ndarray] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, dataset: Dataset, caption: Caption | None) -> "Teller | None":
        """That of a data set's pictures; None where there is nothing to be told."""
        if caption is None or dataset.sentences is None:
            return None
        return cls(caption, dataset.sentences, dict(dataset.attributes))

    def words(self, labels: Tensor) -> Tensor:
        """(N, length) a sentence about each picture of labels (N, A), one in ten of them empty."""
        which = torch.randint(SENTENCES, (len(labels),)).tolist()
        told = np.stack([self.one((*row, i)) for row, i in zip(labels.tolist(), which, strict=True)])
        told[torch.rand(len(labels)).numpy() < LEFT_OUT] = 0
        return torch.from_numpy(told).to(labels.device)

    def one(self, about: tuple[int, ...]) -> np.ndarray:
        """(length,) the words of a sentence, by the labels of a picture and which of its SENTENCES it is."""
        if about not in self.made:
            shown = {name: values[i] for (name, values), i in zip(self.attributes.items(), about, strict=False)}
            said = self.sentences.make(shown, Random(repr(about)))
            self.made[about] = self.caption.tensor(said, Seeds(0))[0].numpy()
        return self.made[about]
