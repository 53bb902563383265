"""A picture on its way into noise, and what a denoising model makes of it there: the forward process as rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generative.errors import NotSupported
from generative.inference.engine.engine import Engine
from generative.inference.engine.request import Request
from generative.library.entries import Entry
from generative.models.diffusion.denoising import DenoisingModel


@dataclass(frozen=True, eq=False)
class Noisy:
    """One timestep of one noise.

    signal_to_noise: α²/σ². noisy, believed: (C, H, W) in [0, 1], x_t cut to what can be shown, and the picture that one
    pass of the network finds in it. loss: of that pass, what training lowers. rmse: of `believed`, to the picture.
    """

    t: int
    seed: int
    signal_to_noise: float
    noisy: Tensor
    believed: Tensor
    loss: float
    rmse: float

    def figures(self) -> dict[str, Any]:
        """All of it that is a number."""
        return {name: getattr(self, name) for name in ("t", "seed", "signal_to_noise", "loss", "rmse")}


def noised(engine: Engine, request: Request) -> Iterator[Noisy]:
    """What a request of the ability "noises" finds: for each timestep, each seed. Raises GenerativeError."""
    process, picture = denoising(engine, request.entry).process, request.inputs["images"][:1]
    for t, frame in zip(request.inputs["timesteps"], engine.run(request), strict=True):
        log_snr = float(process.level(torch.tensor(t)).log_snr)
        images, noisy, losses = frame.images.cpu(), frame.views["x_t"].images.cpu(), frame.figures["loss"].tolist()
        errors = (images - picture).square().mean((1, 2, 3)).sqrt().tolist()
        for i, seed in enumerate(request.seeds):
            yield Noisy(t, seed, torch.tensor(log_snr).exp().item(), noisy[i], images[i], losses[i], errors[i])


def denoising(engine: Engine, entry: Entry) -> DenoisingModel:
    """The model, which is one with a forward process. Raises NotSupported for another."""
    model = engine.model(entry)
    if not isinstance(model, DenoisingModel):
        raise NotSupported(f"{entry.title} has no forward process.", "model")
    return model
