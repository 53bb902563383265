"""Where a picture listens to each word while it is drawn: the cross-attention of every step and layer.

As in Hertz et al., "Prompt-to-Prompt Image Editing with Cross Attention Control", 2022 (section 3), and Tang et al.,
"What the DAAM: Interpreting Stable Diffusion Using Cross Attention", 2023. It tells where a network looks, not why.
"""

from typing import Any

import torch
from torch import Tensor

from generative.answers import Listening
from generative.models.diffusion.denoising import DenoisingModel, DenoisingOptions
from generative.seeds import Seeds

BEFORE = "(no word)"  # what stands before every sentence, and is all that there is of an empty one


class Hearing(DenoisingModel):
    """Of models whose `forward` takes `seen`, and whose configuration has a `sentence`."""

    @torch.inference_mode()
    def listen(self, seeds: Seeds, options: DenoisingOptions | None = None, condition: Any = None) -> Listening:
        """Draw the picture of the first seed, and watch (`Listening`)."""
        options, first = options or self.default_options, Seeds(seeds.first, 1)
        told, away = self.asked(first, condition), self.untold(self.asked(first))
        count, moments, times = 1 + int((told != 0).sum()), [], []

        def watched(x_t: Tensor, t: Tensor, words: Tensor) -> Tensor:
            seen: list[Tensor] = []
            output = self(x_t, t, words, seen)
            moments.append([shares[0].mean(0)[:, :count].float() for shares in seen])
            times.append(t.float())
            return output

        network, generators = self.guided(told, options, away, watched), first.generators()
        *_, last = self.denoised(self.noise(generators), self.timesteps(options), network, options, generators)
        sides = [round(len(shares) ** 0.5) for shares in moments[0]]
        shares = torch.stack([torch.stack([raster(layer, max(sides)) for layer in moment]) for moment in moments])
        at = tuple(torch.stack(times).tolist())
        words = [self.config.sentence.vocabulary[number - 1] for number in told[0].tolist() if number]
        return Listening(last.images[0].cpu(), (BEFORE, *words), shares.cpu(), at, tuple(sides))


def raster(shares: Tensor, side: int) -> Tensor:
    """(places, K) of a square → (K, side, side), every place as large as it is in the picture."""
    own = round(len(shares) ** 0.5)
    return shares.T.unflatten(1, (own, own)).repeat_interleave(side // own, 1).repeat_interleave(side // own, 2)
