"""Transformers: the surprise of every value or token, as for all that write one after the other."""

import math
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.data.dataset import Dataset, Sentences
from generative.errors import NotSupported
from generative.library import weights
from generative.models.model import Model
from generative.models.transformer.vq_transformer import VQTransformer
from generative.seeds import Seeds
from generative.training.autoregressive import PixelRecipe
from generative.training.recipe import Recipe

BETAS = (0.9, 0.95)  # as GPT-3 was trained
LEFT_OUT = 0.1  # of sentences, so that the model also learns to write untold


class TransformerRecipe(PixelRecipe):
    """A faster rate than convolutions want, since the network is narrow and the run short."""

    configs = {dataset: {"frequencies": 6} for dataset in ("fashion-mnist", "mnist", "avatars")}
    minutes = 35
    learning_rate = 2e-3

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.optimisers = {"model": adam(model, self.learning_rate)}


class VQTransformerRecipe(Recipe):
    """Tokens come from the VQ-VAE of the same data set, which has to be trained before; sentences are made from what
    each picture shows, newly worded every time."""

    configs = {"avatars": {"size": 64}, "fashion-mnist": {"grid": 7}, "mnist": {"grid": 7}}
    minutes = 40
    batch_size = 32
    learning_rate = 1.5e-3
    model: VQTransformer
    sentences: Sentences | None = None
    attributes: dict[str, tuple[str, ...]]

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.optimisers = {"model": adam(model, self.learning_rate)}

    def prepare(self, dataset: Dataset, root: Path) -> None:
        """Take over the VQ-VAE of the data set. Raises NotSupported where there is none, or one of another shape."""
        self.sentences, self.attributes = dataset.sentences, dict(dataset.attributes)
        id = f"{dataset.id}/vqvae"
        if id not in weights.find(root):
            raise NotSupported(
                f"{self.model.title} writes the tokens of {id}, which is not in {root}. Train it first: "
                f"python -m generative train {id}"
            )
        vqvae = weights.load(root / id)
        if vqvae.config.plain() != self.model.vqvae.config.plain():
            raise NotSupported(f"{id} is not the VQ-VAE that {self.model.title} was made for: their settings differ.")
        self.model.vqvae.load_state_dict(vqvae.state_dict())

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean −log p of a token, in nats."""
        with torch.no_grad():
            tokens = self.model.vqvae.tokens(images).flatten(1).clone()
        logits = self.networks["model"](tokens, self.words(labels))
        loss = F.cross_entropy(logits.flatten(0, 1), tokens.flatten())
        return loss, {"bits_per_token": loss.detach() / math.log(2)}

    def words(self, labels: Tensor) -> Tensor | None:
        """(N, length) a sentence about each picture, some of them empty; None for a model that is told none."""
        caption = self.model.config.sentence
        if caption is None or self.sentences is None:
            return None
        draw, rows = Random(int(torch.randint(2**31, ()))), []
        for row in labels.tolist():
            shown = {name: values[i] for (name, values), i in zip(self.attributes.items(), row, strict=True)}
            said = None if draw.random() < LEFT_OUT else self.sentences.make(shown, draw)
            rows.append(caption.tensor(said, Seeds(0)))
        return torch.cat(rows).to(labels.device)


def adam(model: Model, rate: float) -> torch.optim.AdamW:
    """For what of a transformer learns."""
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    return torch.optim.AdamW(learning, rate, betas=BETAS, weight_decay=0.01)
