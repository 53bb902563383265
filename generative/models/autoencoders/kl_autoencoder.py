"""KL autoencoder: the first half of latent diffusion, Rombach et al., "High-Resolution Image Synthesis with Latent
Diffusion Models", 2022 (section 3.1, "KL-reg.").

A picture becomes a small picture of four channels, the *latent*, that keeps nearly all there is to see: a network that
draws need not spend itself on single pixels. The encoder answers with a normal distribution for each number, held
only very lightly to N(0, I), so that latents stay of one size and small errors in them do little harm:

    loss = MSE + 0.5 · L1 + 2·10⁻⁴ · KL

Deviations: no adversary and no perceptual loss, since these pictures are flat and have no texture to invent; and
latents are told in units of their own mean and spread, channel by channel, as a diffusion model wants them. A second
decoder, one linear layer fitted by least squares once the rest has learnt, costs next to nothing: it makes previews.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.answers import Space
from generative.errors import InvalidOption
from generative.frame import Frame
from generative.models.autoencoders.autoencoder import AutoencoderOptions
from generative.models.model import ImageConfig, Model
from generative.seeds import Seeds, normal

GROUPS = 4  # of group norm


@dataclass(frozen=True)
class KLAutoencoderConfig(ImageConfig):
    """unshuffle: pixels of a side that are folded into channels first. widths: channels at each resolution after that,
    every one half the resolution of the one before. latent: channels of the latent."""

    least: ClassVar[Mapping[str, Any]] = {"unshuffle": 1, "widths": (4, 8), "latent": 2}
    unshuffle: int = 2
    widths: tuple[int, ...] = (32, 64)
    latent: int = 4

    def __post_init__(self) -> None:
        if self.side < 1 or not self.widths or self.side * self.factor != self.size:
            raise InvalidOption(f"size must be a multiple of {self.factor}, not {self.size}", "size")

    @property
    def factor(self) -> int:
        """Pixels of a side that one place of the latent stands for."""
        return self.unshuffle * 2 ** (len(self.widths) - 1)

    @property
    def side(self) -> int:
        """Height and width of the latent."""
        return self.size // max(1, self.factor)


class Learnt(NamedTuple):
    """images: the reconstructions (N, C, H, W) of draws from the posteriors. kl: nats of one number of a latent."""

    images: Tensor
    kl: Tensor


class Residual(nn.Module):
    """x + two 3×3 convolutions of it, each after a norm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*activated(channels, channels), *activated(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) of the same."""
        return x + self.layers(x)


def activated(inward: int, outward: int) -> list[nn.Module]:
    """A norm, what bends, and a 3×3 convolution."""
    return [nn.GroupNorm(GROUPS, inward), nn.SiLU(), nn.Conv2d(inward, outward, 3, padding=1)]


class KLAutoencoder(Model):
    family = "autoencoders"
    title = "KL autoencoder"
    paper = "https://arxiv.org/abs/2112.10752"
    Config = KLAutoencoderConfig
    Options = AutoencoderOptions
    mean: Tensor
    spread: Tensor

    def __init__(self, config: KLAutoencoderConfig) -> None:
        super().__init__(config)
        widths, folded = config.widths, config.image_channels * config.unshuffle**2
        pairs = list(itertools.pairwise(widths))
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(config.unshuffle),
            nn.Conv2d(folded, widths[0], 3, padding=1),
            Residual(widths[0]),
            *(layer for a, b in pairs for layer in (nn.Conv2d(a, b, 3, 2, 1), Residual(b))),
            *activated(widths[-1], 2 * config.latent),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(config.latent, widths[-1], 3, padding=1),
            Residual(widths[-1]),
            *(
                layer
                for a, b in reversed(pairs)
                for layer in (nn.Upsample(scale_factor=2), nn.Conv2d(b, a, 3, padding=1), Residual(a))
            ),
            *activated(widths[0], folded),
            nn.PixelShuffle(config.unshuffle),
        )
        self.linear = nn.Conv2d(config.latent, config.image_channels * config.factor**2, 3, padding=1)
        self.linear.requires_grad_(False)  # `fit` says what it is
        self.register_buffer("mean", torch.zeros(config.latent))
        self.register_buffer("spread", torch.ones(config.latent))

    def distribution(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) in [0, 1] → mean and log standard deviation of q(z|x), each (N, latent, side, side), raw."""
        mean, log_std = self.encoder(images * 2 - 1).float().chunk(2, 1)
        return mean, log_std.clamp(-10, 5)

    def forward(self, images: Tensor) -> Learnt:
        """What becomes of images (N, C, H, W) in [0, 1] when their latents are drawn (eq. in appendix G)."""
        mean, log_std = self.distribution(images)
        kl = 0.5 * (mean.square() + (2 * log_std).exp() - 1) - log_std
        return Learnt(self.pixels(self.decoder(mean + log_std.exp() * torch.randn_like(mean))), kl.mean())

    def pixels(self, decoded: Tensor) -> Tensor:
        """[−1, 1] → [0, 1]. Nothing is cut off, so that there is always a slope to learn from."""
        return (decoded.float() + 1) / 2

    def shrink(self, images: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] → (N, latent, side, side), the posterior's mean in units of `spread`."""
        return (self.distribution(images)[0] - self.mean[:, None, None]) / self.spread[:, None, None]

    def draw(self, latents: Tensor) -> Tensor:
        """(N, latent, side, side) in units of `spread` → (N, C, H, W) in [0, 1]."""
        raw = latents * self.spread[:, None, None] + self.mean[:, None, None]
        return self.pixels(self.decoder(raw)).clamp(0, 1)

    def preview(self, latents: Tensor) -> Tensor:
        """What `draw` gives, roughly, by one linear layer that looks at 3×3 places for each."""
        return F.pixel_shuffle(self.linear(latents).float(), self.config.factor).clamp(0, 1)

    @torch.inference_mode()
    def measure(self, latents: Tensor) -> None:
        """Take mean and spread of each channel from raw latents (N, latent, side, side)."""
        self.mean.copy_(latents.mean((0, 2, 3)))
        self.spread.copy_(latents.std((0, 2, 3)).clamp_min(1e-6))

    @torch.inference_mode()
    def fit(self, latents: Tensor, images: Tensor) -> None:
        """Make `preview` the linear decoder of least squared error, from latents as `shrink` gives them."""
        around = F.unfold(latents, 3, padding=1).movedim(1, 2).flatten(0, 1).double()
        seen = torch.cat([around, torch.ones_like(around[:, :1])], 1)
        wanted = F.pixel_unshuffle(images, self.config.factor).flatten(2).movedim(1, 2).flatten(0, 1).double()
        ridge = 1e-6 * len(seen) * torch.eye(seen.shape[1], dtype=seen.dtype, device=seen.device)
        found = torch.linalg.solve(seen.T @ seen + ridge, seen.T @ wanted).T.float()
        self.linear.weight.copy_(found[:, :-1].reshape(self.linear.weight.shape))
        self.linear.bias.copy_(found[:, -1])

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The latent, its channels one after the other."""
        return (Space("z", "Latent", (self.config.latent * self.config.side**2,), "slerp"),)

    def evaluations(self, options: AutoencoderOptions) -> int:
        """One: the decoder."""
        return 1

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: AutoencoderOptions | None = None, condition: Any = None) -> Iterator[Frame]:
        """One frame: latents drawn from a normal distribution, decoded. What belongs together it was never told."""
        yield Frame(self.decode(self.latents(seeds, options, condition)), 1, 1, "decoded")

    @torch.inference_mode()
    def latents(self, seeds: Seeds, options: AutoencoderOptions | None = None, condition: Any = None) -> Tensor:
        """(N, D) normal, times the temperature; each from its own seed."""
        self.told(seeds, condition)  # refuses one
        return normal(seeds.generators(), self.dims).to(self.device) * (options or self.default_options).temperature

    @torch.inference_mode()
    def encode(self, images: Tensor, space: str | None = None) -> Tensor:
        """(N, D) of images (N, C, H, W) in [0, 1]: means of the posteriors, of unit variance in every channel."""
        self.space(space)
        return self.shrink(self.check_images(images, clipped=False)).flatten(1)

    @torch.inference_mode()
    def decode(self, latents: Tensor, space: str | None = None) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of latents (N, D)."""
        shape = (self.config.latent, self.config.side, self.config.side)
        return self.draw(self.check_latents(latents, space).unflatten(1, shape))
