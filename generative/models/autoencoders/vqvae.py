"""VQ-VAE: van den Oord et al., "Neural Discrete Representation Learning", 2017.

The encoder answers with a grid of vectors, each of which becomes the nearest code of a codebook (quantiser.py): a
picture is then a grid of whole numbers, *tokens*, which a transformer can learn to write. The gradient passes the
quantiser as if it were not there ("straight through", section 3.2).

Deviations: batch norm, as in the other autoencoders here; the codebook follows running means and its dead codes begin
anew. Without a model of which tokens go together there is no distribution to draw from; what is drawn here takes each
token by itself, as often as it is used, to be seen beside what a transformer makes of the same codes.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.answers import Space
from generative.errors import InvalidOption
from generative.frame import Frame
from generative.models.autoencoders.convolutional import down, up
from generative.models.autoencoders.quantiser import Quantiser, perplexity
from generative.models.model import ImageConfig, Model
from generative.options import Options
from generative.seeds import Seeds, uniform


@dataclass(frozen=True)
class VQVAEConfig(ImageConfig):
    """grid: tokens of a row and of a column; size / grid is a power of 2. codes: in the codebook, of `dims` numbers."""

    least: ClassVar[Mapping[str, Any]] = {"channels": 4, "grid": 2, "codes": 5, "dims": 3}
    channels: int = 32
    grid: int = 8
    codes: int = 512
    dims: int = 32

    def __post_init__(self) -> None:
        if self.grid < 1 or self.grid * 2**self.halvings != self.size or not self.halvings:
            raise InvalidOption(f"size must be grid times 2, 4, 8 …, not {self.size} of {self.grid}", "grid")

    @property
    def halvings(self) -> int:
        """Layers that halve height and width."""
        return round(math.log2(max(1, self.size // max(1, self.grid))))


class Learnt(NamedTuple):
    """error: mean squared, of the reconstruction. commitment: how far vectors lie from their codes, mean squared."""

    error: Tensor
    commitment: Tensor
    perplexity: Tensor


class Residual(nn.Module):
    """x + a 3×3 and a 1×1 convolution of it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.BatchNorm2d(channels),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) of the same."""
        return x + self.layers(F.silu(x))


class VQVAE(Model):
    family = "autoencoders"
    title = "VQ-VAE"
    paper = "https://arxiv.org/abs/1711.00937"
    Config = VQVAEConfig
    Options = Options

    def __init__(self, config: VQVAEConfig) -> None:
        super().__init__(config)
        c, channels = config.channels, config.image_channels
        widths = [c * min(4, 2**i) for i in range(config.halvings)]
        most = widths[-1]
        self.encoder = nn.Sequential(
            *[down(a, b) for a, b in zip([channels, *widths], widths, strict=False)],
            Residual(most),
            Residual(most),
            nn.Conv2d(most, config.dims, 1),
        )
        self.quantiser = Quantiser(config.codes, config.dims)
        self.decoder = nn.Sequential(
            nn.Conv2d(config.dims, most, 3, padding=1),
            Residual(most),
            Residual(most),
            *[up(b, a) for a, b in zip(widths[-2::-1], widths[:0:-1], strict=True)],
            nn.ConvTranspose2d(widths[0], channels, 4, 2, 1),
        )

    def forward(self, images: Tensor) -> Learnt:
        """What is to be made small for images (N, C, H, W) in [0, 1]; in training the codebook learns from them."""
        vectors = self.vectors(images)
        tokens = self.quantiser.nearest(vectors)
        codes = self.quantiser.look_up(tokens)
        if self.training:
            self.quantiser.learn(vectors.detach().flatten(0, 2).float(), tokens.flatten())
        passed = vectors + (codes - vectors).detach()
        error = F.mse_loss(self.draw(passed), images)
        return Learnt(error, F.mse_loss(vectors, codes.detach()), perplexity(tokens, self.config.codes))

    def vectors(self, images: Tensor) -> Tensor:
        """(N, grid, grid, dims) of images (N, C, H, W) in [0, 1], not yet codes."""
        return self.encoder(images * 2 - 1).movedim(1, 3)

    def draw(self, codes: Tensor) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of codes (N, grid, grid, dims)."""
        return torch.sigmoid(self.decoder(codes.movedim(3, 1)).float())

    @torch.inference_mode()
    def tokens(self, images: Tensor) -> Tensor:
        """(N, grid, grid) int64, the number of the code of each place, of images (N, C, H, W) in [0, 1]."""
        return self.quantiser.nearest(self.vectors(self.check_images(images, clipped=False)))

    @torch.inference_mode()
    def from_tokens(self, tokens: Tensor) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of tokens (N, grid, grid). Raises InvalidOption for one that there is not."""
        grid, codes = self.config.grid, self.config.codes
        if tokens.shape[1:] != (grid, grid) or int(tokens.min()) < 0 or int(tokens.max()) >= codes:
            raise InvalidOption(
                f"tokens must be (N, {grid}, {grid}) whole numbers from 0 to {codes - 1}, not {tuple(tokens.shape)} "
                f"from {int(tokens.min())} to {int(tokens.max())}",
                "tokens",
            )
        return self.draw(self.quantiser.look_up(tokens))

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The codes of all places, one after the other: continuous from outside, made codes again when decoded."""
        return (Space("codes", "Codes", (self.config.grid**2 * self.config.dims,), "lerp"),)

    def evaluations(self, options: Options) -> int:
        """One: the decoder."""
        return 1

    @torch.inference_mode()
    def sample(self, seeds: Seeds, options: Options | None = None, condition: Any = None) -> Iterator[Frame]:
        """One frame: tokens drawn each by itself, decoded. Nothing says here which of them go together."""
        yield Frame(self.decode(self.latents(seeds, options, condition)), 1, 1, "decoded")

    @torch.inference_mode()
    def latents(self, seeds: Seeds, options: Options | None = None, condition: Any = None) -> Tensor:
        """(N, D): codes drawn as often as they are used, each from its own seed."""
        self.told(seeds, condition)  # refuses one
        draws = uniform(seeds.generators(), self.config.grid**2).to(self.device)
        shares = self.quantiser.usage.cumsum(0)
        tokens = torch.searchsorted(shares, draws * shares[-1], right=True).clamp_max(self.config.codes - 1)
        return self.quantiser.look_up(tokens).flatten(1)

    @torch.inference_mode()
    def encode(self, images: Tensor, space: str | None = None) -> Tensor:
        """(N, D): the codes of images (N, C, H, W) in [0, 1]."""
        self.space(space)
        return self.quantiser.look_up(self.tokens(images)).flatten(1)

    @torch.inference_mode()
    def decode(self, latents: Tensor, space: str | None = None) -> Tensor:
        """Images (N, C, H, W) in [0, 1] of latents (N, D), each place of which becomes its nearest code."""
        grid = self.config.grid
        vectors = self.check_latents(latents, space).unflatten(1, (grid, grid, self.config.dims))
        return self.draw(self.quantiser.look_up(self.quantiser.nearest(vectors)))
