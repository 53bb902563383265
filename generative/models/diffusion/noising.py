"""What a denoising model sees in a picture under noise: the forward process, and one look of the network."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from generative.errors import check_integer
from generative.frame import Frame
from generative.models.diffusion.denoising import DenoisingOptions
from generative.models.diffusion.editing import Editing
from generative.seeds import Seeds


class Noising(Editing):
    """Of models whose noise is one of pixels."""

    @torch.inference_mode()
    def noised(
        self,
        images: Tensor,
        timesteps: Sequence[int],
        seeds: Seeds,
        options: DenoisingOptions | None = None,
        condition: Any = None,
    ) -> Iterator[Frame]:
        """The forward process: a frame per timestep, with what one pass of the network finds in the noisy picture.

        Each seed has one noise for all timesteps. The figure "loss" is (N,) the mean squared error of what the network
        said, the quantity that training lowers. Raises InvalidOption for a timestep out of the process.
        """
        network = self.looking(seeds, options or self.default_options, condition)
        x0, eps = self.folded(images, seeds), self.noise(seeds.generators())
        for step, whole in enumerate(timesteps, start=1):
            t = torch.tensor(float(check_integer("t", whole, 0, self.process.steps - 1)))
            level = self.process.level(t)
            x_t = level.noised(x0, eps)
            output = network(x_t, t)
            frame = self.frame(step, len(timesteps) + 1, float(t), x_t, self.process.estimate(x_t, output, level))
            loss = (output - self.process.target(x0, eps, level)).square().mean((1, 2, 3))
            yield replace(frame, total=len(timesteps), figures={"loss": loss.float()})
