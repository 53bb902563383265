"""PixelCNN++: Salimans, Karpathy, Chen & Kingma, "PixelCNN++", 2017.

One pass tells the colour of a pixel, all channels at once, as a mixture of logistics (logistic_mixture.py). Two streams
of shifted convolutions see the past (figure 2), each from the finest resolution down to the coarsest and up again, with
shortcuts across. A place of a coarser resolution sees what comes before the first of the 2×2 places that it covers, so
striding shows no pixel its own future.

Deviations: weights are not normalised (each residual branch begins near zero instead), the 1×1 links between streams
and shortcuts are linear, there are as many blocks up as down at every resolution, and all is smaller. The means of
three components count from the value of a neighbour (left, above, above to the right), so that flat areas are quickly
learnt; and green follows how far red lies from its mean, not red itself, which is the same family of distributions.
The last component is uniform, so that no value, however unexpected, costs more than a few bits above eight. Values may
enter as sines and cosines too (encoding.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generative.errors import InvalidOption
from generative.models.autoregressive.completion import PixelOptions
from generative.models.autoregressive.encoding import LEVELS, Encoding, PixelConfig
from generative.models.autoregressive.logistic_mixture import LogisticMixture, first_bias, width_of
from generative.models.autoregressive.pixel_model import PixelModel
from generative.models.autoregressive.pixelcnnpp_layers import First, Level, Streams, concat_elu
from generative.models.autoregressive.pixelcnnpp_sweep import PixelCNNPPSweep

NEIGHBOURS = ((0, -1), (-1, 0), (-1, 1))  # rows down and columns to the right: left, above, above to the right
ANCHORED_GAIN, FREE_GAIN = 1 / 64, 1 / 8


@dataclass(frozen=True)
class PixelCNNPPConfig(PixelConfig):
    """channels and blocks (as many down as up) of each resolution, the finest first, each half of the one before.

    components: K of the mixture. dropout: 0.5 in the paper, whose networks see an image hundreds of times; ours, a few.
    """

    least: ClassVar[Mapping[str, Any]] = {"channels": (4, 4), "blocks": (1, 1), "components": 2}
    channels: tuple[int, ...] = (32, 48, 48)
    blocks: tuple[int, ...] = (1, 2, 2)
    components: int = 8
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.levels != LEVELS:
            raise InvalidOption(f"A mixture of logistics is over {LEVELS} values, not {self.levels}", "levels")


class PixelCNNPP(PixelModel):
    title = "PixelCNN++"
    paper = "https://arxiv.org/abs/1701.05517"
    Config = PixelCNNPPConfig
    Options = PixelOptions

    def __init__(self, config: PixelCNNPPConfig) -> None:
        """Raises ValueError for a size that cannot be halved often enough."""
        super().__init__(config)
        halvings = len(config.channels) - 1
        if config.size % 2**halvings:
            raise ValueError(f"size {config.size} cannot be halved {halvings} times")
        coarser = (*config.channels[1:], None)
        self.first = First(Encoding(config.image_channels, config.frequencies), config.channels[0])
        self.levels = nn.ModuleList(
            Level(*widths, config.dropout) for widths in zip(config.channels, config.blocks, coarser, strict=True)
        )
        self.head = nn.Conv2d(2 * config.channels[0], width_of(config.components, config.image_channels), 1)
        self.register_buffer("gain", self._gain(), persistent=False)
        with torch.no_grad():
            self.head.weight.mul_(0.01)  # at first, the bias alone speaks
            bias = first_bias(config.components, config.image_channels, self.anchored)
            self.head.bias.copy_(bias / self.gain)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """(N, P, H, W), P the parameters of a pixel's mixture, which depend on all pixels before it."""
        _, h = self._streams(self.first(images), *self.levels)
        # Means and scales need more digits than bfloat16 has.
        with torch.autocast(images.device.type, enabled=False):
            return self.head(concat_elu(h.to(self.dtype))) * self.gain[:, None, None] + self.anchors(images)

    @property
    def anchored(self) -> int:
        """How many components have an anchor. The last is uniform; one other has none."""
        return max(0, min(len(NEIGHBOURS), self.config.components - 2))

    def _gain(self) -> Tensor:
        """(P,) what the head's outputs are multiplied by: a step of learning must not move a mean by many values."""
        gain = torch.ones(self.head.out_channels).view(-1, self.config.components)
        gain[1 : 1 + self.config.image_channels, : self.anchored] = ANCHORED_GAIN
        gain[1 : 1 + self.config.image_channels, self.anchored :] = FREE_GAIN
        return gain.flatten()

    def anchors(self, images: Tensor) -> Tensor:
        """(N, P, H, W): the values of neighbours, to be added to the means of the first components."""
        n, channels, height, width = images.shape
        around = F.pad(images, (1, 1, 1, 0))
        near = [around[:, :, 1 + down :, 1 + right :][:, :, :height, :width] for down, right in NEIGHBOURS]
        added = images.new_zeros(n, self.head.out_channels, height, width)
        means = added.unflatten(1, (-1, self.config.components))[:, 1 : 1 + channels]
        for component in range(self.anchored):
            means[:, :, component] = near[component]
        return added

    def _streams(self, streams: Streams, level: Level, *coarser: Level) -> Streams:
        """Down from this resolution through all coarser ones, and up again."""
        shortcuts = []
        for block in level.down:
            streams = block(streams)
            shortcuts.append(streams)
        if coarser:
            v, h = (shrink(x) for shrink, x in zip(level.shrink, streams, strict=True))
            v, h = self._streams((v, h), *coarser)
            streams = level.widen[0](v), level.widen[1](h)
        for block in level.up:
            streams = block(streams, shortcuts.pop())
        return streams

    def mixture(self, output: Tensor) -> LogisticMixture:
        """What `forward` gives, (N, P, …), as a distribution."""
        return LogisticMixture.of(output, self.config.components, self.config.image_channels)

    def tables(self, output: Tensor, images: Tensor) -> Tensor:
        """Logits (N, C, 256, H, W) of every value, out of the logistic mixture."""
        mixture = self.mixture(output)
        return torch.stack([mixture.table(images, channel) for channel in range(images.shape[1])], 1)

    def nats(self, output: Tensor, images: Tensor) -> Tensor:
        """−log p of every value of images (N, C, H, W), in nats."""
        return self.mixture(output).nats(images)

    def sweep(self, canvas: Tensor, labels: Tensor | None) -> PixelCNNPPSweep:
        """The network pixel by pixel over `canvas`, which the caller fills."""
        return PixelCNNPPSweep(self, canvas)
