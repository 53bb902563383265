"""A transformer that writes the tokens of a VQ-VAE, told a sentence: pictures from words.

The decoder of Vaswani et al., "Attention Is All You Need", 2017, with its attention to an encoded sentence, over the
codes of van den Oord et al., "Neural Discrete Representation Learning", 2017, as in Ramesh et al., "Zero-Shot
Text-to-Image Generation" (DALL·E), 2021. In training one sentence of ten is left out, so that the sentence can be made
to count for more than it does: logits = untold + scale · (told − untold), Ho & Salimans, "Classifier-Free Diffusion
Guidance", 2022.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.answers import Attention, Cost, Likelihood
from generative.conditions import Caption
from generative.errors import InvalidOption, check_integer, shown
from generative.frame import Frame
from generative.models.autoencoders.vqvae import VQVAE, VQVAEConfig
from generative.models.autoregressive.completion import check_completion
from generative.models.model import Model
from generative.models.precision import whole_float32
from generative.models.sentences import untold
from generative.models.transformer.cost import cost
from generative.models.transformer.positions import spread
from generative.models.transformer.token_run import Kept, TokenOptions, TokenRun
from generative.models.transformer.writer import Writer
from generative.seeds import Seeds


@dataclass(frozen=True)
class VQTransformerConfig(VQVAEConfig):
    """The VQ-VAE's, and the transformer's: width, heads and layers; text_layers of the sentence's encoder."""

    can_be_told = ("caption",)
    least: ClassVar[Mapping[str, Any]] = {
        **VQVAEConfig.least,
        "width": 8,
        "heads": 2,
        "layers": 2,
        "text_layers": 1,
    }
    width: int = 160
    heads: int = 4
    layers: int = 4
    text_layers: int = 2
    positions: str = "learnt"

    @property
    def sentence(self) -> Caption | None:
        """What it is told, if it is told something."""
        return next((condition for condition in self.told if isinstance(condition, Caption)), None)


class VQTransformer(Model):
    family = "transformer"
    title = "VQ transformer"
    paper = "https://arxiv.org/abs/2102.12092"
    Config = VQTransformerConfig
    Options = TokenOptions
    weights = {"model.safetensors": "writer", "vqvae.safetensors": "vqvae"}

    def __init__(self, config: VQTransformerConfig) -> None:
        super().__init__(config)
        self.writer = Writer(config)
        own = ("size", "image_channels", "channels", "grid", "codes", "dims")
        self.vqvae = VQVAE(VQVAEConfig(**{name: getattr(config, name) for name in own})).requires_grad_(False).eval()

    def forward(self, tokens: Tensor, words: Tensor | None) -> Tensor:
        """(N, T, codes) logits of tokens (N, T), given those before and a sentence (N, length)."""
        return self.writer(tokens, words)

    def train(self, mode: bool = True) -> "VQTransformer":
        """The VQ-VAE has learnt already."""
        super().train(mode)
        self.vqvae.eval()
        return self

    def evaluations(self, options: TokenOptions) -> int:
        """One for each token, two with guidance."""
        guided = options.guidance_scale != 1 and self.config.sentence is not None
        return self.config.grid**2 * (2 if guided else 1)

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: TokenOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """A frame a row of tokens, or a token. views: "entropy" in bits and "probability" of each token.

        The last frame's figures: "bits_per_token", how surprising what was written was among what it was drawn from,
        and, where a sentence was told, "bits_from_sentence" (`explained`).
        """
        yield from TokenRun(self, seeds, self.told(seeds, condition), options or self.default_options).frames()

    @torch.inference_mode()
    def complete(
        self,
        images: Tensor,
        mask: Tensor,
        seeds: Seeds,
        options: TokenOptions | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """Tokens that the mask touches are written anew, the others are those of the picture; pixels outside the mask
        stay as they are. A frame a row, or a token, that is written.

        The last frame's figures: "bits_per_token" of the whole as the model finds it, and, where candidates were
        weighed, "effective_candidates" and "ancestors". Raises InvalidOption as pixel models do.
        """
        self.check_images(images)
        check_completion(images, mask, len(seeds), self.config.size)
        side = self.config.size // self.config.grid
        wanted = F.max_pool2d(mask[None].float(), side).flatten() > 0
        kept = Kept(images.to(self.device), mask.to(self.device), self.vqvae.tokens(images).flatten(1), wanted)
        words = self.told(seeds, condition)
        yield from TokenRun(self, seeds, words, options or self.default_options, kept).frames()

    @whole_float32
    @torch.inference_mode()
    def score(self, images: Tensor, labels: Tensor | None = None) -> Likelihood:
        """Exact, of the tokens that stand for a picture, which the sentences `labels`, (N, length), tell of; without
        them of any picture, as the model has learnt from empty sentences."""
        tokens, grid = self.vqvae.tokens(self.check_images(images)).flatten(1), self.config.grid
        side = self.config.size // grid
        nats = self.surprise(tokens, self._sentences(labels, len(images))) * math.log(2)
        parts = spread(nats, (grid, grid), (side, side))[:, None] / side**2
        return Likelihood(nats.sum(1), "tokens", grid**2, parts, together=side**2)

    @torch.inference_mode()
    def cost(self) -> Cost:
        """What one more token takes, the longer the sequence is."""
        return cost(self.writer.decoder)

    def surprise(self, tokens: Tensor, words: Tensor | None) -> Tensor:
        """(N, T) −log₂ p of each of tokens (N, T), given those before it and a sentence (N, length)."""
        logits = self.writer(tokens, words)
        return F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="none").view_as(tokens) / math.log(2)

    def explained(self, tokens: Tensor, words: Tensor) -> Tensor:
        """(N,) log₂ p(tokens | sentence) − log₂ p(tokens): how much less surprising a sentence makes what was written.
        The better of two drawings of one sentence is the one that it explains more of."""
        return (self.surprise(tokens, untold(words)) - self.surprise(tokens, words)).sum(1)

    def _sentences(self, labels: Tensor | None, count: int) -> Tensor | None:
        """(N, length) words; the empty sentence for None, and None for a model that is told none."""
        told = self.config.sentence
        if told is None:
            return self.check_labels(labels, count)
        if labels is None:
            return torch.zeros(count, told.length, dtype=torch.long, device=self.device)
        whole = isinstance(labels, Tensor) and labels.dtype == torch.int64
        if not whole or tuple(labels.shape) != (count, told.length):
            raise InvalidOption(
                f"A sentence is {told.length} numbers of words, for each of {count} images, not {shown(labels)}",
                "labels",
            )
        return labels.to(self.device)

    @torch.inference_mode()
    def attend(self, images: Tensor, row: int, column: int, condition: Any = None) -> Attention:
        """Where every head looks when the token at a pixel of images (1, C, H, W) is written."""
        grid, size = self.config.grid, self.config.size
        side = size // grid
        row, column = check_integer("row", row, 0, size - 1), check_integer("column", column, 0, size - 1)
        tokens, words = self.vqvae.tokens(images[:1]).flatten(1), self.told(Seeds(0), condition)
        seen: list[Tensor] = []
        heard: list[Tensor] = []
        logits = self.writer(tokens, words, seen, heard)
        place = row // side * grid + column // side
        shares = torch.stack(seen)[:, 0, :, place]
        bits = F.cross_entropy(logits[0], tokens[0], reduction="none") / math.log(2)
        names = self._heard(words)
        listening = torch.stack(heard)[:, 0, ..., : len(names)] if heard else seen[0].new_zeros(1, 1, grid**2, 0)
        return Attention(
            spread(F.pad(shares[..., 1:], (0, 1)), (grid, grid), (side, side)),
            shares[..., 0].cpu(),
            "start",
            listening[..., place, :].cpu() if heard else shares[..., :0].cpu(),
            names,
            (row - row % side, column - column % side, side, side),
            spread(bits, (grid, grid), (side, side)),
            self.writer.positions().cpu(),
            spread(listening.mean((0, 1)).T, (grid, grid), (side, side)),
        )

    def _heard(self, words: Tensor | None) -> tuple[str, ...]:
        """What of a sentence (1, length) is attended to: what stands before it, then its known words."""
        caption = self.config.sentence
        if words is None or caption is None:
            return ()
        return ("(no word)", *(caption.vocabulary[number - 1] for number in words[0].tolist() if number))
