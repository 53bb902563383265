"""Masked convolutions, after van den Oord et al., "Pixel Recurrent Neural Networks", 2016, section 3.4: a network of
them sees of an image only what comes before a pixel. And the same at one pixel at a time, for drawing.

The rows above are seen, and of the pixel's own row what lies left of it. At the pixel itself the features are dealt to
ordered groups, one for each channel: a group sees only the groups before it (mask A, `see_own=False`) or up to its own
(mask B):

    x x x
    x m .      what lies right of m, and all rows below, is never seen, and not stored
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def group_of(width: int, groups: int) -> Tensor:
    """(width,) the group that each feature belongs to."""
    return torch.tensor([feature * groups // width for feature in range(width)])


def slice_of(group: int, groups: int, width: int) -> slice:
    """Where the features of a group lie."""
    return slice(-(-group * width // groups), -(-(group + 1) * width // groups))


class MaskedConv2d(nn.Conv2d):
    """A convolution of which only the part above and to the left is kept, its channels in `groups` ordered groups."""

    def __init__(self, inputs: int, outputs: int, kernel: int, groups: int, see_own: bool = True) -> None:
        reach = kernel // 2
        super().__init__(inputs, outputs, (reach + 1, kernel))
        self.reach = reach
        to, of = group_of(outputs, groups)[:, None], group_of(inputs, groups)
        mask = torch.ones_like(self.weight)
        mask[:, :, -1, reach] = (to >= of if see_own else to > of).to(mask)
        mask[:, :, -1, reach + 1 :] = 0
        self.register_buffer("mask", mask, persistent=False)

    @property
    def masked(self) -> Tensor:
        """The weight, zero where it would look ahead."""
        return self.weight * self.mask

    def forward(self, x: Tensor) -> Tensor:
        """(N, outputs, H, W) of (N, inputs, H, W): at a pixel, of those above and to the left."""
        return F.conv2d(F.pad(x, (self.reach, self.reach, self.reach, 0)), self.masked, self.bias)


class Dense:
    """A masked 1×1 convolution at one pixel, a group of its outputs at a time."""

    def __init__(self, conv: MaskedConv2d, groups: int) -> None:
        weight = conv.masked[:, :, 0, 0]
        parts = [slice_of(g, groups, len(weight)) for g in range(groups)]
        self.weights = [weight[part].t().contiguous() for part in parts]
        self.biases = [conv.bias[part] for part in parts]

    def __call__(self, x: Tensor, group: int) -> Tensor:
        return torch.addmm(self.biases[group], x, self.weights[group])


class Line:
    """A masked convolution over one row: its inputs so far, and what the rows above contribute."""

    def __init__(self, conv: MaskedConv2d, canvas: Tensor, groups: int) -> None:
        n, _, height, width = canvas.shape
        self.conv, self.reach, self.groups = conv, conv.reach, groups
        masked = conv.masked
        self.above_weight = masked[:, :, :-1].contiguous()
        left = masked[:, :, -1, : self.reach + 1].transpose(1, 2).flatten(1)  # (outputs, taps · inputs)
        self.parts = [slice_of(g, groups, len(left)) for g in range(groups)]
        self.left_weights = [left[part].t().contiguous() for part in self.parts]
        self.seen = canvas.new_zeros(n, conv.in_channels, height + self.reach, width + 2 * self.reach)
        self.now = canvas.new_zeros(width + self.reach, n, conv.in_channels)
        self.above = canvas.new_zeros(width, n, conv.out_channels)

    def start(self, row: int) -> None:
        """Begin a row: keep the last one, and convolve what is above."""
        reach = self.reach
        if row > 0:
            self.seen[:, :, row - 1 + reach, reach : self.seen.shape[3] - reach] = self.now[reach:].permute(1, 2, 0)
        above = F.conv2d(self.seen[:, :, row : row + reach], self.above_weight, self.conv.bias)  # (N, outputs, 1, W)
        self.above.copy_(above[:, :, 0].permute(2, 0, 1))

    def write(self, column: int, values: Tensor) -> None:
        """Take note of what a column holds, (N, inputs)."""
        self.now[column + self.reach] = values

    def write_group(self, column: int, group: int, values: Tensor) -> None:
        """Take note of one colour channel's part of a column."""
        self.now[column + self.reach][:, slice_of(group, self.groups, self.conv.in_channels)] = values

    def read(self, column: int, group: int) -> Tensor:
        """(N, outputs of the group) at this column."""
        window = self.now[column : column + self.reach + 1].transpose(0, 1).flatten(1)
        return torch.addmm(self.above[column][:, self.parts[group]], window, self.left_weights[group])

    def reorder(self, index: Tensor) -> None:
        """Continue with the images of `index` (N,), one of them perhaps several times, as after resampling."""
        self.seen = self.seen[index]
        self.now.copy_(self.now[:, index])
