"""Transformers: the surprise of every value or token, as for all that write one after the other."""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.data.dataset import Dataset
from generative.models.model import Model
from generative.models.transformer.vq_transformer import VQTransformer
from generative.training.autoregressive import PixelRecipe
from generative.training.recipe import Recipe
from generative.training.second_stage import Teller, take_over

BETAS = (0.9, 0.95)  # as GPT-3 was trained


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
    teller: Teller | None = None

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.optimisers = {"model": adam(model, self.learning_rate)}

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Take over the VQ-VAE of the data set. Raises NotSupported where there is none, or one of another shape."""
        self.teller = Teller.of(dataset, self.model.config.sentence)
        take_over(self.model.vqvae, root, f"{dataset.id}/vqvae", self.model.title)

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean −log p of a token, in nats."""
        with torch.no_grad():
            tokens = self.model.vqvae.tokens(images).flatten(1).clone()
        words = None if self.teller is None else self.teller.words(labels)
        logits = self.networks["model"](tokens, words)
        loss = F.cross_entropy(logits.flatten(0, 1), tokens.flatten())
        return loss, {"bits_per_token": loss.detach() / math.log(2)}


def adam(model: Model, rate: float) -> torch.optim.AdamW:
    """For what of a transformer learns."""
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    return torch.optim.AdamW(learning, rate, betas=BETAS, weight_decay=0.01)
