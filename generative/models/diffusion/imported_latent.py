"""Pipelines of diffusers that draw in the latents of an autoencoder: LDMPipeline, in those of a VQModel, and
DiTPipeline, in those of an AutoencoderKL.

DiT is Peebles & Xie, "Scalable Diffusion Models with Transformers", 2023: a transformer over 2×2 patches of the latent,
told the time and the class by adaptive layer norm. It says its variance too, of which its pipeline makes no use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from generative.errors import BadCheckpoint
from generative.models.diffusion.imported import TINY_UNET, ImportedConfig, Pipeline, read_from
from generative.models.diffusion.latents import InLatents

TINY_VQVAE = {
    "in_channels": 1,
    "out_channels": 1,
    "block_out_channels": (8, 8),
    "down_block_types": ("DownEncoderBlock2D", "DownEncoderBlock2D"),
    "up_block_types": ("UpDecoderBlock2D", "UpDecoderBlock2D"),
    "norm_num_groups": 4,
    "latent_channels": 3,
    "num_vq_embeddings": 16,
}
TINY_VAE = {name: value for name, value in TINY_VQVAE.items() if name not in ("latent_channels", "num_vq_embeddings")}
TINY_DIT = {
    "num_attention_heads": 2,
    "attention_head_dim": 4,
    "in_channels": 4,
    "num_layers": 1,
    "sample_size": 4,
    "num_embeds_ada_norm": 3,
}
PREVIEWED = 64  # latents of one colour that the linear preview is made of


@dataclass(frozen=True)
class ImportedLatentConfig(ImportedConfig):
    """vqvae: what diffusers makes the autoencoder of, from vqvae/config.json."""

    least: ClassVar[Mapping[str, Any]] = {
        **ImportedConfig.least,
        "unet": {**TINY_UNET, "sample_size": 4, "in_channels": 3, "out_channels": 3},
        "vqvae": TINY_VQVAE,
    }
    vqvae: dict[str, Any] = field(default_factory=dict)

    @property
    def factor(self) -> int:
        """Pixels of a side that one place of the latent stands for."""
        return factor_of(self.vqvae)

    @property
    def canvas(self) -> tuple[int, int]:
        """Channels, and height and width, of a latent."""
        return self.vqvae.get("latent_channels", 3), self.size // self.factor


def factor_of(vqvae: Mapping[str, Any]) -> int:
    """Pixels of a side that one place of the latent of such an autoencoder stands for."""
    return 2 ** (len(vqvae.get("block_out_channels", (64,))) - 1)


class ImportedLatent(Pipeline, InLatents):
    """LDMPipeline: in the latents of a VQModel, which takes each vector for its nearest code before it decodes."""

    title = "Imported latent pipeline"
    paper = "https://arxiv.org/abs/2112.10752"
    Config = ImportedLatentConfig
    config: ImportedLatentConfig
    weights: ClassVar[Mapping[str, str]] = {**Pipeline.weights, "vqvae/diffusion_pytorch_model.safetensors": "vqvae"}

    def __init__(self, config: ImportedLatentConfig) -> None:
        super().__init__(config)
        from diffusers import VQModel  # which takes seconds

        with read_from("vqvae/config.json", "a VQModel"):
            self.vqvae = VQModel(**config.vqvae)
        check_channels(self, "unet", "vqvae")

    def fold(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → their latents."""
        return self.vqvae.encode(images * 2 - 1).latents * self.vqvae.config.scaling_factor

    def unfold(self, x: Tensor) -> Tensor:
        """Latents → the pictures that they stand for."""
        return (self.vqvae.decode(x / self.vqvae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)


def check_channels(model: Pipeline, network: str, autoencoder: str) -> None:
    """Raises BadCheckpoint where a network does not draw what an autoencoder decodes."""
    channels, wanted = model.unet.config.in_channels, model.config.canvas[0]
    if channels != wanted:
        words = f"in_channels is {channels}, but the latents of {autoencoder}/config.json have {wanted}"
        raise BadCheckpoint(f"{network}/config.json: {words}")


@dataclass(frozen=True)
class KLConfig(ImportedConfig):
    """vae: what diffusers makes the autoencoder of, from vae/config.json."""

    least: ClassVar[Mapping[str, Any]] = {**ImportedConfig.least, "vae": TINY_VAE}
    vae: dict[str, Any] = field(default_factory=dict)

    @property
    def factor(self) -> int:
        """Pixels of a side that one place of the latent stands for."""
        return factor_of(self.vae)

    @property
    def canvas(self) -> tuple[int, int]:
        """Channels, and height and width, of a latent."""
        return self.vae.get("latent_channels", 4), self.size // self.factor


class InKL(Pipeline, InLatents):
    """Of pipelines whose latents are those of an AutoencoderKL. Before the last step pictures are previews, by the
    linear map from latent to colour that fits the decoder best."""

    weights: ClassVar[Mapping[str, str]] = {"vae/diffusion_pytorch_model.safetensors": "vae"}
    config: KLConfig

    def __init__(self, config: KLConfig) -> None:
        super().__init__(config)
        from diffusers import AutoencoderKL  # which takes seconds

        with read_from("vae/config.json", "an AutoencoderKL"):
            self.vae = AutoencoderKL(**config.vae)
        self.vae.enable_slicing()  # pictures one by one: at 512 pixels they are large
        check_channels(self, next(iter(self.weights)).partition("/")[0], "vae")

    def fold(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → their latents, the likeliest."""
        return self.vae.encode(images * 2 - 1).latent_dist.mode() * self.vae.config.scaling_factor

    def unfold(self, x: Tensor) -> Tensor:
        """Latents → the pictures that they stand for."""
        return (self.vae.decode(x / self.vae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)

    @cached_property
    def preview(self) -> Tensor:
        """(1 + latent channels, C): what a place of a latent adds to each colour, by least squares over latents that
        are the same everywhere."""
        draws = torch.randn(PREVIEWED, self.config.canvas[0], generator=torch.Generator().manual_seed(0))
        flat = draws.to(self.device)[:, :, None, None].expand(-1, -1, 4, 4)
        told = torch.cat([torch.ones(PREVIEWED, 1), draws], 1)
        return torch.linalg.lstsq(told, self.unfold(flat).mean((2, 3)).float().cpu()).solution.to(self.device)

    def glimpse(self, x: Tensor) -> Tensor:
        """As `unfold`, by the linear map."""
        latents = torch.cat([torch.ones_like(x[:, :1]), x], 1)
        colours = torch.einsum("nlhw,lc->nchw", latents, self.preview.to(x)).clamp(0, 1)
        return F.interpolate(colours, scale_factor=self.config.factor)


@dataclass(frozen=True)
class ImportedDiTConfig(KLConfig):
    """transformer: what diffusers makes the network of, from transformer/config.json."""

    least: ClassVar[Mapping[str, Any]] = {**KLConfig.least, "transformer": TINY_DIT}
    transformer: dict[str, Any] = field(default_factory=dict)


class ImportedDiT(InKL):
    """DiTPipeline."""

    title = "Imported diffusion transformer"
    paper = "https://arxiv.org/abs/2212.09748"
    Config = ImportedDiTConfig
    weights: ClassVar[Mapping[str, str]] = {
        "transformer/diffusion_pytorch_model.safetensors": "unet",
        **InKL.weights,
    }
    config: ImportedDiTConfig

    def network(self, attention: Sequence[bool], **about: Any) -> Any:
        """The transformer that the folder describes."""
        from diffusers import DiTTransformer2DModel  # which takes seconds

        with read_from("transformer/config.json", "a DiTTransformer2DModel"):
            return DiTTransformer2DModel(**self.config.transformer)

    def forward(self, x_t: Tensor, t: Tensor, told: Tensor) -> Tensor:
        """What the network says of latents at timesteps t, 0-d or (N,), told their classes (N,)."""
        return self.unet(x_t, t.expand(len(x_t)), class_labels=told).sample

    def untold(self, told: Tensor) -> Tensor:
        """The class that stands for none, as which it was told one in ten."""
        return torch.full_like(told, self.unet.config.num_embeds_ada_norm)
