"""A UNet over folded images, which is told a class or attributes: the network of models that denoise or have an energy.

It is diffusers' UNet2DModel. Images are folded 2×2 into channels first: a quarter of the positions, the same pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch.nn.functional as F
from torch import Tensor

from generative.models.attribute_embedding import AttributeEmbedding
from generative.models.model import ImageConfig, Model


@dataclass(frozen=True)
class FoldedConfig(ImageConfig):
    can_be_told = ("class", "attributes")
    fold: int = 2
    channels: tuple[int, ...] = (48, 96, 112)
    layers_per_block: int = 1

    @property
    def canvas(self) -> tuple[int, int]:
        """Channels, and height and width, of what is folded: the image itself."""
        return self.image_channels, self.size


class FoldedUNet(Model):
    """attention: whether each level of the UNet has it. about: what else UNet2DModel is to be given."""

    weights: ClassVar[Mapping[str, str]] = {"unet/diffusion_pytorch_model.safetensors": "unet"}

    def __init__(self, config: FoldedConfig, attention: Sequence[bool], **about: Any) -> None:
        super().__init__(config)
        self.no_class = len(config.classes)  # the label that stands for none
        channels, size = config.canvas
        self.padding = -size % (config.fold * 2 ** (len(config.channels) - 1)) // 2
        self.unet = self.network(
            attention,
            sample_size=(size + 2 * self.padding) // config.fold,
            in_channels=channels * config.fold**2,
            out_channels=channels * config.fold**2,
            layers_per_block=config.layers_per_block,
            block_out_channels=config.channels,
            norm_num_groups=16,
            **about,
        )

    def network(self, attention: Sequence[bool], **about: Any) -> Any:
        """The UNet, of what `about` says."""
        from diffusers import UNet2DModel  # which takes seconds

        unet = UNet2DModel(
            down_block_types=["AttnDownBlock2D" if a else "DownBlock2D" for a in attention],
            up_block_types=["AttnUpBlock2D" if a else "UpBlock2D" for a in reversed(attention)],
            num_class_embeds=len(self.config.classes) + 1,
            **about,
        )
        if self.config.attributes:
            unet.class_embedding = AttributeEmbedding(self.config.attributes, 4 * self.config.channels[0])
        return unet

    @property
    def latent_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of folded images."""
        return (self.unet.config.in_channels, *[self.unet.config.sample_size] * 2)

    def companions(self) -> dict[str, dict[str, Any]]:
        """The UNet's configuration, with which diffusers opens the folder."""
        return {"unet/config.json": readable(self.unet.config, type(self.unet).__name__)}

    def fold(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → what the network works on: [−1, 1], padded with −1 and folded into channels."""
        return F.pixel_unshuffle(F.pad(images * 2 - 1, [self.padding] * 4, value=-1.0), self.config.fold)

    def flat(self, x: Tensor) -> Tensor:
        """(N, *latent_shape) → (N, C, H, W), the same values as the pixels lie."""
        x = F.pixel_shuffle(x, self.config.fold)
        end = x.shape[-1] - self.padding
        return x[..., self.padding : end, self.padding : end].float()


def readable(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A configuration as diffusers reads it; which values are defaults, a set in no order, it does not need."""
    return {**{k: v for k, v in config.items() if k != "_use_default_values"}, "_class_name": name}
