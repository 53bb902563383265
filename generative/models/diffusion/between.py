"""Between two sentences, on one noise: every place of the picture listens to both, to the second more and more.

What a place hears of a word counts by the share w of its sentence, so that with scores s of attention

    heard = (Σ_first (1 − w) e^s v + Σ_second w e^s v) / (Σ_first (1 − w) e^s + Σ_second w e^s)

which is the first sentence alone at w = 0 and the second at w = 1. There is no sentence in the middle: what is drawn
there shows where a network that has to choose turns from one to the other.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from generative.errors import NotSupported
from generative.frame import Frame
from generative.models.diffusion.denoising import DenoisingModel, DenoisingOptions
from generative.seeds import Seeds


class Between(DenoisingModel):
    @abstractmethod
    def hear_both(self, x_t: Tensor, t: Tensor, told: Tensor, other: Tensor, share: Tensor) -> Tensor:
        """What the network says of x_t when it listens to `told` and, with its share (N,) in [0, 1], to `other`."""

    @torch.inference_mode()
    def between(
        self, other: Any, seeds: Seeds, options: DenoisingOptions | None = None, condition: Any = None
    ) -> Iterator[Frame]:
        """As many pictures as there are seeds, from the sentence of `condition` to `other` in even shares, all on the
        noise of the first seed. Raises NotSupported where the model was taught no sentences."""
        if not self.config.told:
            raise NotSupported(f"{self.title} was taught no sentences, so there is nothing between two.", "other")
        options, count = options or self.default_options, len(seeds)
        generators = [Seeds(seeds.first, 1).generators()[0] for _ in range(count)]
        pair = torch.cat([self.asked(seeds, condition), self.asked(seeds, other)], 1)
        shares = torch.linspace(0, 1, count, device=self.device)

        def both(x_t: Tensor, t: Tensor, pair: Tensor) -> Tensor:
            told, other = pair.chunk(2, 1)
            return self.hear_both(x_t, t, told, other, shares.repeat(len(x_t) // count))

        network = self.guided(pair, options, self.untold(pair), both)
        yield from self.denoised(self.noise(generators), self.timesteps(options), network, options, generators)
