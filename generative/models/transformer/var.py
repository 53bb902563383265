"""A transformer that writes pictures from coarse to fine, a scale at a time, told a sentence: VAR.

Tian et al., "Visual Autoregressive Modeling: Scalable Image Generation via Next-Scale Prediction", 2024. Where the VQ
transformer writes 64 tokens one after the other, this one writes 1, 4, 16 and 64 in four passes, each of which sees the
whole picture as it is so far (scale_writer.py), in the codes of a multi-scale VQ-VAE
(autoencoders/multiscale_vqvae.py). Deviation: it is told by attention to an encoded sentence, as the VQ transformer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.frame import Frame
from generative.models.autoencoders.multiscale_vqvae import MultiScaleVQVAE, MultiScaleVQVAEConfig
from generative.models.model import Model
from generative.models.transformer.scale_writer import ScaleRun, ScaleWriter
from generative.models.transformer.token_run import ChoiceOptions
from generative.models.transformer.vq_transformer import VQTransformerConfig
from generative.seeds import Seeds


@dataclass(frozen=True)
class VARConfig(VQTransformerConfig):
    channels: int = 24
    dims: int = 16
    width: int = 128
    layers: int = 5


class VAR(Model):
    family = "transformer"
    title = "VAR"
    paper = "https://arxiv.org/abs/2404.02905"
    Config = VARConfig
    Options = ChoiceOptions
    weights: Mapping[str, str] = {"model.safetensors": "writer", "multiscale-vqvae.safetensors": "vqvae"}

    def __init__(self, config: VARConfig) -> None:
        super().__init__(config)
        self.writer = ScaleWriter(config)
        own = ("size", "image_channels", "channels", "grid", "codes", "dims")
        autoencoder = MultiScaleVQVAE(MultiScaleVQVAEConfig(**{name: getattr(config, name) for name in own}))
        self.vqvae = autoencoder.requires_grad_(False).eval()

    def forward(self, tokens: Tensor, words: Tensor | None) -> Tensor:
        """(N, T, codes) logits of tokens (N, T), the coarsest scale first, each given those of coarser scales and a
        sentence (N, length)."""
        with torch.no_grad(), torch.autocast(tokens.device.type, enabled=False):
            sums = list(self.vqvae.sums(tokens))[:-1]
        return self.writer(sums, words)

    def train(self, mode: bool = True) -> "VAR":
        """The autoencoder has learnt already."""
        super().train(mode)
        self.vqvae.eval()
        return self

    def evaluations(self, options: ChoiceOptions) -> int:
        """One for each scale, two with guidance."""
        guided = options.guidance_scale != 1 and self.config.sentence is not None
        return len(self.writer.sides) * (2 if guided else 1)

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: ChoiceOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """A frame a scale. views: "entropy" in bits and "probability" of each token of the scale.

        The last frame's figures: "bits_per_token" and, where a sentence was told, "bits_from_sentence", as the VQ
        transformer's.
        """
        yield from ScaleRun(self, seeds, self.told(seeds, condition), options or self.default_options).frames()

    def nats(self, tokens: Tensor, words: Tensor | None) -> Tensor:
        """(N, T) −ln p of each of tokens (N, T), given those of coarser scales and a sentence (N, length)."""
        logits = self(tokens, words)
        return F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="none").view_as(tokens)
