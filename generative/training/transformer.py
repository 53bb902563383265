"""Transformers: the surprise of every value or token, as for all that write one after the other."""

import math
from pathlib import Path
from random import Random
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.data.dataset import Dataset
from generative.data.described import texts_about
from generative.models.transformer.language import END, Language
from generative.models.transformer.var import VAR
from generative.models.transformer.vq_transformer import VQTransformer
from generative.training.autoregressive import SINES, PixelRecipe
from generative.training.recipe import Recipe
from generative.training.second_stage import Teller, take_over

BETAS = (0.9, 0.95)  # as GPT-3 was trained


class TransformerRecipe(PixelRecipe):
    """A faster rate than convolutions want, since the network is narrow and the run short."""

    configs = SINES
    minutes = 35
    learning_rate = 2e-3
    betas = BETAS


class VQTransformerRecipe(Recipe):
    """Tokens come from the VQ-VAE of the same data set, which has to be trained before; sentences are made from what
    each picture shows, newly worded every time."""

    configs = {"avatars": {"size": 64}, "fashion-mnist": {"grid": 7}, "mnist": {"grid": 7}}
    minutes = 40
    batch_size = 32
    learning_rate = 1.5e-3
    betas = BETAS
    recorded = True
    codes: ClassVar[str] = "vqvae"  # the kind of model that tokens come from
    model: VQTransformer | VAR
    teller: Teller | None = None

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Take over the VQ-VAE of the data set. Raises NotSupported where there is none, or one of another shape."""
        self.teller = Teller.of(dataset, self.model.config.sentence)
        take_over(self.model.vqvae, root, f"{dataset.id}/{self.codes}", self.model.title)

    def tokens(self, images: Tensor) -> Tensor:
        """(N, T) int64: what is learnt to be written for each of images (N, C, H, W)."""
        return self.model.vqvae.tokens(images).flatten(1).clone()

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean −log p of a token, in nats."""
        with torch.no_grad():
            tokens = self.tokens(images)
        words = None if self.teller is None else self.teller.words(labels)
        logits = self.networks["model"](tokens, words)
        loss = F.cross_entropy(logits.flatten(0, 1), tokens.flatten())
        return loss, {"bits_per_token": loss.detach() / math.log(2)}


class VARRecipe(VQTransformerRecipe):
    """With the tokens of a multi-scale VQ-VAE, all of them in one pass: one of a coarse scale counts as much as one of
    a fine one."""

    recorded = False
    codes = "multiscale-vqvae"
    model: VAR

    def tokens(self, images: Tensor) -> Tensor:
        """(N, T) int64, the coarsest scale first; what is left for a finer one is found in single precision."""
        with torch.autocast(images.device.type, enabled=False):
            return self.model.vqvae.pyramid(images).clone()


class LanguageRecipe(Recipe):
    """Learns what is said of pictures, newly worded every time, and sees none of them; where nothing can be said of
    them, the names of their classes."""

    minutes = 20
    batch_size = 64
    learning_rate = 2e-3
    betas = BETAS
    model: Language
    dataset: Dataset | None = None

    def prepare(self, dataset: Dataset, root: Path, data: str | Path | None = None) -> None:
        """Whose pictures the texts are about."""
        self.dataset = dataset

    def texts(self, labels: Tensor) -> list[str]:
        """What is said of each picture, in the characters that the model has."""
        if self.dataset is None:
            return [""] * len(labels)
        said = texts_about(self.dataset, labels, Random(int(torch.randint(2**31, ()))))
        return [self.model.spelt(text) for text in said]

    def loss(self, images: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean −log p of a character or of the end of a text, in nats."""
        tokens = self.model.numbers(self.texts(labels))
        logits = self.networks["model"](tokens)
        first = (tokens == END).cumsum(1) - (tokens == END).long() == 0  # nothing is learnt of what comes after the end
        loss = F.cross_entropy(logits[first], tokens[first])
        return loss, {"bits_per_character": loss.detach() / math.log(2)}
