"""Latent diffusion: Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", 2022.

DDPM in the latents of a KL autoencoder (kl_autoencoder.py), which are small pictures of four channels, told a sentence
by cross-attention: every place of a picture asks every word of the sentence what it has to say (section 3.3). In
training one sentence of ten is left out, for classifier-free guidance.

Deviations: the text encoder is small and learns along; the mean of the encoded words is told with the time as well
(Podell et al., "SDXL", 2023, section 2.2), without which a short training does not learn to listen; latents are folded
2×2 into channels first, as the pixels of the other diffusion models here are. Before the last step pictures are
previews, by the autoencoder's linear decoder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.conditions import Caption
from generative.errors import InvalidOption
from generative.models.autoencoders.kl_autoencoder import KLAutoencoder, KLAutoencoderConfig
from generative.models.diffusion.between import Between
from generative.models.diffusion.ddpm import DDPMConfig, Scheduled
from generative.models.diffusion.latents import InLatents
from generative.models.diffusion.listening import Hearing
from generative.models.sentences import SentenceEncoder, untold
from generative.seeds import Seeds

NEVER = 10_000.0  # what a score of attention is lowered by where nothing is to be heard


def heard_of(said: Tensor, share: Tensor) -> Tensor:
    """(N, S) what is added to the scores of words, so that they count by their sentence's share (N,): its logarithm."""
    weight = share.log().clamp_min(-NEVER)[:, None].expand(said.shape)
    return torch.where(said, weight, -NEVER)


@dataclass(frozen=True)
class LatentDiffusionConfig(DDPMConfig, KLAutoencoderConfig):
    """The autoencoder's, and that of the UNet over its latents. text_width, text_layers: of the sentence's encoder.
    heads: of all attention."""

    can_be_told = ("caption",)
    least: ClassVar[Mapping[str, Any]] = {
        **DDPMConfig.least,
        **KLAutoencoderConfig.least,
        "fold": 1,
        "text_width": 8,
        "text_layers": 1,
        "heads": 2,
    }
    channels: tuple[int, ...] = (96, 112)
    attention: tuple[bool, ...] = (True, True)
    layers_per_block: int = 1
    text_width: int = 96
    text_layers: int = 2
    heads: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        if -self.side % (multiple := self.fold * 2 ** (len(self.channels) - 1)) % 2:
            raise InvalidOption(f"A latent of {self.side} places cannot be padded to a multiple of {multiple}", "size")

    @classmethod
    def tiny(cls, classes: tuple[str, ...] = ("a", "b", "c"), **changes: Any) -> "LatentDiffusionConfig":
        """For tests, told sentences of `classes`, its words."""
        return super().tiny((), **{"told": (Caption(tuple(classes), 4),) if classes else (), **changes})

    @property
    def canvas(self) -> tuple[int, int]:
        """Channels, and height and width, of a latent."""
        return self.latent, self.side

    @property
    def sentence(self) -> Caption:
        """What it is told; where the data set has no sentences, one without words."""
        return next((condition for condition in self.told if isinstance(condition, Caption)), Caption((), 1))


class LatentDiffusion(Scheduled, Hearing, Between, InLatents):
    title = "Latent diffusion"
    paper = "https://arxiv.org/abs/2112.10752"
    Config = LatentDiffusionConfig
    weights = {
        "unet/diffusion_pytorch_model.safetensors": "unet",
        "text.safetensors": "encoder",
        "summary.safetensors": "summary",
        "autoencoder.safetensors": "autoencoder",
    }
    config: LatentDiffusionConfig

    def __init__(self, config: LatentDiffusionConfig) -> None:
        super().__init__(config)
        told = config.sentence
        self.encoder = SentenceEncoder(
            len(told.vocabulary), told.length, config.text_width, config.text_layers, config.heads
        )
        wide = 4 * config.channels[0]
        self.summary = nn.Sequential(nn.Linear(config.text_width, wide), nn.SiLU(), nn.Linear(wide, wide))
        own = ("size", "image_channels", "unshuffle", "widths", "latent")
        self.autoencoder = KLAutoencoder(KLAutoencoderConfig(**{name: getattr(config, name) for name in own}))
        self.autoencoder.requires_grad_(False).eval()

    def network(self, attention: Sequence[bool], **about: Any) -> Any:
        """The UNet, with attention to a sentence wherever it has attention."""
        from diffusers import UNet2DConditionModel  # which takes seconds

        from generative.models.diffusion.watched import Watched

        unet = UNet2DConditionModel(
            down_block_types=["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in attention],
            up_block_types=["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(attention)],
            cross_attention_dim=self.config.text_width,
            attention_head_dim=self.config.heads,  # which is how diffusers calls the number of heads
            class_embed_type="identity",  # what `summary` makes of the sentence
            **about,
        )
        unet.set_attn_processor(Watched())
        return unet

    def train(self, mode: bool = True) -> "LatentDiffusion":
        """The autoencoder has learnt already."""
        super().train(mode)
        self.autoencoder.eval()
        return self

    def forward(self, x_t: Tensor, t: Tensor, told: Tensor, seen: list[Tensor] | None = None) -> Tensor:
        """What the network says of folded latents at timesteps t, 0-d or (N,), told sentences (N, length) int64.

        seen: takes the shares of attention, of each layer (N, heads, places, 1 + length).
        """
        different, which = told, torch.arange(len(told), device=told.device)
        if not self.training:  # most often all images are told the same
            different, which = told.unique(dim=0, return_inverse=True)
        words, said, gist = self.heard(different)
        return self.unet(
            x_t,
            t,
            words[which],
            class_labels=self.summary(gist)[which],
            encoder_attention_mask=said[which],
            cross_attention_kwargs=None if seen is None else {"seen": seen},
        ).sample

    def heard(self, told: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of sentences (N, S) their encoded words (N, 1 + S, width), where something was said (N, 1 + S) bool, and the
        mean of that (N, width)."""
        words, said = self.encoder(told)
        weight = said[:, 0, 0, :, None].to(words)
        return words, said[:, 0, 0], (words * weight).sum(1) / weight.sum(1)

    def hear_both(self, x_t: Tensor, t: Tensor, told: Tensor, other: Tensor, share: Tensor) -> Tensor:
        """As `forward`, told the words of both, those of `other` with their share (N,)."""
        (words, said, gist), (more, too, rest) = self.heard(told), self.heard(other)
        bias = torch.cat([heard_of(said, 1 - share), heard_of(too, share)], 1)
        return self.unet(
            x_t,
            t,
            torch.cat([words, more], 1),
            class_labels=self.summary(torch.lerp(gist, rest, share[:, None].to(gist))),
            encoder_attention_mask=1 + bias / NEVER,  # of which diffusers makes (1 − mask) · −NEVER
        ).sample

    def untold(self, told: Tensor) -> Tensor:
        """The empty sentence, for as many images."""
        return untold(told)

    def asked(self, seeds: Seeds, condition: Any = None) -> Tensor:
        """(N, length) words of each image's sentence. Raises NotSupported or InvalidOption."""
        told = self.told(seeds, condition)
        return torch.zeros(len(seeds), 1, dtype=torch.int64, device=self.device) if told is None else told

    def fold(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → their latents, padded with 0 and folded into channels."""
        return F.pixel_unshuffle(F.pad(self.autoencoder.shrink(images), [self.padding] * 4), self.config.fold)

    def unfold(self, x: Tensor) -> Tensor:
        """Folded latents → the pictures that they stand for."""
        return self.autoencoder.draw(self.flat(x))

    def glimpse(self, x: Tensor) -> Tensor:
        """The same through the linear decoder."""
        return self.autoencoder.preview(self.flat(x))
